"""From a chat's answer to a message, whole and in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import ProviderGarbage
from gateway.shapes.chat_said import Said, delta_of, said_in, usage_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def message(chat: dict[str, Any]) -> dict[str, Any]:
    """The message that says what the first choice of a ``chat.completion`` says.

    Raises:
        ProviderGarbage: it is none, or arguments of a tool are no JSON object.
    """
    said, reason = said_in(chat)
    content: list[dict[str, Any]] = []
    if said.thought:
        content.append({"type": "thinking", "thinking": said.thought, "signature": ""})
    if said.text:
        content.append({"type": "text", "text": said.text})
    content += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.given()}
        for call in said.calls
    ]
    return {
        **_frame(chat),
        "content": content,
        "stop_reason": _REASONS.get(reason, "end_turn"),
        "stop_sequence": None,
        "usage": _usage(chat),
    }


class MessageFromChunks:
    """Turns the chunks of one chat into the events of a message."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._begun = False
        self._number = -1
        self._open: Any = None
        """What the open block holds: ``text``, ``thinking``, or the index of a tool call."""

        self._reason = ""
        self._used: dict[str, int] = {"input_tokens": 0, "output_tokens": 0}

    def read(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The events up to ``message_stop``. Silence is passed on.

        Raises:
            ProviderGarbage: it stopped without saying why.
        """
        for chunk in chunks:
            if not chunk:
                yield chunk
                continue
            if not self._begun:
                self._begun = True
                started = {**_frame(chunk), "content": [], "stop_reason": None}
                started |= {"stop_sequence": None, "usage": dict(self._used)}
                yield {"type": "message_start", "message": started}
            if chunk.get("usage"):
                self._used = _usage(chunk)
            said, reason = delta_of(chunk)
            yield from self._say(said)
            self._reason = reason or self._reason
        if not self._reason:
            raise ProviderGarbage("It stopped without saying why.")
        yield from self._close()
        delta = {"stop_reason": _REASONS.get(self._reason, "end_turn"), "stop_sequence": None}
        yield {"type": "message_delta", "delta": delta, "usage": self._used}
        yield {"type": "message_stop"}

    def _say(self, said: Said) -> Iterator[dict[str, Any]]:
        if said.thought:
            begun = {"type": "thinking", "thinking": "", "signature": ""}
            yield from self._in("thinking", begun)
            yield self._delta({"type": "thinking_delta", "thinking": said.thought})
        if said.text:
            yield from self._in("text", {"type": "text", "text": ""})
            yield self._delta({"type": "text_delta", "text": said.text})
        for call in said.calls:
            block: dict[str, Any] = {"type": "tool_use", "id": call.id, "name": call.name}
            block["input"] = {}
            yield from self._in(call.index, block)
            if call.arguments:
                yield self._delta({"type": "input_json_delta", "partial_json": call.arguments})

    def _in(self, what: str | int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Open a block for `what`, unless it is open."""
        if self._open == what:
            return
        yield from self._close()
        self._open = what
        self._number += 1
        yield {"type": "content_block_start", "index": self._number, "content_block": block}

    def _close(self) -> Iterator[dict[str, Any]]:
        if self._open is not None:
            yield {"type": "content_block_stop", "index": self._number}
            self._open = None

    def _delta(self, delta: dict[str, Any]) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": self._number, "delta": delta}


def _frame(chat: dict[str, Any]) -> dict[str, Any]:
    identifier = chat.get("id")
    named = identifier if isinstance(identifier, str) and identifier else "chat"
    return {
        "id": named if named.startswith("msg_") else f"msg_{named}",
        "type": "message",
        "role": "assistant",
        "model": chat.get("model", ""),
    }


def _usage(chat: dict[str, Any]) -> dict[str, int]:
    given, made = usage_in(chat)
    return {"input_tokens": given, "output_tokens": made}
