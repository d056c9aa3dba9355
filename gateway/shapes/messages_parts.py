"""The blocks of a message: which of their strings are the model's words, and what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.core.exchange import Usage
from gateway.errors import ProviderGarbage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.answer import Place

CALLS = frozenset({"mcp_tool_use", "server_tool_use", "tool_use"})
"""Types of blocks in which the model calls a tool."""

_SPOKEN: Mapping[str, str] = {"text": "text", "thinking": "thinking", "compaction": "content"}
"""The model's own words, by the type of a block and where they stand in it."""

SIGNED = "thinking"
"""Words that come with a signature over them."""

_COUNTED = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def block_places(block: dict[str, Any]) -> Iterator[Place]:
    """Every string of a block that is not sealed.

    What a tool of the provider found or cited is structural: judged, and passed on as it stands.
    """
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


def usage_of(usage: Any) -> Usage:
    """What was used. What was read from or written to the cache was given too.

    Raises:
        ProviderGarbage: a count is no number.
    """
    if usage is None:
        return Usage()
    if not isinstance(usage, dict):
        raise ProviderGarbage
    return Usage(sum(_count(usage, name) for name in _COUNTED), _count(usage, "output_tokens"))


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ProviderGarbage
    return value
