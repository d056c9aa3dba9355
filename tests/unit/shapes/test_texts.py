"""Completions, embeddings and moderations: what is read of them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.walk import walk
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import COMPLETIONS, EMBEDDINGS, MODERATIONS
from tests.simulators.wires.texts import ENCODED
from tests.unit.shapes.stepping import steps_of

SHAPES = [(COMPLETIONS, "prompt"), (EMBEDDINGS, "input"), (MODERATIONS, "input")]
WORDS = st.text(min_size=1, max_size=20)


class TestAsked:
    @pytest.mark.parametrize(("shape", "field"), SHAPES)
    @pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]], 7])
    def test_token_ids_are_refused_by_name(self, shape: Any, field: str, tokens: Any) -> None:
        """
        Nobody can read token ids here, so they do not leave.
        """
        with pytest.raises(InvalidRequest, match="token ids") as refusal:
            shape.check({"model": "m", field: tokens})

        assert refusal.value.param == field

    @pytest.mark.parametrize(("shape", "field"), SHAPES)
    @pytest.mark.parametrize("value", [None, [], {}, [None]])
    def test_nothing_to_read_is_refused(self, shape: Any, field: str, value: Any) -> None:
        """
        An empty or unknown input is said to be one.
        """
        with pytest.raises(InvalidRequest) as refusal:
            shape.check({"model": "m", field: value})

        assert refusal.value.param == field

    @pytest.mark.parametrize(("shape", "field"), SHAPES)
    @given(listed=st.lists(WORDS, min_size=1, max_size=4), more=st.dictionaries(WORDS, WORDS))
    def test_every_string_is_reached(
        self, shape: Any, field: str, listed: list[str], more: dict[str, str]
    ) -> None:
        """
        The words first and as the caller's own, then every other key and value.
        """
        body: dict[str, Any] = {**more, "model": "m", field: listed}
        shape.check({"model": "m", field: listed})

        walked = walk(body, None, turns=shape.turns)
        fields = walked.fields

        assert [item.text for item in fields[: len(listed)]] == listed
        assert all(item.own for item in fields[: len(listed)])
        others = {key: value for key, value in body.items() if key != field}
        rest = [item.text for item in fields[len(listed) :]]
        assert {*rest, *walked.words} == {*others, *others.values()}

    @pytest.mark.parametrize("shape", [EMBEDDINGS, MODERATIONS])
    def test_no_pieces(self, shape: Any) -> None:
        """
        Numbers come whole.
        """
        with pytest.raises(InvalidRequest) as refusal:
            shape.check({"model": "m", "input": "a", "stream": True})

        assert refusal.value.param == "stream"

    def test_parts_of_a_moderation(self) -> None:
        """
        Texts and pictures are read; what else there may be is refused.
        """
        picture = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
        MODERATIONS.check({"model": "m", "input": [{"type": "text", "text": "a"}, picture]})

        with pytest.raises(InvalidRequest) as refusal:
            MODERATIONS.check({"model": "m", "input": [{"type": "film"}]})
        assert refusal.value.param == "input.0.type"

    def test_completions_refuse_what_cannot_be_judged(self) -> None:
        """
        No probabilities in a stream, no odd counts.
        """
        good = {"model": "m", "prompt": "a"}
        with pytest.raises(InvalidRequest, match="logprobs"):
            COMPLETIONS.check({**good, "stream": True, "logprobs": 0})
        with pytest.raises(InvalidRequest, match="n must"):
            COMPLETIONS.check({**good, "n": True})


class TestAnswered:
    def test_vectors_are_no_words(self) -> None:
        """
        A vector in letters is not looked at, so that it is never taken for a secret.
        """
        data = [{"object": "embedding", "embedding": ENCODED * 3}]
        answer = {"object": "list", "data": data, "usage": {"prompt_tokens": 5}}
        EMBEDDINGS.checked(answer)

        assert ENCODED * 3 not in [place.text for _, place in EMBEDDINGS.spoken(answer)]
        assert EMBEDDINGS.usage(answer).input_tokens == 5

    @pytest.mark.parametrize(
        ("shape", "answer"),
        [
            (COMPLETIONS, {}),
            (COMPLETIONS, {"choices": [1]}),
            (EMBEDDINGS, {"data": [{}]}),
            (EMBEDDINGS, {"data": None}),
            (MODERATIONS, {"results": [1]}),
        ],
    )
    def test_garbage_is_called_so(self, shape: Any, answer: dict[str, Any]) -> None:
        """
        An answer in no known form is not passed on.
        """
        with pytest.raises(ProviderGarbage):
            shape.checked(answer)

    def test_a_label_stands_under_a_text_but_not_in_the_middle_of_one(self) -> None:
        """
        What is put between two halves of a text may not grow a line.
        """
        answer = {"choices": [{"index": 0, "text": "a"}, {"index": 1, "text": ""}]}

        assert [key.group for key, _ in COMPLETIONS.labelled(answer)] == [0]
        assert COMPLETIONS.label_possible({"prompt": "a"})
        assert not COMPLETIONS.label_possible({"prompt": "a", "suffix": "b"})

    def test_pieces_and_the_whole_say_the_same(self) -> None:
        """
        Each chunk is told anew: of the provider's, only what is judged goes on.
        """
        reader = COMPLETIONS.events("alias")
        chunk = {"id": "c", "secret": "x", "model": "m", "choices": [{"index": 1, "text": "ab"}]}
        (step,) = steps_of(reader, chunk)
        (key, place) = step.pieces[-1]

        assert (key.group, place.text) == (1, "ab")
        assert step.event["model"] == "alias"
        assert "secret" not in step.event
        ending = {"choices": [{"index": 1, "text": "", "finish_reason": "stop"}]}
        steps = list(steps_of(reader, ending))
        assert [step.last for step in steps] == [False, True]
        assert reader.withheld({"code": "x"})["choices"][0]["finish_reason"] == "content_filter"
