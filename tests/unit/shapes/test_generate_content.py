"""Gemini's generateContent as a shape."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.content.answer import places
from gateway.content.walk import KEYS, ROLES, walk
from gateway.core.exchange import Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import GENERATE_CONTENT
from gateway.shapes.shape import Key
from tests.unit.shapes.stepping import steps_of
from tests.unit.shapes.strings import strings_of

SEALED = "yO0SN1yBpsvwFTpfhKnO8xg9Yoes0fYbQGWKr9T5HkNojbLX/CFGa5C1"
texts = st.text(min_size=1, max_size=12)
anything = st.recursive(
    texts | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
parts = st.one_of(
    st.fixed_dictionaries({"text": texts}),
    st.fixed_dictionaries({"functionCall": st.fixed_dictionaries({"args": anything})}),
    st.fixed_dictionaries({"functionResponse": st.fixed_dictionaries({"response": anything})}),
    st.dictionaries(texts, anything, max_size=3),
)
contents = st.fixed_dictionaries(
    {"parts": st.lists(parts, max_size=3)},
    optional={"role": st.sampled_from(["user", "model"]), "more": anything},
)
frames = st.dictionaries(
    st.sampled_from(["note", "index", "responseId"]),
    anything | st.sampled_from(["so", 1, 10**15, {"index": 1}, {"index": 10**15}]),
    max_size=3,
)
bodies = st.fixed_dictionaries(
    {"contents": st.lists(contents, min_size=1, max_size=3)},
    optional={
        "systemInstruction": contents, "system_instruction": contents, "tools": anything,
        "safetySettings": anything, "more": anything,
    },
)  # fmt: skip


def answer(*said: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer, or an event, with one candidate."""
    return {"candidates": [{"content": {"parts": list(said), "role": "model"}, **more}]}


class TestRequest:
    @given(bodies)
    def test_every_string_is_reached(self, body: dict[str, Any]) -> None:
        """
        Whatever a body holds, and wherever it holds it, is looked at.
        """
        walked = walk(body, turns=GENERATE_CONTENT.turns)
        seen = {*walked.words, *(item.text for item in walked.fields)}

        assert set(strings_of(body)) <= seen
        assert set(walked.words) <= KEYS | ROLES

    def test_who_speaks(self) -> None:
        """
        A content without a role is the person's; what a tool gave back is the tool's.
        """
        body = {
            "system_instruction": {"parts": [{"text": "S"}]},
            "contents": [
                {"parts": [{"text": "U"}]},
                {"role": "model", "parts": [{"functionCall": {"args": {"q": "A"}}}]},
                {"role": "user", "parts": [{"functionResponse": {"response": {"r": "T"}}}]},
            ],
        }
        fields = walk(body, turns=GENERATE_CONTENT.turns).fields
        said = {item.text: item.source for item in fields}

        assert [said[text] for text in "SUAT"] == ["system", "user", "assistant", "tool"]

    @pytest.mark.parametrize("holder", ["inlineData", "inline_data", "fileData", "file_data"])
    def test_attachments_have_no_type(self, holder: str) -> None:
        """
        Both spellings of both parts are attachments, and count as unread where they are.
        """
        body = {"contents": [{"parts": [{holder: {"mimeType": "image/png", "data": "AAAA"}}]}]}

        (found,) = walk(body, turns=GENERATE_CONTENT.turns).attached

        assert not found.reading.readable
        assert found.text_part("words")["text"].endswith("words")
        assert "type" not in found.text_part("words")

    def test_sealed_thoughts_are_left_alone(self) -> None:
        """
        What only the provider reads is not searched.
        """
        body = {"contents": [{"parts": [{"text": "x", "thoughtSignature": SEALED}]}]}

        assert SEALED not in {item.text for item in walk(body, turns=GENERATE_CONTENT.turns).fields}

    @pytest.mark.parametrize(
        ("body", "param"),
        [
            ({}, "contents"),
            ({"contents": "hi"}, "contents"),
            ({"contents": ["hi"]}, "contents.0"),
            ({"contents": [{"parts": "hi"}]}, "contents.0.parts"),
            ({"contents": [{"parts": []}], "systemInstruction": "x"}, "systemInstruction"),
            ({"contents": [{"parts": []}], "tools": {}}, "tools"),
            (
                {"contents": [{"parts": []}], "generationConfig": {"responseLogprobs": True}},
                "generationConfig.responseLogprobs",
            ),
            (
                {
                    "contents": [{"parts": []}],
                    "generation_config": {"responseModalities": ["IMAGE"]},
                },
                "generation_config.responseModalities",
            ),
            ({"contents": [{"parts": []}], "cachedContent": "cachedContents/1"}, "cachedContent"),
            ({"contents": [{"parts": []}], "tools": [{"fileSearch": {}}]}, "tools.0"),
            (
                {"contents": [{"parts": [{"fileData": {"fileUri": "gs://b/c"}}]}]},
                "contents.0.parts.0.fileData",
            ),
            (
                {
                    "contents": [
                        {"parts": [{"functionResponse": {"parts": [{"file_data": {}}]}}]},
                    ],
                },
                "contents.0.parts.0.file_data",
            ),
        ],
    )
    def test_what_cannot_be_judged(self, body: dict[str, Any], param: str) -> None:
        """
        A body of another form is refused, and the field is named.
        """
        with pytest.raises(InvalidRequest) as refusal:
            GENERATE_CONTENT.check(body)

        assert refusal.value.param == param


