"""Where a model's own words stand in an answer, below whatever holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.opaque import is_opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

STRUCTURAL = frozenset({"role", "id", "type", "index", "name", "finish_reason", "object", "format"})
"""Keys whose strings are the protocol's words, not the model's: inspected, but never held back."""

_PROTOCOL = frozenset({
    "assistant", "chat.completion", "completed", "content_filter", "embedding", "end_turn",
    "function", "length", "list", "max_tokens", "message", "model", "output_text", "reasoning",
    "response", "stop", "stop_sequence", "text", "text_completion", "thinking", "tool",
    "tool_calls", "tool_use", "user", "MAX_TOKENS", "STOP",
})  # fmt: skip
"""What stands under those keys in every answer, whatever was asked."""

_JSON = frozenset({"arguments", "partial_json"})
"""Keys whose strings are JSON text: arguments of a tool."""


class Place(NamedTuple):
    """One string of an answer: where it is, and how a restored value must be written there."""

    container: dict[str, Any] | list[Any]
    key: str | int
    path: str
    """Stable over the chunks of a stream, such as ``tool_calls.0.arguments``."""

    json: bool
    """Whether it is JSON text (tool arguments), where a restored value must be escaped."""

    structural: bool
    """Whether it is the protocol's word rather than the model's."""

    verbatim: bool = False
    """Whether it is signed as the model said it, so that nothing may be restored in it."""

    @property
    def text(self) -> str:
        """The string itself."""
        return str(self.container[self.key])  # type: ignore[index]

    @property
    def telling(self) -> bool:
        """Whether something could be found in it: not in what every answer says alike."""
        return not (self.structural and self.container[self.key] in _PROTOCOL)  # type: ignore[index]

    def put(self, text: str) -> None:
        """Replace the string in place."""
        self.container[self.key] = text  # type: ignore[index]


def places(
    node: Any, path: str = "", *, structural: bool = False, opaque: frozenset[str] = frozenset()
) -> Iterator[Place]:
    """Every string below a message or a delta, in order. Unknown keys are the model's words too.

    Strings under the keys `opaque` are no words: bytes in letters, or sealed by the provider.
    What only the provider can read is none either.
    """
    if isinstance(node, dict):
        for key, value in list(node.items()):
            if key in opaque or not isinstance(value, (str, dict, list)):
                continue
            where = f"{path}.{key}" if path else str(key)
            if not isinstance(value, str):
                yield from places(value, where, opaque=opaque)
            elif not is_opaque(node, key, value):
                named = structural or key in STRUCTURAL
                yield Place(node, key, where, key in _JSON, named)
    elif isinstance(node, list):
        for at, item in enumerate(node):
            where = f"{path}.{_position(item, at)}" if path else str(_position(item, at))
            if isinstance(item, str):
                yield Place(node, at, where, json=False, structural=structural)
            else:
                yield from places(item, where, opaque=opaque)


def _position(item: Any, at: int) -> int:
    """The item's own ``index`` where it has one: in a stream it does not stand at that position."""
    index = item.get("index") if isinstance(item, dict) else None
    return index if isinstance(index, int) else at
