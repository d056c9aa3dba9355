"""The commonest events of a stream are read without a search, and as the search reads them."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.shapes.registry import CHAT, GENERATE_CONTENT, MESSAGES, RESPONSES
from tests.unit.shapes.stepping import steps_of


def chat(**delta: Any) -> dict[str, Any]:
    """A chunk of a chat."""
    return {"choices": [{"index": 1, "delta": delta}]}


def message(**delta: Any) -> dict[str, Any]:
    """A piece of a message's block."""
    return {"type": "content_block_delta", "index": 1, "delta": delta}


def content(**part: Any) -> dict[str, Any]:
    """A piece of a candidate."""
    return {"candidates": [{"index": 1, "content": {"parts": [part], "role": "model"}}]}


EVENTS = [
    (CHAT, chat, {"content": "so"}),
    (CHAT, chat, {"content": ""}),
    (MESSAGES, message, {"type": "text_delta", "text": "so"}),
    (MESSAGES, message, {"type": "thinking_delta", "thinking": "so"}),
    (MESSAGES, message, {"type": "input_json_delta", "partial_json": '{"a":'}),
    (MESSAGES, message, {"type": "compaction_delta", "content": "so"}),
    (GENERATE_CONTENT, content, {"text": "so"}),
    (GENERATE_CONTENT, content, {"text": "so", "thought": True}),
]


def read(shape: Any, event: dict[str, Any]) -> list[Any]:
    """What is told of the pieces of an event but the object they stand in, and of the event."""
    return [
        (
            [(key, place[1:], place.text) for key, place in step.pieces],
            [*step.complete],
            step.optional,
        )
        for step in steps_of(shape.events("echo"), event)
    ]


@pytest.mark.parametrize(("shape", "event", "said"), EVENTS)
def test_they_hold_what_the_search_finds(shape: Any, event: Any, said: dict[str, Any]) -> None:
    """
    P9: a number beside the words, which is none of them, makes that they are searched for.
    """
    assert read(shape, event(**said)) == read(shape, event(**said, score=1))


@pytest.mark.parametrize(
    ("shape", "event", "said"),
    [
        (CHAT, chat, {"content": ["so"]}),
        (CHAT, chat, {"refusal": "so"}),
        (GENERATE_CONTENT, content, {"text": "so", "thought": "so"}),
        (GENERATE_CONTENT, content, {"text": "so", "functionCall": {"args": {"a": "so"}}}),
    ],
)
def test_what_only_looks_like_one_is_searched(shape: Any, event: Any, said: dict[str, Any]) -> None:
    """
    Every string of such an event is found.
    """
    [(pieces, complete, _)] = read(shape, event(**said))
    [(searched, beside, _)] = read(shape, event(**said, score=1))

    assert len(pieces) + len(complete) == len(searched) + len(beside)
    assert len(pieces) + len(complete) == str(said).count("so") + str(said).count("'a'")


def test_a_list_of_strings_ends_with_what_was_held_of_it() -> None:
    """
    Under a key nobody knows a delta may hold strings alone; their held ends have a form too.
    """
    events = CHAT.events("echo")
    [step] = steps_of(events, chat(notes=["so"]))
    key = step.pieces[-1][0]

    assert events.tail(key, "DE89")["choices"][0]["delta"] == {"notes": ["DE89"]}


def responses(kind: str, **said: Any) -> dict[str, Any]:
    """An event of Responses about its second item."""
    where = {"item_id": "i", "output_index": 1, "content_index": 0, "sequence_number": 3}
    return {"type": f"response.{kind}", **where, **said}


BLOCK = {"type": "text", "text": ""}
ITEM = {"type": "message", "id": "i", "role": "assistant", "content": []}
BESIDE = [
    (MESSAGES, message(type="text_delta", text="so")),
    (MESSAGES, message(type="signature_delta", signature="s")),
    (MESSAGES, {"type": "content_block_start", "index": 1, "content_block": BLOCK}),
    (MESSAGES, {"type": "content_block_stop", "index": 1}),
    (MESSAGES, {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
    (MESSAGES, {"type": "message_stop"}),
    (RESPONSES, responses("output_text.delta", delta="so")),
    (RESPONSES, responses("output_text.done", text="so")),
    (RESPONSES, responses("content_part.added", part={"type": "output_text", "text": ""})),
    (RESPONSES, responses("output_item.done", item=ITEM)),
    (RESPONSES, {"type": "response.created", "response": {"output": []}}),
    (GENERATE_CONTENT, content(text="so")),
]


@pytest.mark.parametrize(("shape", "event"), BESIDE)
def test_what_nobody_knows_beside_it_is_judged(shape: Any, event: dict[str, Any]) -> None:
    """
    P9: a string under a key that no vendor has today is found, and its event is never left out.
    """
    reader = shape.events_of({}, "echo")
    steps = [
        *steps_of(reader, {**event, "note": {"of": ["theirs"]}}),
        *getattr(reader, "_held", ()),
    ]
    told = [step for step in steps if "note" in step.event]

    assert told
    for step in told:
        assert "theirs" in [place.text for _, place in step.pieces if place.structural]
        assert not step.optional
