"""Mistral's chat completions: usage unasked, calls whole and unnumbered, thoughts as pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.form import ANSWER_ID, ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


class MistralForm(ChatForm):
    """Mistral's chat completions."""

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """A whole answer as a stream."""
        yield self._piece({"role": "assistant", "content": ""})
        if tool:
            function = {"name": tool, "arguments": ARGUMENTS}
            yield self._piece({"tool_calls": [{"id": "call_1", "function": function}]})
        else:
            for piece in pieces(text):
                yield self._piece({"content": piece})
        yield self._piece({"content": ""}, "tool_calls" if tool else "stop")
        yield b"data: [DONE]\n\n"

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"object": "error", "message": message, "type": kind, "param": None, "code": code}

    def _piece(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        document: dict[str, Any] = {"id": ANSWER_ID, "model": "simulated", "choices": [choice]}
        if reason:
            document["usage"] = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
        return event(document)
