"""The events of a streamed Gemini answer: each is a small answer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.errors import ProviderGarbage
from gateway.shapes.generate_content_parts import TEXT, THOUGHT, part_places, parts_of, usage_of
from gateway.shapes.shape import Key, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.answer import Place
    from gateway.core.exchange import Usage

_GROWING = frozenset({TEXT, THOUGHT})


class GenerateContentEvents:
    """Reads ``GenerateContentResponse`` objects; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self._alias = alias
        self._frame: dict[str, Any] = {}

    def steps(self, event: dict[str, Any]) -> Iterator[Step]:
        """See `gateway.shapes.shape.Events`: what was said, then each ending by itself."""
        candidates = event.get("candidates") or []
        if not isinstance(candidates, list) or not all(
            isinstance(item, dict) for item in candidates
        ):
            raise ProviderGarbage
        self._frame = {key: value for key, value in event.items() if key != "candidates"}
        self._frame["modelVersion"] = self._alias
        if not candidates:
            # A prompt that was refused, or counts alone: both are said at the end.
            yield Step(dict(self._frame), _structural(self._frame), last=True)
        for at, candidate in enumerate(candidates):
            yield from self._candidate(candidate, at)

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
        return self._event({"content": content, **said, "index": 0})

    def _candidate(self, candidate: dict[str, Any], at: int) -> Iterator[Step]:
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
        ended = candidate.get("finishReason") is not None
        # What ends an answer leaves with its outcome; what was said before it need not wait.
        said = {"index": index} if ended else about
        found = bool(pieces or complete)
        if found:
            event = self._event({"content": candidate["content"], **said})
            yield Step(event, pieces, complete=complete, optional=optional)
        if ended or not found:
            content = {"parts": [{"text": ""}], "role": "model"}
            event = self._event({"content": content, **about, "index": index})
            closes = (index,) if ended else ()
            judged = _structural(about)
            yield Step(event, judged, closes=closes, labels=closes, last=ended)

    def _event(self, candidate: dict[str, Any]) -> dict[str, Any]:
        return {"candidates": [candidate], **self._frame}


def _structural(node: dict[str, Any]) -> list[tuple[Key, Place]]:
    return [(Key(0, place.path), place._replace(structural=True)) for place in places(node)]
