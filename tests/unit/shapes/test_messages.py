"""Anthropic's Messages as a shape: what is reached in a request, and what a stream says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.walk import KEYS, ROLES, walk
from gateway.core.exchange import Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import COUNT_TOKENS, MESSAGES
from gateway.shapes.shape import Key
from tests.unit.shapes.stepping import steps_of
from tests.unit.shapes.strings import strings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SEALED = "yO0SN1yBpsvwFTpfhKnO8xg9Yoes0fYbQGWKr9T5HkNojbLX/CFGa5C1"

texts = st.text(min_size=1, max_size=12)
anything = st.recursive(
    texts | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
blocks = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries({"type": st.just("thinking"), "thinking": texts, "signature": texts}),
    st.fixed_dictionaries({"type": st.just("tool_result"), "content": anything}),
    st.fixed_dictionaries({"type": st.just("tool_use"), "name": texts, "input": anything}),
    st.dictionaries(texts, anything, max_size=3),
)
messages = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant"]),
        "content": texts | st.lists(blocks, max_size=3),
    },
    optional={"more": anything},
)
bodies = st.fixed_dictionaries(
    {"model": texts, "messages": st.lists(messages, min_size=1, max_size=3)},
    optional={"system": texts | st.lists(blocks, max_size=2), "tools": anything, "more": anything},
)


def sources(body: dict[str, Any]) -> dict[str, Any]:
    """Who says what, by text."""
    return {item.text: item.source for item in walk(body, turns=MESSAGES.turns).fields}


def one(*content: dict[str, Any], role: str = "user") -> dict[str, Any]:
    """A body with one message."""
    return {"model": "m", "messages": [{"role": role, "content": list(content)}]}


class TestRequest:
    @given(bodies)
    def test_every_string_is_reached(self, body: dict[str, Any]) -> None:
        """
        Whatever a body holds, and wherever it holds it, is looked at.
        """
        walked = walk(body, turns=MESSAGES.turns)
        seen = {*walked.words, *(item.text for item in walked.fields)}

        assert set(strings_of(body)) <= seen
        assert set(walked.words) <= KEYS | ROLES

    def test_who_speaks(self) -> None:
        """
        Instructions, people, models and tools are told apart, tools inside the person's own turn.
        """
        body = {
            "model": "m",
            "system": [{"type": "text", "text": "S"}],
            "messages": [
                {"role": "user", "content": "U"},
                {"role": "assistant", "content": [{"type": "tool_use", "input": {"q": "A"}}]},
                {"role": "user", "content": [{"type": "tool_result", "content": "T"}]},
            ],
        }

        said = sources(body)

        assert (said["S"], said["U"], said["A"], said["T"]) == (
            "system", "user", "assistant", "tool",
        )  # fmt: skip

    def test_tools_and_instructions_come_first(self) -> None:
        """
        What the provider's cache has in front is numbered first, so later turns do not move it.
        """
        body = {
            "messages": [{"role": "user", "content": "U"}],
            "system": "S",
            "tools": [{"a": "T"}],
        }

        assert [turn.path[0] for turn in MESSAGES.turns(body)] == [
            "tools", "system", "messages", "messages",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("block", "sealed"),
        [
            ({"type": "thinking", "thinking": "T", "signature": SEALED}, True),
            ({"type": "redacted_thinking", "data": SEALED}, True),
            ({"type": "thinking", "thinking": "T", "signature": "sk-ant-api03-" + "a" * 60}, False),
            ({"type": "tool_result", "signature": SEALED}, False),
        ],
    )
    def test_what_only_the_provider_reads_is_left_alone(
        self, block: dict[str, Any], sealed: bool
    ) -> None:
        """
        A signature that looks like one is not searched; under another name it would be.
        """
        seen = {item.text for item in walk(one(block), turns=MESSAGES.turns).fields}

        assert {block.get("signature", block.get("data"))}.isdisjoint(seen) is sealed

    @pytest.mark.parametrize(
        ("change", "param"),
        [
            ({"model": ""}, "model"),
            ({"messages": []}, "messages"),
            ({"messages": ["hi"]}, "messages.0"),
            ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
            ({"messages": [{"role": "user", "content": 1}]}, "messages.0.content"),
            ({"messages": [{"role": "user", "content": ["x"]}]}, "messages.0.content"),
            ({"system": 3}, "system"),
            ({"tools": {}}, "tools"),
            ({"mcp_servers": ["x"]}, "mcp_servers"),
            ({"stream": "yes"}, "stream"),
        ],
    )
    def test_what_cannot_be_judged(self, change: dict[str, Any], param: str) -> None:
        """
        A body of another form is refused, and the field is named.
        """
        with pytest.raises(InvalidRequest) as refusal:
            MESSAGES.check({**one({"type": "text", "text": "x"}), **change})

        assert refusal.value.param == param


def pieces(events: list[dict[str, Any]]) -> Iterator[tuple[Key, str]]:
    """The growing texts that the steps of a stream carry."""
    reader = MESSAGES.events("alias")
    for event in events:
        for step in steps_of(reader, event):
            yield from ((key, place.text) for key, place in step.pieces if not place.structural)


def started(block: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    """One block of a stream."""
    return [
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
    ]


class TestStream:
    @given(st.text(min_size=1, max_size=30), st.lists(st.integers(0, 30), max_size=4))
    def test_any_split_gives_the_same_text(self, text: str, cuts: list[int]) -> None:
        """
        However a text is cut, its pieces are one text under one key, as in a whole answer.
        """
        ends = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
        split = [text[a:b] for a, b in itertools.pairwise(ends)]
        deltas = [{"type": "text_delta", "text": piece} for piece in split]
        streamed = list(pieces(started({"type": "text", "text": ""}, *deltas)))
        whole = [
            (key, place.text)
            for key, place in MESSAGES.spoken({"content": [{"type": "text", "text": text}]})
            if not place.structural
        ]

        assert {key for key, _ in streamed} == {Key(0, "text")}
        assert [(Key(0, "text"), "".join(piece for _, piece in streamed))] == whole

    def test_a_block_of_text_alone_is_read_as_any_other(self) -> None:
        """
        Its words are those that the search finds, and a string under a third key is found too.
        """
        block = {"type": "text", "text": "so"}
        (alone,) = MESSAGES.spoken({"content": [block]})
        found = dict(MESSAGES.spoken({"content": [{**block, "note": "theirs"}]}))

        assert alone[1][1:] == found[alone[0]][1:]
        assert found[Key(0, "note")].structural

    def test_thoughts_leave_as_they_came(self) -> None:
        """
        Nothing is restored in a thought, whole or in pieces, because a signature is over it.
        """
        block = {"type": "thinking", "thinking": "T", "signature": SEALED}
        delta = {"type": "thinking_delta", "thinking": "T"}
        whole = [place for _, place in MESSAGES.spoken({"content": [block]})]
        reader = MESSAGES.events("alias")
        event = {"type": "content_block_delta", "index": 0, "delta": delta}
        streamed = [place for step in steps_of(reader, event) for _, place in step.pieces]

        for places in (whole, streamed):
            assert [place.verbatim for place in places if place.path == "thinking"] == [True]
            assert SEALED not in [place.text for place in places]

    def test_arguments_called_like_words_of_the_protocol_are_the_models(self) -> None:
        """
        In the arguments of a tool ``name`` and ``id`` are what the model says.
        """
        block = {"type": "tool_use", "id": "t", "name": "mail", "input": {"name": "N", "id": "I"}}

        said = {p.text: p.structural for _, p in MESSAGES.spoken({"content": [block]})}

        assert said == {"tool_use": True, "t": True, "mail": True, "N": False, "I": False}

    def test_arguments_in_a_blocks_beginning_are_said_in_a_piece(self) -> None:
        """
        What stands whole where a block begins could not be held back in part.
        """
        block = {"type": "tool_use", "id": "t", "name": "mail", "input": {"to": "x"}}
        found = list(pieces(started(block)))

        assert found == [(Key(0, "partial_json"), '{"to":"x"}')]

    def test_unknown_events_go_on_once_their_strings_were_judged(self) -> None:
        """
        An event nobody here knows is passed on, and what it says is looked at where it stands.
        """
        event = {"type": "novelty", "said": {"deep": ["word"]}}
        (step,) = steps_of(MESSAGES.events("alias"), event)

        assert step.event == event
        assert "word" in [place.text for _, place in step.pieces if place.structural]

    def test_a_label_is_a_block_of_its_own_before_the_end(self) -> None:
        """
        Its number follows the last block's, and it comes once however many texts there were.
        """
        reader = MESSAGES.events("alias")
        for number in (0, 1):
            block = {"type": "text", "text": ""}
            start = {"type": "content_block_start", "index": number, "content_block": block}
            list(steps_of(reader, start))
        (end,) = steps_of(reader, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}})
        made = [event for group in end.labels for _, event in reader.label(group, "AI")]

        assert [event["type"] for event in made] == [
            "content_block_start", "content_block_delta", "content_block_stop",
        ]  # fmt: skip
        assert {event["index"] for event in made} == {2}
        assert end.last

    def test_usage_adds_up_over_events(self) -> None:
        """
        What was read from the cache was given too; the last count of what was made counts.
        """
        reader = MESSAGES.events("alias")
        given = {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1}
        last = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 9}}
        for event in ({"type": "message_start", "message": {"usage": given}}, last):
            list(steps_of(reader, event))

        assert reader.used == Usage(7, 9)

    @pytest.mark.parametrize(
        "event",
        [
            {"type": "content_block_delta", "index": -1, "delta": {}},
            {"type": "content_block_delta", "index": 0, "delta": "x"},
            {"type": "content_block_start", "index": "0", "content_block": {}},
            {"type": "message_delta"},
            {"type": "message_start"},
        ],
    )
    def test_garbage(self, event: dict[str, Any]) -> None:
        """
        An event that is not what its name says ends the stream.
        """
        with pytest.raises(ProviderGarbage):
            list(steps_of(MESSAGES.events("alias"), event))


class TestCounting:
    @pytest.mark.parametrize("answer", [{}, {"input_tokens": True}, {"input_tokens": -1}])
    def test_an_answer_is_a_number(self, answer: dict[str, Any]) -> None:
        """
        Anything else is no count.
        """
        with pytest.raises(ProviderGarbage):
            COUNT_TOKENS.checked(answer)
        COUNT_TOKENS.checked({"input_tokens": 0})
