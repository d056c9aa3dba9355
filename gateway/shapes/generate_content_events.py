"""The events of a streamed Gemini answer: each is a small answer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer_keys import KNOWN
from gateway.content.opaque import LONG
from gateway.content.spelt import KEYS as SPELT
from gateway.errors import ProviderGarbage
from gateway.shapes.counted import counted
from gateway.shapes.generate_content_parts import (
    COUNTS,
    TEXT,
    THOUGHT,
    candidates_of,
    part_places,
    parts_of,
)
from gateway.shapes.shape import Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.answer import Place
    from gateway.core.exchange import Usage

_GROWING = frozenset({TEXT, THOUGHT})
_CONTENT = frozenset({"parts", "role"})
_SAID = frozenset({"content", "index"})
_CONTENT_OF = frozenset({"content"})
_PARTS = frozenset({"parts"})
_OURS = frozenset({"candidates", "modelVersion"})
_SPELT_ANEW = SPELT | _CONTENT_OF
"""What is beside a candidate's words, and what says them token by token while they are judged."""


class GenerateContentEvents:
    """Reads ``GenerateContentResponse`` objects; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self.used: Usage | None = None
        self._alias = alias
        self._frame: dict[str, Any] = {"modelVersion": alias}
        """The latest event without its candidates: what an event of ours is built on."""

        self._judged = self._frame
        """Of the event before, all of which was judged."""

        self._beside: dict[int, dict[str, Any]] = {}
        """What stood beside the words of each candidate last, and was judged."""

        self._counts: Any = None
        self._key = Key(0, TEXT)
        """Of the piece that came last."""

    def steps(self, event: dict[str, Any]) -> Iterable[Step | More]:
        """See `gateway.shapes.shape.Events`: what was said, then each ending by itself."""
        self._judged = self._frame
        counts = event.get("usageMetadata")
        if counts is not None and counts != self._counts:
            self._counts, self.used = counts, counted(counts, COUNTS)
        event["modelVersion"] = self._alias
        self._frame = event.copy()
        self._frame.pop("candidates", None)
        new = _adds(self._frame, self._judged)
        if not new and (more := self._more(event)) is not None:
            return [more]
        candidates = candidates_of(event)
        # What is said of the whole answer comes with its first candidate.
        return self._candidates(candidates, frame=new) if candidates else self._unsaid()

    def _unsaid(self) -> Iterator[Step]:
        """A prompt that was refused, or counts alone: both are said at the end."""
        told = dict(self._frame)
        yield Step(told, structural(told), last=True)
        self._frame = told

    def _candidates(self, candidates: list[dict[str, Any]], *, frame: bool) -> Iterator[Step]:
        for at, candidate in enumerate(candidates):
            yield from self._candidate(candidate, at, frame=frame and not at)

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

    def _more(self, event: dict[str, Any]) -> More | None:
        """The event whose one candidate says one text and nothing else, as nearly all do."""
        listed = event.get("candidates")
        candidate = listed[0] if type(listed) is list and len(listed) == 1 else None
        if type(candidate) is not dict or not candidate.keys() <= _SAID:
            return None
        content, index = candidate.get("content"), candidate.get("index", 0)
        if type(content) is not dict or type(index) is not int or not 0 <= index < LONG:
            return None
        if content.keys() != _CONTENT or content["role"] != "model":
            return None
        parts = content["parts"]
        part = parts[0] if type(parts) is list and len(parts) == 1 else None
        if type(part) is not dict or type(part.get(TEXT)) is not str:
            return None
        path = THOUGHT if part.get(THOUGHT) is True else TEXT
        if len(part) > 1 + (path is THOUGHT):
            return None
        if self._key != (index, path):
            self._key = Key(index, path)
        return More(event, self._key, part, TEXT, part[TEXT])

    def _candidate(self, candidate: dict[str, Any], at: int, *, frame: bool) -> Iterator[Step]:
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
        if not _adds(about, self._beside.get(index, {})):
            return False
        self._beside[index] = about
        return True

    @staticmethod
    def _beside_in(event: dict[str, Any], *, frame: bool, new: bool) -> list[tuple[Key, Place]]:
        """The strings of an event beside its words: those around its candidate, and those in it."""
        found = structural(event, without=_OURS) if frame else []
        return found + (structural(event["candidates"][0], without=_CONTENT_OF) if new else [])

    def _settle(self, index: int, event: dict[str, Any], *, frame: bool, new: bool) -> None:
        """What was taken out of an event that was judged stays out, whenever it comes again."""
        if frame:
            self._frame = {key: event[key] for key in event if key != "candidates"}
        if new:
            candidate = event["candidates"][0]
            self._beside[index] = {key: candidate[key] for key in candidate if key != "content"}

    def _event(self, candidate: dict[str, Any]) -> dict[str, Any]:
        return {"candidates": [candidate], **self._frame}


def _around(content: Any) -> list[tuple[Key, Place]]:
    """The strings of a candidate's content beside its parts: who speaks, which everybody knows."""
    if content is None or (content.keys() == _CONTENT and content["role"] == "model"):
        return []
    return structural(content, without=_PARTS)


def _adds(told: Any, before: Any) -> bool:
    """Whether `told` says what does not stand in `before`, which was judged. Counts say nothing."""
    if told == before:
        return False
    if not isinstance(told, dict) or not isinstance(before, dict):
        return True
    for name, value in told.items():
        if name not in before and name not in KNOWN:
            return True
        if isinstance(value, (int, float)) and -LONG < value < LONG:
            continue
        if name not in before or _adds(value, before[name]):
            return True
    return False
