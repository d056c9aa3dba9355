"""From a whole Messages answer to a ``chat.completion``."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.errors import ProviderGarbage
from gateway.providers.calls import child, count

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def finish_reason(stop_reason: object) -> str:
    """OpenAI's word for why it stopped; a reason we do not know is a plain stop."""
    return _REASONS.get(stop_reason, "stop") if isinstance(stop_reason, str) else "stop"


def completion(message: dict[str, Any], created: int) -> dict[str, Any]:
    """A ``chat.completion`` that says what the message says.

    Thoughts become ``reasoning_content``; blocks we do not know are left out.

    Raises:
        ProviderGarbage: it is no message.
    """
    blocks = message.get("content")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise ProviderGarbage
    said: dict[str, Any] = {
        "role": "assistant",
        "content": _joined(blocks, "text", "text"),
        "refusal": None,
    }
    thought = _joined(blocks, "thinking", "thinking")
    if thought is not None:
        said["reasoning_content"] = thought
    calls = [_tool_call(block) for block in blocks if block.get("type") == "tool_use"]
    if calls:
        said["tool_calls"] = calls
    reason = finish_reason(message.get("stop_reason"))
    return {
        "id": text_of(message, "id"),
        "object": "chat.completion",
        "created": created,
        "model": text_of(message, "model"),
        "choices": [{"index": 0, "message": said, "finish_reason": reason, "logprobs": None}],
        "usage": usage_of(child(message, "usage")),
    }


def text_of(document: dict[str, Any], name: str) -> str:
    """The text under `name`, or an empty one when there is none.

    Raises:
        ProviderGarbage: something else stands there.
    """
    value = document.get(name, "")
    if not isinstance(value, str):
        raise ProviderGarbage
    return value


def usage_of(usage: dict[str, Any]) -> dict[str, int]:
    """OpenAI's counts. What was read from or written to the cache was given too.

    Raises:
        ProviderGarbage: a count is no number.
    """
    given = sum(
        count(usage, name)
        for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    )
    made = count(usage, "output_tokens")
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _joined(blocks: list[dict[str, Any]], kind: str, key: str) -> str | None:
    pieces = [text_of(block, key) for block in blocks if block.get("type") == kind]
    return "".join(pieces) if pieces else None


def _tool_call(block: dict[str, Any]) -> dict[str, Any]:
    arguments = orjson.dumps(child(block, "input")).decode()
    return {
        "id": text_of(block, "id"),
        "type": "function",
        "function": {"name": text_of(block, "name"), "arguments": arguments},
    }
