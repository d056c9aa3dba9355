"""A gateway whose provider answers whatever a test wants, in every API, whole and streamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.factories import an_installation
from tests.simulators.sockets import serving

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tests.factories import Installation

CHAT, MESSAGES, RESPONSES, GEMINI = "chat", "messages", "responses", "gemini"
APIS = (CHAT, MESSAGES, RESPONSES, GEMINI)
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "


class Hostile:
    """A gateway, and what its provider answers next."""

    def __init__(self, folder: Path) -> None:
        """All its providers say `answer`."""
        self.answer = b""
        self._serving = serving(self._play)
        base = self._serving.__enter__()
        said = {"region": "eu", "transfer": "none_needed", "tier": "openai/api-default"}
        providers = {
            "sim": {**said, "wire": "openai", "base_url": f"{base}/v1", "api_key": "key"},
            "other": {**said, "wire": "anthropic", "base_url": base, "api_key": "key"},
            "third": {**said, "wire": "gemini", "base_url": base, "api_key": "key"},
        }
        models = {
            "echo": {"provider": "sim", "upstream": "echo"},
            "claude": {"provider": "other", "upstream": "claude"},
            "gem": {"provider": "third", "upstream": "gem"},
        }
        self.made: Installation = an_installation(folder, base, providers=providers, models=models)
        self.key = self.made.key_for()

    def _play(self, peer: socket.socket) -> None:
        peer.recv(65_536)
        peer.sendall(self.answer)

    def close(self) -> None:
        """Stop both."""
        self.made.close()
        self._serving.__exit__(None, None, None)

    def whole(self, api: str, document: dict[str, Any], system: str = "", **more: Any) -> Any:
        """What the caller gets of a whole answer: status and text."""
        self.answer = HEAD + b"application/json\r\n\r\n" + json.dumps(document).encode()
        return self._asked(api, system, stream=False, **more)

    def streamed(self, api: str, events: list[dict[str, Any]], system: str = "") -> Any:
        """The same of a stream."""
        done = [b"data: [DONE]\n\n"] if api in (CHAT, RESPONSES) else []
        lines = [
            (f"event: {item['type']}\n".encode() if api == MESSAGES else b"")
            + b"data: " + json.dumps(item).encode() + b"\n\n"
            for item in events
        ]  # fmt: skip
        self.answer = HEAD + b"text/event-stream\r\n\r\n" + b"".join([*lines, *done])
        return self._asked(api, system, stream=True)

    def _asked(self, api: str, system: str, *, stream: bool, **more: Any) -> tuple[int, str]:
        path, body = asked(api, system, stream=stream)
        headers = {"x-goog-api-key" if api == GEMINI else "x-api-key": self.key}
        if api in (CHAT, RESPONSES):
            headers = {"Authorization": f"Bearer {self.key}"}
        given = self.made.client.post(path, json={**body, **more}, headers=headers)
        text = given.get_data(as_text=True)
        given.close()
        return given.status_code, text

    def outcome(self) -> dict[str, Any]:
        """The newest entry of the log."""
        return dict(self.made.entries()[-1])


def asked(api: str, system: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
    """Where to ask, and what."""
    turn = {"role": "user", "content": "Hello"}
    if api == CHAT:
        told = [{"role": "system", "content": system}] if system else []
        body = {"model": "echo", "messages": [*told, turn], "stream": stream}
        return "/v1/chat/completions", body
    if api == MESSAGES:
        told = {"system": system} if system else {}
        body = {"model": "claude", "max_tokens": 99, "messages": [turn], "stream": stream}
        return "/v1/messages", {**body, **told}
    if api == RESPONSES:
        told = {"instructions": system} if system else {}
        body = {"model": "echo", "input": "Hello", "store": False, "stream": stream}
        return "/v1/responses", {**body, **told}
    told = {"systemInstruction": {"parts": [{"text": system}]}} if system else {}
    body = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}], **told}
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"/v1beta/models/gem:{method}", body


def said(api: str, inner: dict[str, Any], outer: dict[str, Any]) -> dict[str, Any]:
    """A whole answer with `inner` beside its words and `outer` around it."""
    if api == CHAT:
        message = {"role": "assistant", "content": "Hello.", **inner}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        frame = {"id": "c", "object": "chat.completion", "created": 1_758_000_000}
        return {**frame, "model": "echo", "choices": [choice], **outer}
    if api == MESSAGES:
        block = {"type": "text", "text": "Hello.", **inner}
        frame = {"id": "m", "type": "message", "role": "assistant", "model": "claude"}
        usage = {"input_tokens": 1, "output_tokens": 1}
        return {**frame, "content": [block], "stop_reason": "end_turn", "usage": usage, **outer}
    if api == RESPONSES:
        part = {"type": "output_text", "text": "Hello.", "annotations": [], **inner}
        item = {"type": "message", "id": "i", "role": "assistant", "content": [part]}
        frame = {"id": "r", "object": "response", "created_at": 1_758_000_000, "model": "echo"}
        return {**frame, "status": "completed", "output": [item], **outer}
    content = {"role": "model", "parts": [{"text": "Hello.", **inner}]}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "modelVersion": "gem", **outer}


def events(api: str, inner: list[dict[str, Any]], outer: dict[str, Any]) -> list[dict[str, Any]]:
    """A stream: words, then pieces with each of `inner` beside them, `outer` around every event."""
    if api == CHAT:
        frame = {"id": "c", "object": "chat.completion.chunk", "created": 1_758_000_000, **outer}
        deltas: list[dict[str, Any]] = [{"role": "assistant"}, {"content": "Hello. "}, *inner]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        return [{**frame, "choices": [choice]} for choice in choices]
    if api == MESSAGES:
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {
            "id": "m", "type": "message", "role": "assistant", "model": "claude", "content": [],
            "stop_reason": None, "usage": usage,
        }  # fmt: skip
        block = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": "Hello. "}]
        deltas += [{"type": "note_delta", **one} for one in inner]
        ending = {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}
        return [
            {"type": "message_start", "message": {**message, **outer}},
            {"type": "content_block_start", "index": 0, "content_block": block, **outer},
            *({"type": "content_block_delta", "index": 0, "delta": item} for item in deltas),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", **ending},
            {"type": "message_stop"},
        ]
    if api == RESPONSES:
        frame = {"id": "r", "object": "response", "model": "echo", "output": []}
        where = {"item_id": "i", "output_index": 0, "content_index": 0}
        piece = {"type": "response.output_text.delta", **where, "delta": "Hello. "}
        notes = [{"type": "response.note", **one} for one in inner]
        done = said(api, {"text": "Hello. "}, {})
        return [
            {"type": "response.created", "response": {**frame, **outer}},
            {**piece, **outer},
            *notes,
            {"type": "response.completed", "response": done},
        ]
    parts = [{"text": "Hello. "}, *inner]
    candidates: list[dict[str, Any]] = [
        {"content": {"role": "model", "parts": [part]}, "index": 0} for part in parts
    ]
    candidates.append({"content": {"role": "model", "parts": []}, "finishReason": "STOP"})
    return [{"candidates": [candidate], "responseId": "r", **outer} for candidate in candidates]
