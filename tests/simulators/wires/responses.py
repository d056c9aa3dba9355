"""OpenAI's Responses."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.form import ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM = "msg_sim"


class ResponsesForm(ChatForm):
    """Items, each with its own events; every text is said again whole."""

    def said(self, body: dict[str, Any]) -> str:
        """The text of the input."""
        given = body["input"]
        if isinstance(given, str):
            return given
        content = given[-1].get("content")
        if isinstance(content, str):
            return content
        return " ".join(part.get("text", "") for part in content)

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        usage = {
            "input_tokens": 5, "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 12,
        }  # fmt: skip
        item = self._call(tool, ARGUMENTS) if tool else self._message([self._part(text)])
        return {**self._response("completed"), "output": [item], "usage": usage}

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream; usage always comes."""
        numbers = count()
        inner = self._call_events(tool) if tool else self._message_events(text)
        begun = {**self._response("in_progress"), "output": []}
        all_events = [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
            *inner,
            {"type": "response.completed", "response": self.whole(text, tool)},
        ]
        for document in all_events:
            named = f"event: {document['type']}\n".encode()
            yield named + event({**document, "sequence_number": next(numbers)})

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        error = {"type": "error", "code": "server_error", "message": message, "param": None}
        return event({**error, "sequence_number": 9})

    def _message_events(self, text: str) -> Iterator[dict[str, Any]]:
        where = {"item_id": ITEM, "output_index": 0, "content_index": 0}
        added = {**self._message([]), "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": 0, "item": added}
        yield {"type": "response.content_part.added", **where, "part": self._part("")}
        for piece in pieces(text):
            yield {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.done", **where, "text": text, "logprobs": []}
        yield {"type": "response.content_part.done", **where, "part": self._part(text)}
        done = self._message([self._part(text)])
        yield {"type": "response.output_item.done", "output_index": 0, "item": done}

    def _call_events(self, tool: str) -> Iterator[dict[str, Any]]:
        where, base = {"item_id": "fc_sim", "output_index": 0}, "response.function_call_arguments"
        begun = {**self._call(tool, ""), "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": 0, "item": begun}
        for piece in pieces(ARGUMENTS):
            yield {"type": f"{base}.delta", **where, "delta": piece}
        yield {"type": f"{base}.done", **where, "arguments": ARGUMENTS, "name": tool}
        done = self._call(tool, ARGUMENTS)
        yield {"type": "response.output_item.done", "output_index": 0, "item": done}

    @staticmethod
    def _part(text: str) -> dict[str, Any]:
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}

    @staticmethod
    def _message(content: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "type": "message", "id": ITEM, "role": "assistant", "status": "completed",
            "content": content,
        }  # fmt: skip

    @staticmethod
    def _call(tool: str, arguments: str) -> dict[str, Any]:
        return {
            "type": "function_call", "id": "fc_sim", "call_id": "call_1", "status": "completed",
            "name": tool, "arguments": arguments,
        }  # fmt: skip

    @staticmethod
    def _response(status: str) -> dict[str, Any]:
        return {
            "id": "resp_sim", "object": "response", "created_at": 1, "model": "simulated",
            "status": status, "error": None, "incomplete_details": None,
            "instructions": "as the provider repeats them", "metadata": {}, "tools": [],
            "tool_choice": "auto", "parallel_tool_calls": True, "temperature": 1.0, "top_p": 1.0,
            "store": False, "text": {"format": {"type": "text"}}, "usage": None,
        }  # fmt: skip
