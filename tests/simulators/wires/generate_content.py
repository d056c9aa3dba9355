"""Google's generateContent, as the Gemini API and Vertex AI speak it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.simulators.wires.form import ANSWER_ID, ARGUMENTS, event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


class GenerateContentForm:
    """Google's generateContent."""

    def routed(self, path: str) -> dict[str, Any]:
        """What stands in the address: the model, and whether the answer is streamed."""
        address = unquote(path.partition("?")[0].rpartition("/models/")[2])
        name, _, method = address.rpartition(":")
        return {"model": name, "stream": method == "streamGenerateContent"}

    def said(self, body: dict[str, Any]) -> str:
        """The last turn's text."""
        return " ".join(part.get("text", "") for part in body["contents"][-1]["parts"])

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        part: dict[str, Any] = {"text": text}
        if tool:
            call = {"name": tool, "args": json.loads(ARGUMENTS)}
            part = {"functionCall": call, "thoughtSignature": "c2lnbmVk"}
        usage = {"promptTokenCount": 5, "candidatesTokenCount": 4, "thoughtsTokenCount": 3}
        return {
            **self._candidate([part], "STOP"),
            "usageMetadata": {**usage, "totalTokenCount": 12},
        }

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream; a call comes in one piece."""
        if tool:
            yield event(self.whole("", tool))
            return
        for piece in pieces(text):
            yield event(self._candidate([{"text": piece}]))
        yield event(self.whole(""))

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        return event(self.error(message, "server_error"))

    def _candidate(self, parts: list[Any], reason: str | None = None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if reason:
            candidate["finishReason"] = reason
        return {"candidates": [candidate], "modelVersion": "simulated", "responseId": ANSWER_ID}
