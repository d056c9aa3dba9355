"""The events of a streamed Gemini answer: each is a small answer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place
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
    from collections.abc import Iterator

    from gateway.core.exchange import Usage

_GROWING = frozenset({TEXT, THOUGHT})
_TOLD_ANEW = ("candidates", "modelVersion")
_CONTENT = frozenset({"parts", "role"})
_SAID = frozenset({"content", "index"})

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

    def steps(self, event: dict[str, Any]) -> Iterator[Step | More]:
        """See `gateway.shapes.shape.Events`: what was said, then each ending by itself."""
        self._judged = self._frame
        candidates = candidates_of(event)
        around = {key: value for key, value in event.items() if key not in _TOLD_ANEW}
        self._frame = {**around, "modelVersion": self._alias}
        if not candidates:
            # A prompt that was refused, or counts alone: both are said at the end.
            yield Step(dict(self._frame), structural(self._frame), last=True)
            return
        # What is said of the whole answer comes with its first candidate.
        frame = self._new(_WHOLE, around)
        more = self._more(candidates[0]) if len(candidates) == 1 and not frame else None
        if more is not None:
            yield more
            return
        for at, candidate in enumerate(candidates):
            yield from self._candidate(candidate, at, frame if not at else [])

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
        if content.keys() != _CONTENT or content["role"] != "model":
            return None
        part = parts[0] if len(parts := parts_of(candidate)) == 1 else {}
        if len(part) != 1 or type(part.get(TEXT)) is not str:
            return None
        self._beside.pop(index, None)
        place = Place(part, TEXT, TEXT, json=False, structural=False)
        said = {"content": content, **({"index": index} if "index" in candidate else {})}
        return More(self._event(said), Key(index, TEXT), place)

    def _candidate(
        self, candidate: dict[str, Any], at: int, frame: list[tuple[Key, Place]]
    ) -> Iterator[Step | More]:
        index = candidate.get("index", at)
        if not isinstance(index, int):
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
        about = {key: value for key, value in candidate.items() if key != "content"}
        around = _around(candidate.get("content"))
        ended = candidate.get("finishReason") is not None
        # What ends an answer leaves with its outcome; what was said before it need not wait.
        said = {"index": index} if ended else about
        found = bool(pieces or complete or around)
        if found:
            beside = [*around, *frame, *(() if ended else self._new(index, about))]
            event = self._event({"content": candidate["content"], **said})
            if optional and not beside and len(pieces) == 1:
                yield More(event, *pieces[0])
            else:
                pieces += beside
                yield Step(event, pieces, complete=complete, optional=optional and not beside)
        if ended or not found:
            content = {"parts": [{"text": ""}], "role": "model"}
            event = self._event({"content": content, **about, "index": index})
            closes = (index,) if ended else ()
            judged = structural(about) if found else [*frame, *structural(about)]
            yield Step(event, judged, closes=closes, labels=closes, last=ended)

    def _new(self, index: int, about: dict[str, Any]) -> list[tuple[Key, Place]]:
        """The strings beside the words, unless they are those of the event before."""
        told = _strings(about)
        if told == self._beside.get(index, []):
            return []
        self._beside[index] = told
        return structural(about)

    def _event(self, candidate: dict[str, Any]) -> dict[str, Any]:
        return {"candidates": [candidate], **self._frame}


def _around(content: Any) -> list[tuple[Key, Place]]:
    """The strings of a candidate's content beside its parts: who speaks, which everybody knows."""
    if content is None or (content.keys() == _CONTENT and content["role"] == "model"):
        return []
    return structural({key: value for key, value in content.items() if key != "parts"})


def _strings(node: Any) -> list[str]:
    """Every string below `node`, always in the same order."""
    found, left = [], [node]
    for item in left:
        for value in item.values() if isinstance(item, dict) else item:
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, (dict, list)):
                left.append(value)
    return found
