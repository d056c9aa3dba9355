"""The parts of a Gemini candidate: which of their strings are the model's, and what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.core.exchange import Usage
from gateway.errors import ProviderGarbage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.answer import Place

TEXT = "text"
THOUGHT = "thought"
_ARGUMENTS = "functionCall.args."
_MEDIA = ("fileData", "inlineData")
_GIVEN = ("promptTokenCount", "toolUsePromptTokenCount")
_MADE = ("candidatesTokenCount", "thoughtsTokenCount")


def parts_of(candidate: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a candidate; none where it says nothing.

    Raises:
        ProviderGarbage: they are none; or one is a picture or a sound, for which nobody asked and
            which would leave without its marks.
    """
    content = candidate.get("content")
    if content is None:
        return []
    parts = content.get("parts", []) if isinstance(content, dict) else None
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise ProviderGarbage
    if any(name in part for part in parts for name in _MEDIA):
        raise ProviderGarbage("It answered with what is no text.")
    return parts


def part_places(part: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    """Every string of a part that is not sealed, and the text of the candidate it belongs to.

    Arguments of a tool are the model's words; what was run at the provider is structural.
    """
    for place in places(part):
        if place.path == TEXT:
            yield (THOUGHT if part.get("thought") else TEXT), place._replace(structural=False)
        else:
            own = place.path.startswith(_ARGUMENTS)
            yield place.path, place._replace(structural=not own)


def usage_of(usage: Any) -> Usage:
    """What was used. Thoughts were generated too.

    Raises:
        ProviderGarbage: a count is no number.
    """
    if usage is None:
        return Usage()
    if not isinstance(usage, dict):
        raise ProviderGarbage
    counts = [[usage.get(name) or 0 for name in names] for names in (_GIVEN, _MADE)]
    if not all(isinstance(item, int) and item >= 0 for items in counts for item in items):
        raise ProviderGarbage
    return Usage(sum(counts[0]), sum(counts[1]))
