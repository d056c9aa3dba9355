"""What a simulated provider says, in the shapes of OpenAI's chat and Anthropic's Messages."""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ANSWER_ID = "chatcmpl-sim"
ARGUMENTS = '{"city": "Oslo"}'


def pieces(text: str, sizes: Sequence[int] = (5,)) -> list[str]:
    """`text` as a model would say it, so many characters at a time, over and over."""
    found, at = [], 0
    for size in cycle(sizes):
        if at >= len(text):
            return found
        found.append(text[at : at + size])
        at += size
    return found


class ChatShape:
    """OpenAI's chat completions."""

    sizes: Sequence[int] = (5,)
    arguments = ARGUMENTS

    def said(self, body: dict[str, Any]) -> str:
        """The last message's text."""
        content = body["messages"][-1].get("content")
        return content if isinstance(content, str) else json.dumps(content)

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if tool:
            function = {"name": tool, "arguments": self.arguments}
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
            for piece in pieces(self.arguments, self.sizes):
                part = {"index": 0, "function": {"arguments": piece}}
                yield self._event({"tool_calls": [part]})
        else:
            for piece in pieces(text, self.sizes):
                yield self._event({"content": piece})
        yield self._event({}, "tool_calls" if tool else "stop")
        if usage:
            yield _event({**self.whole(""), "object": "chat.completion.chunk", "choices": []})
        yield b"data: [DONE]\n\n"

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"error": {"message": message, "type": kind, "code": code}}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        return _event(self.error(message, "server_error"))

    def _event(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        document = {
            "id": ANSWER_ID, "object": "chat.completion.chunk", "created": 1, "model": "simulated",
            "choices": [choice],
        }  # fmt: skip
        return _event(document)


class MessagesShape:
    """Anthropic's Messages."""

    def said(self, body: dict[str, Any]) -> str:
        """The last message's text."""
        return " ".join(block.get("text", "") for block in body["messages"][-1]["content"])

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        block: dict[str, Any] = {"type": "text", "text": text}
        if tool:
            given = json.loads(ARGUMENTS)
            block = {"type": "tool_use", "id": "call_1", "name": tool, "input": given}
        return {
            "id": ANSWER_ID, "type": "message", "role": "assistant", "model": "simulated",
            "content": [block], "stop_reason": "tool_use" if tool else "end_turn",
            "usage": {"input_tokens": 5, "output_tokens": 7},
        }  # fmt: skip

    def events(
        self,
        text: str,
        tool: str | None = None,
        *,
        usage: bool = False,
    ) -> Iterator[bytes]:
        """The same as a stream."""
        start = {**self.whole(""), "content": [], "stop_reason": None}
        yield self._event("message_start", message=start)
        yield self._event("ping")
        block: dict[str, Any] = {"type": "text", "text": ""}
        if tool:
            block = {"type": "tool_use", "id": "call_1", "name": tool, "input": {}}
        yield self._event("content_block_start", index=0, content_block=block)
        for piece in pieces(ARGUMENTS if tool else text):
            delta = {"type": "text_delta", "text": piece}
            if tool:
                delta = {"type": "input_json_delta", "partial_json": piece}
            yield self._event("content_block_delta", index=0, delta=delta)
        yield self._event("content_block_stop", index=0)
        reason = "tool_use" if tool else "end_turn"
        yield self._event(
            "message_delta", delta={"stop_reason": reason}, usage={"output_tokens": 7}
        )
        yield self._event("message_stop")

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"type": "error", "error": {"type": code or kind, "message": message}}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        return self._event("error", error={"type": "overloaded_error", "message": message})

    def _event(self, kind: str, **more: Any) -> bytes:
        return f"event: {kind}\n".encode() + _event({"type": kind, **more})


Shape = ChatShape | MessagesShape


def _event(document: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"
