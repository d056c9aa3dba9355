"""The events of a streamed response, read one by one.

The API says every text three times more once it is complete: when its part is done, when its item
is, and in the response itself. Those repetitions are filled with what was released, never with
what came.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.answer import Place, places
from gateway.content.opaque import LONG
from gateway.errors import ProviderGarbage
from gateway.shapes.responses_parts import OPAQUE, item_places, items, repeat, unrepeated, used
from gateway.shapes.shape import Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.core.exchange import Usage

_DELTA = ".delta"
_NUMBER = "sequence_number"
_WHERE = ("type", "item_id", "output_index", "content_index", "summary_index")
_ENVELOPE = frozenset({*_WHERE, _NUMBER, "logprobs", "delta"})
"""What nearly every piece of a text has: names and numbers, and what is emptied."""

_MOST_NAMES = 64
_OUTPUT = frozenset({"output"})


class _Growing(NamedTuple):
    """A text that arrives in pieces."""

    path: str
    """Where it stands in its item; one of the event's own numbers may stand in the middle."""

    field: str
    """The field of the event that says it whole."""

    number: str = ""
    """The name of that number."""

    rest: str = ""
    """What of the path is behind it."""

    def within(self, event: dict[str, Any]) -> str:
        """The whole path of the text that `event` is about.

        Raises:
            ProviderGarbage: it does not tell the number.
        """
        if not self.number:
            return self.path
        if self.number not in event:
            raise ProviderGarbage(f"An event without {self.number}.")
        return f"{self.path}{event[self.number]}{self.rest}"


_GROWING: Mapping[str, _Growing] = {
    "response.output_text": _Growing("content.", "text", "content_index", ".text"),
    "response.refusal": _Growing("content.", "refusal", "content_index", ".refusal"),
    "response.reasoning_text": _Growing("reasoning.content.", "text", "content_index", ".text"),
    "response.reasoning_summary_text": _Growing(
        "reasoning.summary.", "text", "summary_index", ".text"
    ),
    "response.function_call_arguments": _Growing("arguments", "arguments"),
    "response.mcp_call_arguments": _Growing("arguments", "arguments"),
    "response.custom_tool_call_input": _Growing("input", "input"),
    "response.code_interpreter_call_code": _Growing("code", "code"),
}
_KINDS = (
    (re.compile(r"content\.(?P<content_index>\d+)\.text"), "response.output_text"),
    (re.compile(r"content\.(?P<content_index>\d+)\.refusal"), "response.refusal"),
    (re.compile(r"reasoning\.content\.(?P<content_index>\d+)\.text"), "response.reasoning_text"),
    (
        re.compile(r"reasoning\.summary\.(?P<summary_index>\d+)\.text"),
        "response.reasoning_summary_text",
    ),
    (re.compile(r"arguments"), "response.function_call_arguments"),
    (re.compile(r"input"), "response.custom_tool_call_input"),
    (re.compile(r"code"), "response.code_interpreter_call_code"),
)
"""Which event carries a text, by where it stands."""

_BEGUN = frozenset({"response.created", "response.in_progress", "response.queued"})
_ENDED = frozenset({"response.completed", "response.failed", "response.incomplete"})
_ITEM = "response.output_item"
_PARTS: Mapping[str, _Growing] = {
    "response.content_part": _Growing("content.", "part", "content_index", "."),
    "response.reasoning_summary_part": _Growing("reasoning.summary.", "part", "summary_index", "."),
}
_KNOWN = frozenset(
    {
        *_BEGUN,
        *_ENDED,
        *(f"{base}.{how}" for base in _GROWING for how in ("delta", "done")),
        *(f"{base}.{how}" for base in (*_PARTS, _ITEM) for how in ("added", "done")),
    }
)
"""Events by their names in the API."""

_HELD = frozenset({"response.output_text.done", "response.content_part.done"})
"""Events that wait for the next one: only it tells whether a label stands before them."""


Steps = list[Step | More]


