"""Kept answers: every word of them is reached, and none is told before it is judged."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import SHAPES
from gateway.shapes.stored_responses import (
    BACKGROUND,
    INPUT,
    NAME,
    PENDING,
    PREVIOUS,
    QUERY,
    STORED,
    UPSTREAM,
    is_pending,
    state_of,
)
from tests.unit.shapes.stepping import steps_of

BODY = {"model": "m", UPSTREAM: "resp_up", NAME: "resp_ours", PREVIOUS: "", QUERY: "?limit=2"}


def answer(**more: Any) -> dict[str, Any]:
    """A kept answer as the provider tells it."""
    part = {"type": "output_text", "text": "said", "annotations": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]}
    return {
        "id": "resp_up", "status": "completed", "model": "m-1", "output": [item],
        "instructions": "told", "metadata": {"topic": "noted"}, "user": "pseudonym",
        "tools": [{"type": "function", "name": "f", "description": "described"}],
        "usage": {"input_tokens": 5, "output_tokens": 7}, "previous_response_id": "resp_before",
        **more,
    }  # fmt: skip


class TestFetched:
    def test_it_is_asked_for_by_its_address_alone(self) -> None:
        """
        Nothing is sent.
        """
        assert STORED.path_of(BODY, "m", stream=False) == "/responses/resp_up"
        assert INPUT.path_of(BODY, "m", stream=False) == "/responses/resp_up/input_items?limit=2"
        assert (STORED.sent(BODY, "m"), INPUT.sent(BODY, "m")) == ({}, {})
        assert {STORED.method, BACKGROUND.method, INPUT.method} == {"GET"}
        assert list(STORED.turns(BODY)) == []

    def test_words_of_both_sides_are_restored(self) -> None:
        """
        The model's, and those of the request that it repeats.
        """
        told = answer()
        for _, place in STORED.spoken(told):
            if not place.structural:
                place.put(f"<{place.text}>")

        assert told["output"][0]["content"][0]["text"] == "<said>"
        assert told["instructions"] == "<told>"
        assert told["metadata"] == {"topic": "<noted>"}
        assert told["tools"][0]["description"] == "<described>"

    def test_only_the_models_words_are_read_as_such(self) -> None:
        """
        What is kept of an answer, and what a label stands under, is none of the caller's words.
        """
        visible = [place.text for key, place in STORED.spoken(answer()) if STORED.visible(key)]

        assert visible == ["said"]
        assert [place.text for _, place in STORED.labelled(answer())] == ["said"]

    def test_it_is_delivered_under_our_names(self) -> None:
        """
        No name of the provider's is left, and no pseudonym stands for the caller.
        """
        told = answer()
        STORED.delivered(told, {**BODY, PREVIOUS: "resp_earlier"})

        assert (told["id"], told["previous_response_id"]) == ("resp_ours", "resp_earlier")
        assert told["user"] is None
        STORED.delivered(told, BODY)
        assert told["previous_response_id"] is None

    def test_what_it_used_counts_with_the_first_fetch(self) -> None:
        """
        Of one that nobody waited for; of one that was waited for it counted then.
        """
        assert BACKGROUND.usage(answer()).output_tokens == 7
        assert STORED.usage(answer()).output_tokens == 0

    @pytest.mark.parametrize("status", sorted(PENDING))
    def test_one_that_is_not_there_is_no_answer(self, status: str) -> None:
        """
        Part of its words might be in it.
        """
        with pytest.raises(ProviderGarbage):
            STORED.checked(answer(status=status))

    @pytest.mark.parametrize("output", [None, "x", ["x"]])
    def test_an_odd_one_is_none(self, output: Any) -> None:
        """
        Whatever the provider says it is.
        """
        with pytest.raises(ProviderGarbage):
            STORED.checked(answer(output=output))


class TestState:
    def test_none_of_its_words_is_told(self) -> None:
        """
        Neither what is there so far, nor what an error quotes.
        """
        error = {"code": "server_error", "message": "could not do: said"}
        told = state_of(answer(status="failed", error=error), "resp_ours", "m", "")

        assert "said" not in str(told)
        assert "told" not in str(told["instructions"])
        assert "resp_up" not in str(told)
        assert (told["status"], told["error"]["code"]) == ("failed", "server_error")

    @pytest.mark.parametrize("value", ["4111 1111 1111 1111", 4111111111111111, ["a"], {"a": "b"}])
    def test_nothing_else_is_told_under_its_names(self, value: Any) -> None:
        """
        A state is not judged, so it holds words of the API and times.
        """
        odd = answer(status=value, created_at=value, error={"code": value})
        told = state_of(odd, "resp_ours", "m", "")

        assert (told["status"], told["created_at"], told["error"]["code"]) == ("", None, "")
        assert not is_pending(odd)


class TestInput:
    def test_every_item_is_reached(self) -> None:
        """
        It generates nothing, so nothing of it is anybody's output.
        """
        told = {"object": "list", "data": [{"role": "user", "content": [{"text": "asked"}]}]}
        INPUT.checked(told)

        assert [place.text for _, place in INPUT.spoken(told) if not place.structural] == ["asked"]
        assert INPUT.generates is False
        assert not any(INPUT.visible(key) for key, _ in INPUT.spoken(told))
        assert [name for name, shape in SHAPES.items() if not shape.generates] == [INPUT.name]

    @pytest.mark.parametrize("data", [None, "x", ["x"]])
    def test_an_odd_list_is_none(self, data: Any) -> None:
        """
        Its items are objects.
        """
        with pytest.raises(ProviderGarbage):
            INPUT.checked({"data": data})


class TestStreamed:
    @pytest.mark.parametrize(
        "event",
        [
            {"type": "response.image_generation_call.partial_image", "partial_image_b64": "aGk="},
            {"type": "response.output_item.added", "item": {"type": "image_generation_call"}},
            {
                "type": "response.completed",
                "response": answer(output=[{"type": "image_generation_call", "result": "aGk="}]),
            },
        ],
    )
    def test_pictures_come_whole_or_not_at_all(self, event: dict[str, Any]) -> None:
        """
        In a stream they could not be marked.
        """
        with pytest.raises(InvalidRequest) as refused:
            list(STORED.events_of(BODY, "m").steps({"output_index": 0, **event}))

        assert refused.value.param == "stream"

    @pytest.mark.parametrize(("shape", "counted"), [(STORED, None), (BACKGROUND, 7)])
    def test_what_was_used_counts_once(self, shape: Any, counted: int | None) -> None:
        """
        With the exchange that saw the end first, and with no other.
        """
        event = {"type": "response.completed", "response": answer()}
        events = shape.events_of(BODY, "m")
        list(steps_of(events, event))

        assert (events.used.output_tokens if events.used is not None else None) == counted

    def test_its_end_repeats_what_it_was_asked_with(self) -> None:
        """
        So that it is judged and restored; its beginning repeats nothing.
        """
        events = STORED.events_of(BODY, "m")
        begun = answer(output=[], status="in_progress")
        (first,) = steps_of(events, {"type": "response.created", "response": begun})
        (*_, last) = steps_of(events, {"type": "response.completed", "response": answer()})
        said = {place.text for _, place in last.complete}

        assert first.event["response"]["instructions"] is None
        assert {"told", "noted", "described"} <= said
        assert last.last
