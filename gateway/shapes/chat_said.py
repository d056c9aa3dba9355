"""What a chat's answer says, whole or in a chunk, for whoever tells it in another API."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.core.values import dataclass
from gateway.errors import ProviderGarbage


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool, or a piece of one."""

    index: int
    id: str
    name: str
    arguments: str
    """JSON text, or a piece of it."""

    def given(self) -> dict[str, Any]:
        """The arguments of a whole call.

        Raises:
            ProviderGarbage: they are no JSON object.
        """
        try:
            given = orjson.loads(self.arguments or "{}")
        except orjson.JSONDecodeError as error:
            raise ProviderGarbage from error
        if not isinstance(given, dict):
            raise ProviderGarbage
        return given


@dataclass(frozen=True, slots=True)
class Said:
    """What one choice says."""

    thought: str
    text: str
    """Its content, and its words of refusal."""

    calls: tuple[Call, ...]


_NOTHING = Said("", "", ())


def said_in(chat: dict[str, Any]) -> tuple[Said, str]:
    """What the first choice of a ``chat.completion`` says, and why it ended.

    Raises:
        ProviderGarbage: it is none.
    """
    choices = chat.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ProviderGarbage
    return _said(choices[0].get("message")), _text(choices[0], "finish_reason")


def delta_of(chunk: dict[str, Any]) -> tuple[Said, str]:
    """What a chunk adds to its first choice, and why that ended, where it says so.

    Raises:
        ProviderGarbage: it is none.
    """
    choices = chunk.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(item, dict) for item in choices):
        raise ProviderGarbage
    for choice in choices:
        if choice.get("index", 0) == 0:
            return _said(choice.get("delta")), _text(choice, "finish_reason")
    return _NOTHING, ""


def usage_in(chat: dict[str, Any]) -> tuple[int, int]:
    """Tokens given and made; zero where it does not say.

    Raises:
        ProviderGarbage: a count is no number.
    """
    usage = chat.get("usage") or {}
    counts = [usage.get(name) or 0 for name in ("prompt_tokens", "completion_tokens")]
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise ProviderGarbage
    return counts[0], counts[1]


def _said(node: Any) -> Said:
    if node is None:
        return _NOTHING
    if not isinstance(node, dict):
        raise ProviderGarbage
    calls = node.get("tool_calls") or []
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise ProviderGarbage
    text = _text(node, "content") + _text(node, "refusal")
    thought = _text(node, "reasoning_content")
    return Said(thought, text, tuple(_call(call, at) for at, call in enumerate(calls)))


def _call(call: dict[str, Any], at: int) -> Call:
    function, index = call.get("function") or {}, call.get("index", at)
    if not isinstance(function, dict) or not isinstance(index, int):
        raise ProviderGarbage
    return Call(
        index, _text(call, "id"), _text(function, "name"), _text(function, "arguments")
    )  # fmt: skip


def _text(node: dict[str, Any], key: str) -> str:
    value = node.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ProviderGarbage
    return value
