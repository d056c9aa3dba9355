"""Responses: what is read, what is refused, and that a stream says what the whole says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.attachments.parts import attached
from gateway.content.walk import walk
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import RESPONSES
from tests.simulators.wires.responses import ResponsesForm
from tests.unit.shapes.stepping import steps_of

WORDS = st.text(min_size=1, max_size=12)
NOBODYS = WORDS.filter(lambda word: word not in {"container_id", "id"})
"""Keys that name nothing that the provider keeps."""

FORM = ResponsesForm()
SEALED = "gAAAAABl" + "x9Kq" * 12


def released(events: list[dict[str, Any]], label: str = "") -> list[dict[str, Any]]:
    """Events as the pipeline would release them, were there nothing to hold back."""
    reader = RESPONSES.events_of({"model": "alias", "instructions": "mine"}, "alias")
    said: dict[Any, str] = {}
    out = []
    for event in events:
        for step in steps_of(reader, event):
            for key, place in step.pieces:
                if not place.structural:
                    said[key] = said.get(key, "") + place.text
            for group in step.labels if label else ():
                for key, more in reader.label(group, label):
                    said[key] += label
                    out.append(more)
            for key, place in step.whole:
                place.put(said.get(key, ""))
            out.append(step.event)
    return out


def streamed(text: str, tool: str | None = None) -> list[dict[str, Any]]:
    """The simulated provider's events."""
    return [json.loads(raw.split(b"data: ", 1)[1]) for raw in FORM.events(text, tool)]


