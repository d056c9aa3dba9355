"""Where a model's own words stand in an answer, and what stands beside them.

Whatever a caller can read is reached: every string, numbers as long as an account's, keys that are
none of an API's, and the likelihoods of tokens, which spell the words once more (promise P5).
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from gateway.content import json_text
from gateway.content.answer_keys import KNOWN
from gateway.content.opaque import HOLDERS, LONG, is_bytes, is_opaque
from gateway.content.spelt import KEYS as SPELT
from gateway.content.spelt import spelt
from gateway.errors import ProviderGarbage

STRUCTURAL = frozenset({
    "role", "id", "type", "index", "name", "finish_reason", "finishReason", "stop_reason", "object",
    "format",
})  # fmt: skip
"""Keys whose strings are the protocol's words, not the model's: inspected, but never held back."""

_PROTOCOL = frozenset({
    "assistant", "chat.completion", "chat.completion.chunk", "completed", "content_filter",
    "embedding", "end_turn", "function", "length", "list", "max_tokens", "message", "model",
    "output_text", "reasoning", "response", "stop", "stop_sequence", "text", "text_completion",
    "thinking", "tool",
    "tool_calls", "tool_use", "user", "MAX_TOKENS", "STOP",
})  # fmt: skip
"""What stands under those keys in every answer, whatever was asked."""

_JSON = frozenset({"arguments", "partial_json"})
"""Keys whose strings are JSON text: arguments of a tool."""

NOWHERE: frozenset[str] = frozenset()
_TIME = re.compile(r"created|.*(?:_at|Time)")
_FIRST, _LAST = 10**9, 22 * 10**8
"""Of the Unix seconds that an API tells, from 2001 to 2039."""

DEEPEST = 200
"""Levels of an answer. What writes JSON fails from 254 on, with ours around it."""


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

    kind: Literal["text", "key", "number", "spelt"] = "text"
    """What stands there: the value of a string, or what says something without being one. The
    latter is always structural."""

    @property
    def text(self) -> str:
        """The string itself, or what is said in its stead."""
        if self.kind == "key":
            return str(self.key)
        value = self.container[self.key]  # type: ignore[index]
        if self.kind == "spelt":
            return spelt(value)
        return f"{value:.0f}" if isinstance(value, float) else str(value)

    @property
    def telling(self) -> bool:
        """Whether something could be found in it: not in what every answer says alike."""
        return not (self.structural and self.kind == "text"
                    and self.container[self.key] in _PROTOCOL)  # type: ignore[index]  # fmt: skip

    @property
    def joins(self) -> bool:
        """Whether what a stream says here goes on with what it said here before."""
        return self.kind == "text" and self.key not in STRUCTURAL

    def says(self, text: str) -> bool:
        """Whether `text` stands there still: neither it nor its key was replaced."""
        if isinstance(self.container, dict) and self.key not in self.container:
            return False
        return self.text == text

    def read(self) -> str:
        """The string as it is inspected: JSON text without its escapes."""
        return json_text.read(self.text) if self.json else self.text

    def put(self, text: str) -> None:
        """Replace the string in place. Likelihoods of tokens go as a whole, whatever `text` is."""
        if self.kind == "key":
            node = dict(self.container)
            self.container.clear()
            for key, value in node.items():
                self.container[text if key == self.key else key] = value  # type: ignore[index]
        elif self.kind == "spelt":
            listed = isinstance(self.container[self.key], list)  # type: ignore[index]
            self.container[self.key] = [] if listed else None  # type: ignore[index]
        else:
            self.container[self.key] = text  # type: ignore[index]


def places(
    node: Any,
    path: str = "",
    *,
    opaque: frozenset[str] = NOWHERE,
    without: frozenset[str] = NOWHERE,
    telling: bool = False,
) -> list[Place]:
    """Every string below a message or a delta, in order. Unknown keys are the model's words too.

    What looks like bytes under the keys `opaque` is no words, nor is what only the provider can
    read. `without` are keys of `node` itself that are looked at elsewhere. With `telling` only
    those are given in which something could be found.

    Raises:
        ProviderGarbage: it is nested too deeply.
    """
    found: list[Place] = []
    start, dull = f"{path}." if path else "", _PROTOCOL if telling else NOWHERE
    if isinstance(node, dict):
        _entries(node, start, found, opaque, dull, DEEPEST, without)
    elif isinstance(node, list):
        _items("", node, start, found, opaque, dull, DEEPEST)
    return found


def _entries(
    node: dict[str, Any],
    start: str,
    found: list[Place],
    opaque: frozenset[str],
    dull: frozenset[str],
    left: int,
    without: frozenset[str] = NOWHERE,
) -> None:
    """Add what is in `node`, so many levels deep at most, but for those words of the protocol.

    The paths of its keys have this `start`.
    """
    if node and not left:
        raise ProviderGarbage("It is nested too deeply.")
    for key, value in node.items():
        if key in without:
            continue
        path = f"{start}{key}"
        if key not in KNOWN:
            found.append(Place(node, key, f"{path}#", json=False, structural=True, kind="key"))
        if isinstance(value, str):
            structural = key in STRUCTURAL
            sealed = (key in opaque or key in HOLDERS) and _is_sealed(node, key, value, opaque)
            if not sealed and not (structural and value in dull):
                found.append(Place(node, key, path, key in _JSON, structural))
        elif isinstance(value, dict) and key not in SPELT:
            _entries(value, f"{path}.", found, opaque, dull, left - 1)
        elif isinstance(value, list) and key not in SPELT:
            _items(key, value, f"{path}.", found, opaque, dull, left - 1)
        elif value and not (isinstance(value, (int, float)) and -LONG < value < LONG):
            _other(node, key, value, path, found)


def _items(
    name: str | int,
    node: list[Any],
    start: str,
    found: list[Place],
    opaque: frozenset[str],
    dull: frozenset[str],
    left: int,
) -> None:
    """The same of a list, which stands under this `name`."""
    if name in opaque and is_bytes(node):
        return
    if node and not left:
        raise ProviderGarbage("It is nested too deeply.")
    for at, item in enumerate(node):
        if isinstance(item, dict):
            _entries(item, f"{start}{_position(item, at)}.", found, opaque, dull, left - 1)
        elif isinstance(item, str):
            found.append(Place(node, at, f"{start}{at}", json=False, structural=False))
        elif isinstance(item, list):
            _items(at, item, f"{start}{at}.", found, opaque, dull, left - 1)
        elif item and not -LONG < item < LONG:
            _other(node, at, item, f"{start}{at}", found)


def _other(
    node: dict[str, Any] | list[Any], key: str | int, value: Any, path: str, found: list[Place]
) -> None:
    """Add the `value` under `key` of `node`: likelihoods of tokens, or a number that is long."""
    if not isinstance(value, (int, float)):
        found.append(Place(node, key, path, json=False, structural=True, kind="spelt"))
    elif not _is_time(key, value):
        found.append(Place(node, key, path, json=False, structural=True, kind="number"))


def _is_sealed(node: dict[str, Any], key: str, text: str, opaque: frozenset[str]) -> bool:
    return is_bytes(text) if key in opaque else is_opaque(node, key, text)


def _is_time(key: str | int, value: float) -> bool:
    """Whether a number is the time that its key says it is, in Unix seconds or milliseconds."""
    told = _FIRST <= value <= _LAST or _FIRST <= value / 1_000 <= _LAST
    return told and _TIME.fullmatch(str(key)) is not None


def _position(item: dict[str, Any], at: int) -> int:
    """The item's own ``index`` where it has one: in a stream it does not stand at that position."""
    index = item.get("index")
    return index if isinstance(index, int) else at
