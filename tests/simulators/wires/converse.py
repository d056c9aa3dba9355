"""Amazon Bedrock's Converse, with its binary event streams."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.simulators.wires.form import ARGUMENTS, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of Amazon's event stream encoding, with its two checksums."""
    packed = b"".join(
        _sized("!B", name) + b"\x07" + _sized("!H", headers[name]) for name in headers
    )
    start = struct.pack("!II", 16 + len(packed) + len(payload), len(packed))
    start += struct.pack("!I", zlib.crc32(start))
    body = start + packed + payload
    return body + struct.pack("!I", zlib.crc32(body))


def _sized(form: str, text: str) -> bytes:
    data = text.encode()
    return struct.pack(form, len(data)) + data


class ConverseForm:
    """Amazon Bedrock's Converse."""

    events_type = "application/vnd.amazon.eventstream"

    def routed(self, path: str) -> dict[str, Any]:
        """What stands in the address: the model, and whether the answer is streamed."""
        *_, model, operation = path.split("/")
        return {"model": unquote(model), "stream": operation == "converse-stream"}

    def said(self, body: dict[str, Any]) -> str:
        """The last turn's text."""
        return " ".join(block.get("text", "") for block in body["messages"][-1]["content"])

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""
        block: dict[str, Any] = {"text": text}
        if tool:
            given = json.loads(ARGUMENTS)
            block = {"toolUse": {"toolUseId": "call_1", "name": tool, "input": given}}
        return {
            "output": {"message": {"role": "assistant", "content": [block]}},
            "stopReason": "tool_use" if tool else "end_turn",
            "usage": {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12},
            "metrics": {"latencyMs": 3},
        }

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream."""
        yield _event("messageStart", role="assistant")
        if tool:
            start = {"toolUse": {"toolUseId": "call_1", "name": tool}}
            yield _event("contentBlockStart", contentBlockIndex=0, start=start)
        for piece in pieces(ARGUMENTS if tool else text):
            delta: dict[str, Any] = {"toolUse": {"input": piece}} if tool else {"text": piece}
            yield _event("contentBlockDelta", contentBlockIndex=0, delta=delta)
        yield _event("contentBlockStop", contentBlockIndex=0)
        yield _event("messageStop", stopReason="tool_use" if tool else "end_turn")
        counts = {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}
        yield _event("metadata", usage=counts, metrics={"latencyMs": 3})

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""
        return {"message": message}

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""
        headers = {
            ":exception-type": "throttlingException",
            ":content-type": "application/json",
            ":message-type": "exception",
        }
        return frame(headers, json.dumps({"message": message}).encode())


def _event(kind: str, **more: Any) -> bytes:
    headers = {
        ":event-type": kind,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return frame(headers, json.dumps({**more, "p": "abcdefgh"}).encode())
