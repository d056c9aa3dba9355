"""OpenAI's chat completions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.form import ANSWER_ID, ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


class ChatForm:
    """OpenAI's chat completions."""

    def said(self, body: dict[str, Any]) -> str:
        """The last message's text."""
        content = body["messages"][-1].get("content")
        return content if isinstance(content, str) else json.dumps(content)

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if tool:
            function = {"name": tool, "arguments": ARGUMENTS}
            call = {"id": "call_1", "type": "function", "function": function}
            message |= {"content": None, "tool_calls": [call]}
        reason = "tool_calls" if tool else "stop"
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        return {
            "id": ANSWER_ID, "object": "chat.completion", "created": 1, "model": "simulated",
            "choices": [choice],
            "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
        }  # fmt: skip

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream, with usage when it was asked for."""
        yield self._event({"role": "assistant", "content": ""})
        if tool:
            function = {"name": tool, "arguments": ""}
            call = {"index": 0, "id": "call_1", "type": "function", "function": function}
            yield self._event({"tool_calls": [call]})
            for piece in pieces(ARGUMENTS):
                part = {"index": 0, "function": {"arguments": piece}}
                yield self._event({"tool_calls": [part]})
        else:
            for piece in pieces(text):
                yield self._event({"content": piece})
        yield self._event({}, "tool_calls" if tool else "stop")
        if usage:
            yield event({**self.whole(""), "object": "chat.completion.chunk", "choices": []})
        yield b"data: [DONE]\n\n"

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"error": {"message": message, "type": kind, "code": code}}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        return event(self.error(message, "server_error"))

    def _event(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        document = {
            "id": ANSWER_ID, "object": "chat.completion.chunk", "created": 1, "model": "simulated",
            "choices": [choice],
        }  # fmt: skip
        return event(document)
