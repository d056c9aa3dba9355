"""The parts of a Gemini candidate: which of their strings are the model's, and what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place, places
from gateway.errors import ProviderGarbage
from gateway.shapes.counted import GIVEN, MADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


TEXT = "text"
THOUGHT = "thought"
_ARGUMENTS = "functionCall.args."
_MEDIA = frozenset({"fileData", "inlineData"})
COUNTS = (
    ("promptTokenCount", GIVEN),
    ("toolUsePromptTokenCount", GIVEN),
    ("candidatesTokenCount", MADE),
    ("thoughtsTokenCount", MADE),
)
"""What is counted: thoughts were generated too."""


def candidates_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The candidates of an answer; a prompt that was refused has none.

    Raises:
        ProviderGarbage: they are none.
    """
    candidates = answer.get("candidates")
    if candidates is None:
        return []
    if not isinstance(candidates, list):
        raise ProviderGarbage
    for item in candidates:
        if not isinstance(item, dict):
            raise ProviderGarbage
    return candidates


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
    if not isinstance(parts, list):
        raise ProviderGarbage
    for part in parts:
        if not isinstance(part, dict):
            raise ProviderGarbage
        if not _MEDIA.isdisjoint(part):
            raise ProviderGarbage("It answered with what is no text.")
    return parts


def part_places(part: dict[str, Any]) -> Iterable[tuple[str, Place]]:
    """Every string of a part that is not sealed, and the text of the candidate it belongs to.

    Arguments of a tool are the model's words; what was run at the provider is structural.
    """
    thought = part.get(THOUGHT)
    if (
        len(part) == 1 + (THOUGHT in part)
        and type(part.get(TEXT)) is str
        and (thought is None or thought is True)
    ):
        # As nearly every one is: this is what the search finds.
        return [(_said(thought), Place(part, TEXT, TEXT, json=False, structural=False))]
    return _searched(part)


def _searched(part: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    for place in places(part):
        if place.kind != "text":
            yield place.path, place
        elif place.path == TEXT:
            yield _said(part.get(THOUGHT)), place._replace(structural=False)
        else:
            own = place.path.startswith(_ARGUMENTS)
            yield place.path, place._replace(structural=not own)


def _said(thought: Any) -> str:
    """Which text of the candidate a part adds to that is a thought or is none."""
    return THOUGHT if thought else TEXT