class ResponsesEvents:
    """Reads the events of one response; `gateway.shapes.shape.Events`."""

    counts = True
    """Whether what was used counts with this exchange."""

    def __init__(self, alias: str, body: dict[str, Any]) -> None:
        """The model is called `alias`; the caller asked for `body`."""
        self.used: Usage | None = None
        self._alias = alias
        self._body = body
        self._frame: dict[str, Any] = {"object": "response", "model": alias}
        self._judged = self._frame
        """Of the event before, all of which was judged."""

        self._last: dict[Key, dict[str, Any]] = {}
        """The newest piece of each text: what an event of ours is built on."""

        self._where: tuple[Any, ...] = ()
        self._key = Key(0, "")
        """Of the piece that came last: where it stands, as it says and as we do."""

        self._names: set[str] = set()
        """Names beside the words that were judged."""

        self._fresh: list[tuple[str, Place]] = []
        """The names in the event before, as they came."""

        self._held: list[Step] = []
        self._number = 0
        self._current: dict[str, Any] = {_NUMBER: 0}

    def steps(self, event: dict[str, Any]) -> Iterator[Step | More]:
        """See `gateway.shapes.shape.Events`. Events are numbered as they leave, ours with them."""
        self._judged = self._frame
        if "response" in event:
            self._count(event["response"])
        if self._fresh:
            self._settle()
        for step in self._steps(event):
            self._current = step.event
            step.event[_NUMBER] = self._number
            yield step
            if not isinstance(step, More) or not step.said or step.event["delta"]:
                self._number = step.event[_NUMBER] + 1

    def _count(self, response: Any) -> None:
        """Note what was used, where a response tells it."""
        if self.counts and isinstance(response, dict) and isinstance(response.get("usage"), dict):
            self.used = used(response)

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`: it takes the number of the event that waits."""
        number = self._current[_NUMBER]
        self._current[_NUMBER] = number + 1
        return {**self._last[key], "delta": text, _NUMBER: number}

    def label(self, group: int, text: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """See `gateway.shapes.shape.Events`: more of the group's last text."""
        spoken = [
            key
            for key, event in self._last.items()
            if key.group == group and event["type"] == "response.output_text.delta"
        ]
        yield spoken[-1], self.tail(spoken[-1], text)

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`: the API's own word for it is ``incomplete``."""
        response = {
            **self._judged,
            "status": "incomplete",
            "incomplete_details": {"reason": "content_filter"},
            "output": [],
        }
        kind, number = "response.incomplete", self._current[_NUMBER]
        return {"type": kind, "response": response, _NUMBER: number, "proviso": problem}

    def _steps(self, event: dict[str, Any]) -> Iterator[Step | More]:
        kind = event.get("type")
        if not isinstance(kind, str):
            raise ProviderGarbage
        step, before = self._step(kind, event)
        if kind in _HELD and isinstance(step, Step):
            yield from before
            self._held.append(step)
            self._fresh.clear()
            return
        ended = kind in _ENDED or kind == "response.output_item.done"
        if self._held and ended:
            self._held[0].labels = self._held[0].closes
        yield from self._held
        self._held = []
        yield from before
        yield step

    def _step(self, kind: str, event: dict[str, Any]) -> tuple[Step | More, Steps]:
        """What happens with an event, and what has to happen before it."""
        base, _, how = kind.rpartition(".")
        if how == "delta" and isinstance(event.get("delta"), str):
            return self._delta(base, event), []
        if how == "done" and base in _GROWING:
            return self._done(base, event)
        if base in _PARTS and isinstance(event.get("part"), dict):
            path = _PARTS[base].within(event)
            if event["part"].get("type") == "reasoning_text":
                path = f"reasoning.{path}"
            found = [
                (Key(_number(event, "output_index"), path + place.path), place)
                for place in places(event["part"], opaque=OPAQUE)
            ]
            found += self._beside(event, "part")
            return self._said(event, found, begins=how == "added")
        if base == _ITEM and isinstance(event.get("item"), dict):
            found = [*item_places(_number(event, "output_index"), event["item"])]
            return self._said(event, found + self._beside(event, "item"), begins=how == "added")
        if kind in _BEGUN or kind in _ENDED:
            return self._response(event, ended=kind in _ENDED)
        return Step(event, structural(event, OPAQUE)), []

    def _delta(self, base: str, event: dict[str, Any]) -> Step | More:
        event.pop("obfuscation", None)
        if "logprobs" in event:
            event["logprobs"] = []
        where = tuple(map(event.get, _WHERE))
        beside = []
        if where != self._where or not event.keys() <= _ENVELOPE:
            known = _GROWING.get(base)
            path = known.within(event) if known else base
            self._where, self._key = where, Key(_number(event, "output_index"), path)
            beside = self._beside(event, "delta")
        key = self._key
        self._last[key] = event
        more = More(event, key, event, "delta", event["delta"], key.path == "arguments")
        return Step(event, [*more.step().pieces, *beside]) if beside else more

    def _done(self, base: str, event: dict[str, Any]) -> tuple[Step, Steps]:
        growing = _GROWING[base]
        field = growing.field
        if "logprobs" in event:
            event["logprobs"] = []
        if not isinstance(event.get(field), str):
            raise ProviderGarbage
        key = Key(_number(event, "output_index"), growing.within(event))
        place = Place(event, field, key.path, json=False, structural=False)
        return self._said(event, [(key, place), *self._beside(event, field)])

    def _said(
        self, event: dict[str, Any], found: list[tuple[Key, Place]], *, begins: bool = False
    ) -> tuple[Step, Steps]:
        """An event that says texts whole. What was not said in pieces before is said so now.

        Strings that no event says in pieces are judged where they stand.
        """
        whole, other = [], []
        before: Steps = []
        for key, place in found:
            if place.structural or _kind(key) is None:
                other.append((key, place._replace(structural=True)))
            elif begins:
                # It comes in pieces, or with the end; a beginning cannot be held back in part.
                place.put("")
            else:
                if key not in self._last and place.text:
                    before.append(self._delta(*_piece(key, place.text, event)))
                whole.append((key, place))
        closes = tuple({key.group for key, _ in whole})
        return Step(event, other, closes=closes, whole=whole), before

    def _response(self, event: dict[str, Any], *, ended: bool) -> tuple[Step, Steps]:
        response = event.get("response")
        if not isinstance(response, dict):
            raise ProviderGarbage
        unrepeated(response)
        said = [found for at, item in enumerate(items(response)) for found in item_places(at, item)]
        step, before = self._said(event, said, begins=not ended)
        rest = structural(response, OPAQUE, _OUTPUT)
        step.pieces = [*step.pieces, *rest, *self._beside(event, "response")]
        step.closes = tuple({key.group for key in self._last})
        step.last = ended
        response["model"] = self._alias
        repeat(response, self._body)
        self._frame = response
        return step, before

    def _beside(self, event: dict[str, Any], own: str) -> list[tuple[Key, Place]]:
        """The strings of an event beside what it is `own` about, but names that were judged."""
        found = structural(event, OPAQUE, frozenset({own}))
        known = self._names | _KNOWN
        new = [item for item in found if item[1].kind != "text" or item[1].text not in known]
        self._fresh += [(place.text, place) for _, place in new]
        return new

    def _settle(self) -> None:
        """Remember the names that were judged, but those of which something was taken out."""
        names = {text for text, place in self._fresh if place.kind == "text"}
        changed = {text for text, place in self._fresh if not place.says(text)}
        if len(self._names) + len(names) > _MOST_NAMES:
            self._names.clear()
        self._names |= names - changed
        if changed or len(names) < len(self._fresh):
            self._where = ()
        self._fresh = []


def _number(event: dict[str, Any], name: str) -> int:
    number = event.get(name)
    if type(number) is not int or not 0 <= number < LONG:
        raise ProviderGarbage
    return number


def _kind(key: Key) -> tuple[str, dict[str, int]] | None:
    """The event that carries the text at `key`, and the numbers in it; None where none does."""
    for pattern, kind in _KINDS:
        match = pattern.fullmatch(key.path)
        if match is not None:
            return kind, {name: int(number) for name, number in match.groupdict().items()}
    return None


def _piece(key: Key, text: str, event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """All of a text as one piece, of the kind that carries it."""
    base, numbers = _kind(key) or ("", {})
    item = event.get("item")
    name = event.get("item_id") or (item.get("id") if isinstance(item, dict) else None) or ""
    piece = {"type": base + _DELTA, "item_id": name, "output_index": key.group, **numbers}
    return base, {**piece, "delta": text}
