"""What whole responses and their events have in common."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.core.exchange import Usage
from gateway.errors import ProviderGarbage
from gateway.shapes.shape import Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.answer import Place

OPAQUE = frozenset({"encrypted_content", "result"})
"""Sealed thoughts of the model, and pictures in letters."""

_REASONING = "reasoning"
_REPEATED: Mapping[str, Any] = {
    "instructions": None,
    "metadata": {},
    "previous_response_id": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "text": {"format": {"type": "text"}},
    "tools": [],
    "user": None,
}
"""What a response says once more of its request, and what stands there when that was not said."""

_SETTINGS = ("max_output_tokens", "parallel_tool_calls", "temperature", "tool_choice", "top_p")
"""What it says once more where it was said, and else as the provider took it to be."""


def items(response: dict[str, Any]) -> list[dict[str, Any]]:
    """The output of a response.

    Raises:
        ProviderGarbage: it is no list of objects.
    """
    output = response.get("output") or []
    if not isinstance(output, list) or not all(isinstance(item, dict) for item in output):
        raise ProviderGarbage
    return output


def item_places(at: int, item: dict[str, Any]) -> Iterator[tuple[Key, Place]]:
    """The strings of the output item at position `at`. Thoughts have keys of their own."""
    thought = item.get("type") == _REASONING
    for place in places(item, opaque=OPAQUE):
        yield Key(at, f"{_REASONING}.{place.path}" if thought else place.path), place


def unrepeated(response: dict[str, Any]) -> None:
    """Take out what a response repeats of its request: those are no words of the model."""
    for name in _REPEATED:
        if name in response:
            response[name] = None


def repeat(response: dict[str, Any], body: dict[str, Any]) -> None:
    """Put in what the caller sent, where a response repeats it.

    The provider can only repeat what reached it, with other values in the places of people's. The
    caller's own request is no secret from the caller, and clients compare the two.
    """
    for name, neutral in _REPEATED.items():
        if name in response:
            given = body.get(name)
            response[name] = deepcopy(neutral) if given is None else given
    for name in _SETTINGS:
        if name in response and body.get(name) is not None:
            response[name] = body[name]


def used(response: dict[str, Any]) -> Usage:
    """What was used, as the provider counted it; zero where it is not told."""
    told = response.get("usage")
    usage = told if isinstance(told, dict) else {}
    counts = [usage.get(name) for name in ("input_tokens", "output_tokens")]
    return Usage(*(count if isinstance(count, int) else 0 for count in counts))
