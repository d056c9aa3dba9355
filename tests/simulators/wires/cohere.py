"""Cohere's chat, version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.wires.form import ANSWER_ID, ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_USAGE = {
    "billed_units": {"input_tokens": 4, "output_tokens": 6},
    "tokens": {"input_tokens": 5, "output_tokens": 7},
}


class CohereForm:
    """Cohere's chat, version 2."""

    def said(self, body: dict[str, Any]) -> str:
        """The last message's text."""
        content = body["messages"][-1]["content"]
        if isinstance(content, str):
            return content
        return " ".join(part.get("text", "") for part in content)

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        message: dict[str, Any] = {"role": "assistant"}
        if tool:
            function = {"name": tool, "arguments": ARGUMENTS}
            call = {"id": "call_1", "type": "function", "function": function}
            message |= {"tool_plan": "I will look.", "tool_calls": [call]}
        else:
            message["content"] = [{"type": "text", "text": text}]
        reason = "TOOL_CALL" if tool else "COMPLETE"
        return {"id": ANSWER_ID, "finish_reason": reason, "message": message, "usage": _USAGE}

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream."""
        yield _event("message-start", id=ANSWER_ID, delta={"message": {"role": "assistant"}})
        if tool:
            yield _said("tool-plan-delta", tool_plan="I will look.")
            function = {"name": tool, "arguments": ""}
            call = {"id": "call_1", "type": "function", "function": function}
            yield _said("tool-call-start", tool_calls=call)
            for piece in pieces(ARGUMENTS):
                part = {"function": {"arguments": piece}}
                yield _said("tool-call-delta", tool_calls=part)
            yield _event("tool-call-end", index=0)
        else:
            yield _said("content-start", content={"type": "text", "text": ""})
            for piece in pieces(text):
                yield _said("content-delta", content={"text": piece})
            yield _event("content-end", index=0)
        reason = "TOOL_CALL" if tool else "COMPLETE"
        yield _event("message-end", delta={"finish_reason": reason, "usage": _USAGE})

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"id": ANSWER_ID, "message": message}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        return _event("message-end", delta={"error": message, "finish_reason": "ERROR"})


def _said(kind: str, **message: Any) -> bytes:
    return _event(kind, index=0, delta={"message": message})


def _event(kind: str, **more: Any) -> bytes:
    return f"event: {kind}\n".encode() + event({"type": kind, **more})
