"""Google's ``generateContent`` and ``streamGenerateContent`` (Gemini API)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.walk import Turn, source_of
from gateway.core.exchange import Kind, Usage
from gateway.shapes import generate_content_asked
from gateway.shapes.counted import counted
from gateway.shapes.generate_content_asked import generation_config
from gateway.shapes.generate_content_events import GenerateContentEvents
from gateway.shapes.generate_content_parts import (
    COUNTS,
    TEXT,
    candidates_of,
    part_places,
    parts_of,
)
from gateway.shapes.generate_content_translation import GenerateContentTranslation
from gateway.shapes.shape import Defaults, Key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.content.answer import Place
    from gateway.content.signals.fields import Source
    from gateway.shapes.shape import Translation

_SAID_FIRST = ("tools", "systemInstruction", "system_instruction")
_CONTENT = frozenset({"content"})
_RESULTS = frozenset({"functionResponse", "function_response"})
_PLAIN = (None, "", "text/plain")


class GenerateContent(Defaults):
    """The shape ``generate_content``; `gateway.shapes.shape.Shape`.

    The model and whether it is a stream are said by the path, so neither stands in the body.
    """

    name = "generate_content"
    kind = Kind.CHAT
    translation: Translation | None = GenerateContentTranslation()

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return key.path == TEXT

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        generate_content_asked.check(body)

    def turns(self, body: dict[str, Any]) -> list[Turn]:
        """See `gateway.shapes.shape.Shape`: tools and instructions, then part by part."""
        found = [
            Turn((name,), body[name], None if name == "tools" else "system")
            for name in _SAID_FIRST
            if name in body
        ]
        contents = body.get("contents")
        for at, content in enumerate(contents if isinstance(contents, list) else ()):
            found += _turns_of(content, at)
        return found

    def label_possible(self, body: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: not under JSON for a program."""
        config = generation_config(body)
        said = config.get("responseMimeType"), config.get("response_mime_type")
        return said[0] in _PLAIN and said[1] in _PLAIN

    def path(self, model: str, *, stream: bool) -> str:
        """See `gateway.shapes.shape.Shape`."""
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return f"/v1beta/models/{model}:{method}"

    def sent(self, body: dict[str, Any], model: str) -> dict[str, Any]:  # noqa: ARG002 - the path says it
        """See `gateway.shapes.shape.Shape`."""
        return body

    def ends(self, event: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: a reason to finish, or to have refused the prompt."""
        if event.get("promptFeedback"):
            return True
        for item in event.get("candidates") or ():
            if isinstance(item, dict) and item.get("finishReason"):
                return True
        return False

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`. A prompt that was refused has no candidates."""
        for candidate in candidates_of(answer):
            parts_of(candidate)

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        found: list[tuple[Key, Place]] = []
        for at, candidate in enumerate(candidates_of(answer)):
            for part in parts_of(candidate):
                found += [(Key(at, path), place) for path, place in part_places(part)]
            beside = places(candidate, without=_CONTENT, telling=True)
            found += [(Key(at, item.path), item._replace(structural=True)) for item in beside]
        return found

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: the last text of each candidate."""
        ends = {key.group: (key, place) for key, place in self.spoken(answer) if self.visible(key)}
        return list(ends.values())

    def renamed(self, answer: dict[str, Any], alias: str) -> None:
        """See `gateway.shapes.shape.Shape`."""
        answer["modelVersion"] = alias

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return counted(answer.get("usageMetadata"), COUNTS)

    def events(self, alias: str) -> GenerateContentEvents:
        """See `gateway.shapes.shape.Shape`."""
        return GenerateContentEvents(alias)


def _turns_of(content: Any, at: int) -> list[Turn]:
    """The parts of one content, in order; results of tools are told apart."""
    found = []
    said = source_of({"role": "user", **content}) if isinstance(content, dict) else None
    for key, value in content.items() if isinstance(content, dict) else ():
        path = ("contents", at, key)
        if key == "parts" and isinstance(value, list):
            for place, part in enumerate(value):
                result = isinstance(part, dict) and not _RESULTS.isdisjoint(part)
                source: Source | None = "tool" if result else said
                found.append(Turn((*path, place), part, source))
        else:
            found.append(Turn(path, value, None))
    return found