class TestStream:
    @given(st.text(min_size=1, max_size=30), st.lists(st.integers(1, 30), max_size=4))
    def test_any_split_gives_the_same_text(self, text: str, cuts: list[int]) -> None:
        """
        However a text is cut, its pieces are one text under one key, as in a whole answer.
        """
        ends = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
        reader = GENERATE_CONTENT.events("alias")
        streamed = [
            (key, place.text)
            for a, b in pairwise(ends)
            for step in steps_of(reader, answer({"text": text[a:b]}))
            for key, place in step.pieces
            if not place.structural
        ]
        whole = GENERATE_CONTENT.spoken(answer({"text": text}))
        said = [(key, place.text) for key, place in whole if not place.structural]

        assert {key for key, _ in streamed} == {Key(0, "text")}
        assert [(Key(0, "text"), "".join(piece for _, piece in streamed))] == said

    def test_calls_of_tools_stand_whole(self) -> None:
        """
        Arguments come in one event and are restored there, none of them held back.
        """
        call = {"functionCall": {"name": "mail", "args": {"name": "N"}}}
        (step,) = steps_of(GENERATE_CONTENT.events("alias"), answer(call))

        assert [place.text for _, place in step.complete] == ["N"]
        assert not step.optional

    def test_the_end_comes_by_itself(self) -> None:
        """
        The last word and the reason to end come in one event and leave in two: the word need not
        wait.
        """
        event = {**answer({"text": "bye"}, finishReason="STOP"), "usageMetadata": {}}
        said, end = steps_of(GENERATE_CONTENT.events("alias"), event)

        assert "finishReason" not in said.event["candidates"][0]
        assert not said.last
        assert end.last
        assert end.closes == end.labels == (0,)
        assert end.event["candidates"][0]["finishReason"] == "STOP"
        assert end.event["modelVersion"] == "alias"

    def test_what_stands_beside_the_words_is_judged(self) -> None:
        """
        P9: sources, notes and what is said of the whole answer, whenever they say something new.
        """
        reader = GENERATE_CONTENT.events("alias")
        source = {"groundingMetadata": {"webSearchQueries": ["Who is Anna Kowalska?"]}}
        events = [
            answer({"text": "a"}),
            {**answer({"text": "b"}, **source), "note": "of the whole"},
            {**answer({"text": "c"}, **source), "note": "of the whole"},
            {**answer({"text": "d"}, **source), "note": "another"},
        ]
        steps = [step for event in events for step in steps_of(reader, event)]
        beside = [[place.text for _, place in step.pieces if place.structural] for step in steps]

        assert beside[1:] == [
            ["note", "of the whole", "Who is Anna Kowalska?"],
            [],
            ["note", "another"],
        ]
        assert [step.optional for step in steps[1:]] == [False, True, False]

    def test_counts_that_grow_say_nothing_new(self) -> None:
        """
        Nearly every event has others: they are noted, and no reason to read the event again.
        """
        reader = GENERATE_CONTENT.events("alias")
        events = [
            {
                **answer({"text": "so"}),
                "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": made},
            }
            for made in (1, 2, 3)
        ]
        _, *steps = [step for event in events for step in steps_of(reader, event)]

        assert [len(step.pieces) for step in steps] == [1, 1]
        assert steps[-1].event["usageMetadata"]["candidatesTokenCount"] == 3
        assert reader.used == Usage(3, 3)

    @given(frames, frames)
    @example({}, {"note": 1})
    @example({"index": {"index": 1}}, {"index": {"index": 1, "note": 1}})
    def test_what_was_not_told_before_is_judged(
        self, before: dict[str, Any], then: dict[str, Any]
    ) -> None:
        """
        P9: whatever an event says of the whole answer, unless it stood there in the event before.
        """
        reader = GENERATE_CONTENT.events("alias")
        told = [{(place.path, place.text) for place in places(frame)} for frame in (before, then)]
        steps = [
            step
            for frame in (before, then)
            for step in steps_of(reader, {**answer({"text": "so"}), **deepcopy(frame)})
        ]
        judged = {(place.path, place.text) for _, place in steps[1].pieces if place.structural}

        assert judged >= told[1] - told[0]
        assert steps[1].event.items() >= then.items()

    def test_what_was_taken_out_is_read_again(self) -> None:
        """
        P9: what is no more as it was said in the event before is judged whenever it is said.
        """
        reader = GENERATE_CONTENT.events("alias")
        for _ in range(2):
            for step in steps_of(reader, {**answer({"text": "so"}), "note": {"of": "Anna"}}):
                said = [place for _, place in step.pieces if place.text == "Anna"]
                assert said
                said[0].put("[PERSON_1]")

    @pytest.mark.parametrize(
        "usage",
        ["3", {"promptTokenCount": "3"}, {"promptTokenCount": -1}, {"promptTokenCount": 1.5}],
    )
    def test_counts_that_are_none(self, usage: Any) -> None:
        """
        Nobody could be billed by them.
        """
        reader = GENERATE_CONTENT.events("alias")
        list(steps_of(reader, {**answer({"text": "a"}), "usageMetadata": {"promptTokenCount": 3}}))

        with pytest.raises(ProviderGarbage):
            list(steps_of(reader, {**answer({"text": "b"}), "usageMetadata": usage}))

    def test_a_refused_prompt_is_an_end(self) -> None:
        """
        The provider's own refusal has no candidates and is passed on.
        """
        event = {"promptFeedback": {"blockReason": "SAFETY"}}
        (step,) = steps_of(GENERATE_CONTENT.events("alias"), event)

        assert step.last
        assert GENERATE_CONTENT.ends(event)
        assert step.event["promptFeedback"] == {"blockReason": "SAFETY"}

    def test_usage(self) -> None:
        """
        Thoughts were generated too.
        """
        usage = {"promptTokenCount": 3, "candidatesTokenCount": 4, "thoughtsTokenCount": 5}

        assert GENERATE_CONTENT.usage({"usageMetadata": usage}) == Usage(3, 9)

    @pytest.mark.parametrize(
        "event",
        [
            {"candidates": "x"},
            {"candidates": ["x"]},
            {"candidates": [{"content": "x"}]},
            {"candidates": [{"content": {"parts": ["x"]}}]},
            {"candidates": [{"index": "0"}]},
        ],
    )
    def test_garbage(self, event: dict[str, Any]) -> None:
        """
        An event of another form ends the stream.
        """
        with pytest.raises(ProviderGarbage):
            list(steps_of(GENERATE_CONTENT.events("alias"), event))
