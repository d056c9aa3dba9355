"""Building answers in the OpenAI chat shape out of what other APIs said."""

from __future__ import annotations

from typing import Any

from gateway.errors import ProviderGarbage


def completion(
    id_: str, model: str, created: int, choices: list[dict[str, Any]], usage: dict[str, int]
) -> dict[str, Any]:
    """A ``chat.completion``."""
    return {
        "id": id_,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": choices,
        "usage": usage,
    }


def choice(
    text: list[str], thought: list[str], calls: list[dict[str, Any]], reason: str, index: int = 0
) -> dict[str, Any]:
    """One choice of a whole answer; `text` and `thought` in the pieces they came in."""
    said: dict[str, Any] = {
        "role": "assistant",
        "content": "".join(text) if text else None,
        "refusal": None,
    }
    if thought:
        said["reasoning_content"] = "".join(thought)
    if calls:
        said["tool_calls"] = calls
    return {"index": index, "message": said, "finish_reason": reason, "logprobs": None}


def call_of(id_: str, name: str, arguments: str) -> dict[str, Any]:
    """One call of a tool; `arguments` is JSON text."""
    return {
        "id": id_,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def usage(given: int, made: int) -> dict[str, int]:
    """Tokens sent and answered."""
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


class Frame:
    """What all chunks of one streamed answer have in common."""

    def __init__(self, created: int, model: str) -> None:
        """`created` is in seconds since 1970; `model` until the provider says its own name."""
        self.id = ""
        self.model = model
        self._created = created

    def chunk(
        self, delta: dict[str, Any], reason: str | None = None, index: int = 0
    ) -> dict[str, Any]:
        """One ``chat.completion.chunk``."""
        return self._framed([{"index": index, "delta": delta, "finish_reason": reason}])

    def counted(self, tokens: dict[str, int]) -> dict[str, Any]:
        """The last chunk of an answer whose usage was asked for."""
        return {**self._framed([]), "usage": tokens}

    def _framed(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self.model,
            "choices": choices,
        }


def objects(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects listed under `name`; none when there is no list.

    Raises:
        ProviderGarbage: something else stands there.
    """
    listed = document.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ProviderGarbage
    return listed


def text_of(document: dict[str, Any], name: str) -> str:
    """The text under `name`, or an empty one when there is none.

    Raises:
        ProviderGarbage: something else stands there.
    """
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ProviderGarbage
    return value


def number_of(document: dict[str, Any], name: str) -> int:
    """The place in a list under `name`, or 0 when there is none.

    Raises:
        ProviderGarbage: something else stands there.
    """
    value = document.get(name, 0)
    if not isinstance(value, int) or not 0 <= value < 1 << 31:
        raise ProviderGarbage
    return value
