"""The events of a streamed message, read one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.content.answer import places
from gateway.content.opaque import LONG
from gateway.errors import ProviderGarbage
from gateway.shapes.counted import counted
from gateway.shapes.messages_parts import CALLS, COUNTS, SIGNED, block_places
from gateway.shapes.shape import Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.answer import Place
    from gateway.core.exchange import Usage

_TEXT, _INPUT = "text", "partial_json"
_ENVELOPE = frozenset({"type", "index"})
_PLAIN = 3
_DELTAS = {
    "text_delta": _TEXT,
    "thinking_delta": SIGNED,
    "input_json_delta": _INPUT,
    "compaction_delta": "content",
}
"""Deltas that carry more of a growing text, and the key it is under."""

_ALONE = frozenset({"citations_delta", "signature_delta"})
"""Deltas of which each says one thing whole."""

_OF = "/"
"""Stands between the kind of a delta that is not known and the name of a text in it."""

_KINDS = {path: kind for kind, path in _DELTAS.items()}


class MessagesEvents:
    """Reads the events of one message; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self._alias = alias
        self.used: Usage | None = None
        self._counts: dict[str, Any] = {}
        self._key = Key(0, _TEXT)
        """Of the piece that came last."""

        self._blocks = 0
        self._texts: list[int] = []
        self._labelled = False

    def steps(self, event: dict[str, Any]) -> Iterable[Step | More]:
        """See `gateway.shapes.shape.Events`. What we do not know is judged and goes on."""
        kind = event.get("type")
        if kind == "content_block_delta":
            return [self._delta(event)]
        if kind == "content_block_start":
            return self._start(event)
        return [self._other(kind, event)]

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        kind, _, path = key.path.rpartition(_OF)
        path = path or key.path
        delta = {"type": kind or _KINDS[path], path: text}
        return {"type": "content_block_delta", "index": key.group, "delta": delta}

    def label(self, group: int, text: str) -> Iterator[tuple[Key, dict[str, Any]]]:  # noqa: ARG002 - blocks are closed
        """See `gateway.shapes.shape.Events`: one block of its own, under all that was said."""
        if self._labelled:
            return
        self._labelled = True
        # It counts as the end of the last text, as it is in a whole answer.
        key, number = Key(self._texts[-1], _TEXT), self._blocks
        block = {"type": _TEXT, _TEXT: ""}
        yield key, {"type": "content_block_start", "index": number, "content_block": block}
        yield key, self.tail(Key(number, _TEXT), text)
        yield key, {"type": "content_block_stop", "index": number}

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`: an error event, which no client takes for an end."""
        return {"type": "error", "error": problem}

    def _other(self, kind: Any, event: dict[str, Any]) -> Step:
        """What happens with an event that carries no words of a block."""
        if kind == "content_block_stop":
            return Step(event, _beside(event), closes=(_number(event),))
        if kind == "message_delta":
            self._count(event.get("usage"))
            _child(event, "delta")
            texts = tuple(self._texts)
            pieces = structural(event)
            return Step(event, pieces, closes=range(self._blocks), labels=texts, last=True)
        if kind == "message_stop":
            return Step(event, _beside(event), last=True)
        if kind == "message_start":
            message = _child(event, "message")
            self._count(message.get("usage"))
            message["model"] = self._alias
        return Step(event, structural(event))

    def _count(self, told: Any) -> None:
        """Note what was used: counts add up over the events that tell some."""
        if isinstance(told, dict):
            # Counts are cumulative; what a later event does not say stays as it was.
            self._counts |= {name: value for name, value in told.items() if value is not None}
            self.used = counted(self._counts, COUNTS)

    def _start(self, event: dict[str, Any]) -> Iterator[Step | More]:
        number, block = _number(event), _child(event, "content_block")
        self._blocks = max(self._blocks, number + 1)
        if block.get("type") == _TEXT:
            self._texts.append(number)
        given = block.get("input")
        whole = block.get("type") in CALLS and isinstance(given, dict) and bool(given)
        if whole:
            # Pieces of it can be held back; what stands in the block's beginning cannot.
            block["input"] = {}
        found = [(Key(number, place.path), place) for place in block_places(block)]
        yield Step(event, [*found, *_beside(event, "content_block")])
        if whole:
            more = self.tail(Key(number, _INPUT), orjson.dumps(given).decode())
            yield self._delta(more)

    def _delta(self, event: dict[str, Any]) -> Step | More:
        number, delta = _number(event), _child(event, "delta")
        kind = delta.get("type")
        path = _DELTAS.get(kind, "") if isinstance(kind, str) else ""
        # With the three that were read there is none.
        beside = _beside(event, "delta") if len(event) > _PLAIN else []
        said = delta.get(path)
        if not isinstance(said, str):
            if isinstance(kind, str) and kind not in _ALONE:
                return Step(event, [*_unknown(number, kind, delta), *beside])
            # A signature closes what it signs; citations stand alone.
            closes = (number,) if kind == "signature_delta" else ()
            return Step(event, [*structural(delta), *beside], closes=closes)
        if len(delta) == 2:
            # As nearly every one is: this is what the search below finds.
            key = self._key
            if key != (number, path):
                key = self._key = Key(number, path)
            more = More(event, key, delta, path, said, path == _INPUT, path == SIGNED)
            if not beside:
                return more
            return Step(event, [*more.step().pieces, *beside])
        pieces = [
            (
                Key(number, place.path),
                place._replace(structural=place.path != path, verbatim=path == SIGNED),
            )
            for place in places(delta)
            if place.path != "type"
        ]
        return Step(event, [*pieces, *beside], optional=not beside)


def _unknown(number: int, kind: str, delta: dict[str, Any]) -> list[tuple[Key, Place]]:
    """The strings of a delta of a kind that is not known: each is taken to be one that grows.

    Nothing is restored in it, since nobody knows what reads it.
    """
    return [
        (Key(number, place.path), place._replace(structural=True))
        if "." in place.path or not place.joins
        else (
            Key(number, f"{kind}{_OF}{place.path}"),
            place._replace(structural=False, verbatim=True),
        )
        for place in places(delta)
    ]


def _beside(event: dict[str, Any], own: str = "") -> list[tuple[Key, Place]]:
    """The strings of an event beside its kind, its number and what it is `own` about.

    Vendors have none there today; what one adds is judged before it leaves.
    """
    if event.keys() <= _ENVELOPE or event.keys() - _ENVELOPE == {own}:
        return []
    return structural(event, without=_ENVELOPE | {own})


def _child(event: dict[str, Any], name: str) -> dict[str, Any]:
    value = event.get(name)
    if not isinstance(value, dict):
        raise ProviderGarbage
    return value


def _number(event: dict[str, Any]) -> int:
    number = event.get("index")
    if type(number) is not int or not 0 <= number < LONG:
        raise ProviderGarbage
    return number