class TestAsked:
    @given(words=st.lists(WORDS, min_size=3, max_size=3), unknown=st.dictionaries(NOBODYS, WORDS))
    def test_every_string_is_reached(self, words: list[str], unknown: dict[str, str]) -> None:
        """
        Instructions, items of every kind, and keys nobody knows.
        """
        one, two, three = words
        items = [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": one}]},
            {"type": "function_call_output", "call_id": "c", "output": two},
            {**unknown, "type": "reasoning", "summary": []},
        ]
        body = {"model": "m", "instructions": three, "input": items}
        RESPONSES.check(body)

        walked = walk(body, None, turns=RESPONSES.turns)
        found = {*walked.words, *(item.text for item in walked.fields)}

        assert {one, two, three, *unknown, *unknown.values()} <= found

    def test_who_speaks(self) -> None:
        """
        Instructions are no turn of the caller's; a tool's output is the tool's.
        """
        kinds = [{"role": "user"}, {"type": "function_call"}, {"type": "function_call_output"}]
        turns = list(RESPONSES.turns({"instructions": "a", "input": kinds}))

        assert [turn.source for turn in turns] == ["system", "user", "assistant", "tool"]

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"previous_response_id": ["resp_1"]}, "previous_response_id"),
            ({"conversation": "conv_1"}, "conversation"),
            ({"background": "yes"}, "background"),
            ({"background": True}, "store"),
            ({"store": "yes"}, "store"),
            ({"prompt": {"id": "p"}}, "prompt"),
            ({"input": [{"type": "item_reference", "id": "x"}]}, "input.0"),
            ({"input": []}, "input"),
            ({"tools": [{"type": "file_search"}]}, "tools.0.type"),
            ({"tools": [{"type": "new_thing"}]}, "tools.0.type"),
            (
                {"tools": [{"type": "namespace", "tools": [{"type": "mcp"}]}]},
                "tools.0.tools.0.type",
            ),
            ({"tools": [{"type": "namespace", "tools": "x"}]}, "tools.0.tools"),
            ({"tools": [{"type": "code_interpreter", "container": "c"}]}, "tools.0.container"),
            (
                {"tools": [{"type": "code_interpreter", "container": {"file_ids": ["file-1"]}}]},
                "tools.0.container",
            ),
            (
                {"tools": [{"type": "image_generation", "input_image_mask": {"file_id": "f"}}]},
                "tools.0.input_image_mask",
            ),
            ({"tools": [{"type": "image_generation"}], "stream": True}, "stream"),
            ({"include": ["message.output_text.logprobs"], "stream": True}, "include"),
            ({"instructions": ["a"]}, "instructions"),
        ],
    )
    def test_what_is_refused_is_named(self, more: dict[str, Any], param: str) -> None:
        """
        What the provider keeps, and what cannot be judged, is refused before anything is asked.
        """
        with pytest.raises(InvalidRequest) as refusal:
            RESPONSES.check({"model": "m", "input": "a", **more})

        assert refusal.value.param == param

    @pytest.mark.parametrize(
        "part",
        [
            {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="},
            {"type": "input_file", "filename": "Jane.pdf", "file_data": "JVBERi0="},
            {"type": "input_file", "file_id": "file_1"},
            {"type": "computer_screenshot", "image_url": "https://a.example/b.png"},
        ],
    )
    def test_files_are_files(self, part: dict[str, Any]) -> None:
        """
        Pictures and documents are attachments, wherever their bytes stand, and never text.
        """
        found = attached(part, ("input", 0), None, 1, own=True)

        assert found is not None
        assert not found.reading.readable
        assert bool(found.data_path) == ("base64" in str(part) or "file_data" in part)
        assert bool(found.name_path) == ("filename" in part)


class TestAnswered:
    def test_repetitions_are_not_the_models_words(self) -> None:
        """
        What a response repeats is not judged as output, and comes back as the caller sent it.
        """
        answer = FORM.whole("hello")
        RESPONSES.checked(answer)
        assert answer["instructions"] is None
        assert [
            place.text for key, place in RESPONSES.spoken(answer) if RESPONSES.visible(key)
        ] == ["hello"]

        RESPONSES.delivered(answer, {"instructions": "mine"})
        assert (answer["instructions"], answer["metadata"]) == ("mine", {})

    def test_thoughts_are_not_visible_and_sealed_ones_not_read(self) -> None:
        """
        A label stands under what people read, not under a thought.
        """
        thought = {
            "type": "reasoning", "encrypted_content": SEALED,
            "content": [{"type": "reasoning_text", "text": "hm"}],
        }  # fmt: skip
        answer = {"output": [thought, *FORM.whole("hello")["output"]]}

        assert SEALED not in [place.text for _, place in RESPONSES.spoken(answer)]
        assert [place.text for _, place in RESPONSES.labelled(answer)] == ["hello"]

    @pytest.mark.parametrize("answer", [{}, {"output": None}, {"output": ["x"]}])
    def test_garbage_is_called_so(self, answer: dict[str, Any]) -> None:
        """
        An answer without items is none.
        """
        with pytest.raises(ProviderGarbage):
            RESPONSES.checked(answer)


class TestStreamed:
    @given(text=st.text(min_size=1, max_size=40), label=st.sampled_from(["", " [AI]"]))
    def test_the_whole_is_said_in_pieces(self, text: str, label: str) -> None:
        """
        Pieces add up to what is repeated, with the label in both, and numbers have no gap.
        """
        events = released(streamed(text), label)

        pieces = "".join(event["delta"] for event in events if event["type"].endswith("text.delta"))
        assert pieces == text + label
        (final,) = events[-1]["response"]["output"]
        assert final["content"][0]["text"] == text + label
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert events[0]["response"]["instructions"] == "mine"

    def test_arguments_of_a_tool(self) -> None:
        """
        They are JSON text, in which a restored value is escaped.
        """
        reader = RESPONSES.events("alias")
        steps = [step for event in streamed("", "weather") for step in steps_of(reader, event)]
        pieces = [place for step in steps for key, place in step.pieces if key.path == "arguments"]

        assert pieces
        assert all(place.json for place in pieces)

    def test_what_came_only_whole_is_said_in_pieces_first(self) -> None:
        """
        A provider that sends no pieces gives nothing away: its text is judged before it is said.
        """
        whole = [event for event in streamed("hello") if not event["type"].endswith("delta")]
        events = released(whole)

        kinds = [event["type"] for event in events]
        assert kinds.index("response.output_text.delta") < kinds.index("response.output_text.done")
        assert events[-1]["response"]["output"][0]["content"][0]["text"] == "hello"

    def test_what_is_withheld_is_incomplete(self) -> None:
        """
        The API's own word for a filtered answer, without anything of it.
        """
        reader = RESPONSES.events("alias")
        for event in streamed("hello")[:5]:
            list(steps_of(reader, event))
        last = reader.withheld({"code": "secret.present"})

        assert last["type"] == "response.incomplete"
        assert last["response"]["status"] == "incomplete"
        assert last["response"]["output"] == []

    @pytest.mark.parametrize(
        "event",
        [
            {"type": 7},
            {"type": "response.output_text.delta", "delta": "a"},
            {"type": "response.output_text.delta", "delta": "a", "output_index": 0},
            {"type": "response.output_text.done", "output_index": 0, "content_index": 0},
            {"type": "response.completed"},
        ],
    )
    def test_garbage_is_called_so(self, event: dict[str, Any]) -> None:
        """
        An event that does not say where it belongs is not passed on.
        """
        with pytest.raises(ProviderGarbage):
            list(steps_of(RESPONSES.events("alias"), event))
