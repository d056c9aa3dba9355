"""The events of a streamed Gemini answer: each is a small answer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import DEEPEST, Place
from gateway.content.answer_keys import KNOWN
from gateway.content.opaque import LONG
from gateway.content.spelt import KEYS as SPELT
from gateway.errors import ProviderGarbage
from gateway.shapes.generate_content_parts import (
    TEXT,
    THOUGHT,
    candidates_of,
    part_places,
    parts_of,
    usage_of,
)
from gateway.shapes.shape import Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.exchange import Usage

_GROWING = frozenset({TEXT, THOUGHT})
_TOLD_ANEW = ("candidates", "modelVersion")
_CONTENT = frozenset({"parts", "role"})
_SAID = frozenset({"content", "index"})
_CONTENT_OF = frozenset({"content"})
_PARTS = frozenset({"parts"})
_OURS = frozenset(_TOLD_ANEW)
_SPELT_ANEW = SPELT | _CONTENT_OF
"""What is beside a candidate's words, and what says them token by token while they are judged."""

_WHOLE = -1
"""No candidate: the answer they belong to."""


class GenerateContentEvents:
    """Reads ``GenerateContentResponse`` objects; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self._alias = alias
        self._frame: dict[str, Any] = {"modelVersion": alias}
        self._judged = self._frame
        """Of the event before, all of which was judged."""

        self._beside: dict[int, list[str]] = {}
        """The strings that stood beside the words of each candidate last, and were judged."""

    def steps(self, event: dict[str, Any]) -> Iterable[Step | More]:
        """See `gateway.shapes.shape.Events`: what was said, then each ending by itself."""
        self._judged = self._frame
        candidates = candidates_of(event)
        around = event.copy()
        around.pop("candidates", None)
        around.pop("modelVersion", None)
        self._frame = {**around, "modelVersion": self._alias}
        if not candidates:
            return self._unsaid()
        # What is said of the whole answer comes with its first candidate.
        frame = self._is_new(_WHOLE, around)
        more = self._more(candidates[0]) if len(candidates) == 1 and not frame else None
        return self._candidates(candidates, frame=frame) if more is None else [more]

    def _unsaid(self) -> Iterator[Step | More]:
        """A prompt that was refused, or counts alone: both are said at the end."""
        told = dict(self._frame)
        yield Step(told, structural(told), last=True)
        self._frame = told

    def _candidates(
        self, candidates: list[dict[str, Any]], *, frame: bool
    ) -> Iterator[Step | More]:
        for at, candidate in enumerate(candidates):
            yield from self._candidate(candidate, at, frame=frame and not at)

    def usage(self, event: dict[str, Any]) -> Usage | None:
        """See `gateway.shapes.shape.Events`."""
        usage = event.get("usageMetadata")
        return usage_of(usage) if usage is not None else None

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        part: dict[str, Any] = {"text": text}
        if key.path == THOUGHT:
            part["thought"] = True
        return self._event({"content": {"parts": [part], "role": "model"}, "index": key.group})

    def label(self, group: int, text: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """See `gateway.shapes.shape.Events`."""
        key = Key(group, TEXT)
        yield key, self.tail(key, text)

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`: a candidate that ends for safety, and says why."""
        content = {"parts": [], "role": "model"}
        said = {"finishReason": "SAFETY", "finishMessage": problem["message"]}
        return {"candidates": [{"content": content, **said, "index": 0}], **self._judged}

    def _more(self, candidate: dict[str, Any]) -> More | None:
        """The event of a candidate that says one text and nothing else, as nearly all do."""
        content, index = candidate.get("content"), candidate.get("index", 0)
        if type(content) is not dict or type(index) is not int or not candidate.keys() <= _SAID:
            return None
        if content.keys() != _CONTENT or content["role"] != "model" or not 0 <= index < LONG:
            return None
        part = parts[0] if len(parts := parts_of(candidate)) == 1 else {}
        text = part.get(TEXT)
        if len(part) != 1 or type(text) is not str:
            return None
        self._beside.pop(index, None)
        place = Place(part, TEXT, TEXT, json=False, structural=False)
        said = {"content": content, **({"index": index} if "index" in candidate else {})}
        return More(self._event(said), Key(index, TEXT), place, text)

    def _candidate(
        self, candidate: dict[str, Any], at: int, *, frame: bool
    ) -> Iterator[Step | More]:
        index = candidate.get("index", at)
        if type(index) is not int or not 0 <= index < LONG:
            raise ProviderGarbage
        pieces: list[tuple[Key, Place]] = []
        complete: list[tuple[Key, Place]] = []
        optional = True
        for part in parts_of(candidate):
            for path, place in part_places(part):
                grows = path in _GROWING
                optional &= grows
                (pieces if grows or place.structural else complete).append(
                    (Key(index, path), place)
                )
        about = {key: value for key, value in candidate.items() if key not in _SPELT_ANEW}
        around = _around(candidate.get("content"))
        ended = candidate.get("finishReason") is not None
        # What ends an answer leaves with its outcome; what was said before it need not wait.
        said = {"index": index} if ended else about
        found = bool(pieces or complete or around)
        if found:
            new = not ended and self._is_new(index, about)
            event = self._event({"content": candidate["content"], **said})
            beside = [*around, *self._beside_in(event, frame=frame, new=new)]
            if optional and not beside and len(pieces) == 1:
                ((key, place),) = pieces
                yield More(event, key, place, place.text)
            else:
                pieces += beside
                yield Step(event, pieces, complete=complete, optional=optional and not beside)
                self._settle(index, event, frame=frame, new=new)
        if ended or not found:
            content = {"parts": [{"text": ""}], "role": "model"}
            event = self._event({"content": content, **about, "index": index})
            closes = (index,) if ended else ()
            frame = frame and not found
            judged = self._beside_in(event, frame=frame, new=True)
            yield Step(event, judged, closes=closes, labels=closes, last=ended)
            self._settle(index, event, frame=frame, new=not ended)

    def _is_new(self, index: int, about: dict[str, Any]) -> bool:
        """Whether something stands beside the words that did not in the event before."""
        told = _strings(about)
        if told == self._beside.get(index, []):
            return False
        self._beside[index] = told
        return True

    @staticmethod
    def _beside_in(event: dict[str, Any], *, frame: bool, new: bool) -> list[tuple[Key, Place]]:
        """The strings of an event beside its words: those around its candidate, and those in it."""
        found = structural(event, without=_OURS) if frame else []
        return found + (structural(event["candidates"][0], without=_CONTENT_OF) if new else [])

    def _settle(self, index: int, event: dict[str, Any], *, frame: bool, new: bool) -> None:
        """What was taken out of an event that was judged stays out, whenever it comes again."""
        if frame:
            around = {key: event[key] for key in event if key not in _OURS}
            self._frame = {**around, "modelVersion": self._alias}
            self._same(_WHOLE, around)
        if new:
            candidate = event["candidates"][0]
            self._same(index, {key: candidate[key] for key in candidate if key != "content"})

    def _same(self, index: int, about: dict[str, Any]) -> None:
        """Forget what came where it is not what was judged to be fit to go: it is read again."""
        if index in self._beside and _strings(about) != self._beside[index]:
            del self._beside[index]

    def _event(self, candidate: dict[str, Any]) -> dict[str, Any]:
        return {"candidates": [candidate], **self._frame}


def _around(content: Any) -> list[tuple[Key, Place]]:
    """The strings of a candidate's content beside its parts: who speaks, which everybody knows."""
    if content is None or (content.keys() == _CONTENT and content["role"] == "model"):
        return []
    return structural(content, without=_PARTS)


def _strings(node: Any) -> list[Any]:
    """Everything below `node` that `structural` may find, always in the same order.

    Raises:
        ProviderGarbage: it is nested too deeply.
    """
    found: list[Any] = []
    level = [node]
    for _ in range(DEEPEST):
        below = []
        for item in level:
            listed = isinstance(item, list)
            if not listed and not item.keys() <= KNOWN:
                found += [key for key in item if key not in KNOWN]
            for value in item if listed else item.values():
                if type(value) is int and -LONG < value < LONG:
                    continue  # a count, as most are
                if isinstance(value, str) or (
                    isinstance(value, (int, float)) and not -LONG < value < LONG
                ):
                    found.append(value)
                elif value and isinstance(value, (dict, list)):
                    below.append(value)
        if not below:
            return found
        level = below
    raise ProviderGarbage("It is nested too deeply.")
