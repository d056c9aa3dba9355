"""Anthropic's Messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.form import ANSWER_ID, ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


class MessagesForm:
    """Anthropic's Messages."""

    def said(self, body: dict[str, Any]) -> str:
        """The last message's text."""
        content = body["messages"][-1]["content"]
        if isinstance(content, str):
            return content
        return " ".join(block.get("text", "") for block in content)

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
        return f"event: {kind}\n".encode() + event({"type": kind, **more})
