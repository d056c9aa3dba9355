"""The blocks of a message: which of their strings are the model's words, and what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place, places
from gateway.shapes.counted import GIVEN, MADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CALLS = frozenset({"mcp_tool_use", "server_tool_use", "tool_use"})
"""Types of blocks in which the model calls a tool."""

_TEXT = "text"
_SPOKEN: Mapping[str, str] = {_TEXT: _TEXT, "thinking": "thinking", "compaction": "content"}
"""The model's own words, by the type of a block and where they stand in it."""

SIGNED = "thinking"
"""Words that come with a signature over them."""

COUNTS = (
    ("input_tokens", GIVEN),
    ("cache_creation_input_tokens", GIVEN),
    ("cache_read_input_tokens", GIVEN),
    ("output_tokens", MADE),
)
"""What is counted: what was read from or written to the cache was given too."""


def block_places(block: dict[str, Any]) -> Iterable[Place]:
    """Every string of a block that is not sealed, but for its type where it says a text alone.

    What a tool of the provider found or cited is structural: judged, and passed on as it stands.
    """
    if len(block) == 2 and block.get("type") == _TEXT and type(block.get(_TEXT)) is str:
        return [Place(block, _TEXT, _TEXT, json=False, structural=False)]
    return _searched(block)


def _searched(block: dict[str, Any]) -> Iterator[Place]:
    kind = block.get("type")
    said = _SPOKEN.get(kind, "") if isinstance(kind, str) else ""
    for place in places(block):
        if place.kind != "text":
            yield place
        elif kind in CALLS and place.path.startswith("input."):
            # An argument may be called anything, ``name`` and ``id`` too.
            yield place._replace(structural=False)
        else:
            own = place.path == said
            signed = own and said == SIGNED
            usual = own and not (signed or place.structural)
            yield place if usual else place._replace(structural=not own, verbatim=signed)
