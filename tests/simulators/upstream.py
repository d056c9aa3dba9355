"""A provider that can be told to misbehave, over real HTTP, and that remembers what reached it.

The upstream model's name says what happens: ``echo`` answers with what it was sent,
``say:TEXT`` with TEXT, and the others fail the way their name says. Run as a program it
serves until it is killed: ``python -m tests.simulators.upstream PORT``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ANSWER_ID = "chatcmpl-sim"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.bodies: list[dict[str, Any]] = []
        self.headers_seen: list[dict[str, str]] = []
        self.count = 0
        self.lock = threading.Lock()
        self.released = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Peers that leave are part of the play."""


class Upstream:
    """The simulator in this process; use as a context manager."""

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The bodies that reached it, in order."""
        with self._server.lock:
            return list(self._server.bodies)

    @property
    def count(self) -> int:
        """How many calls reached it."""
        return self._server.count

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers that reached it, in order."""
        with self._server.lock:
            return list(self._server.headers_seen)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """How many calls there were: ``{"calls": N}``."""
        self._json(200, {"calls": self.server.count})

    def do_POST(self) -> None:
        """Answer as the model's name says."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.count += 1
            self.server.bodies.append(body)
            self.server.headers_seen.append(dict(self.headers.items()))
            del self.server.bodies[:-1_000]
        behave = getattr(self, f"_{body['model'].partition(':')[0]}", None)
        if behave is not None:
            behave()
        else:
            self._answer(body)

    def _answer(self, body: dict[str, Any]) -> None:
        kind, _, rest = body["model"].partition(":")
        text = rest if kind == "say" else _last(body)
        if body.get("stream"):
            pause = float(rest or 0.05) if kind == "slow" else 0.0
            self._stream(text, pause)
        else:
            self._json(200, _completion(text), {"x-request-id": "req-sim"})

    def _stream(self, text: str, pause: float = 0.0, *, cut_after: int | None = None) -> None:
        self._head()
        self._event(_chunk({"role": "assistant", "content": ""}))
        for at, piece in enumerate(text[i : i + 5] for i in range(0, len(text), 5)):
            if cut_after == at:
                self.close_connection = True
                return
            if pause:
                time.sleep(pause)
            self._event(_chunk({"content": piece}))
        self._event(_chunk({}, "stop"))
        self._raw(b"data: [DONE]\n\n")
        self._raw(b"")

    def _stall(self) -> None:
        self.server.released.wait(30)
        self.close_connection = True

    def _stallstream(self) -> None:
        self._head()
        self._event(_chunk({"content": "Once "}))
        self.server.released.wait(30)
        self.close_connection = True

    def _cut(self) -> None:
        self._stream("this answer will be cut in the middle", cut_after=3)

    def _garbage(self) -> None:
        payload = b"<html>not json, with sk-upstream-secret in it</html>"
        self._send(200, payload, {"Content-Type": "text/html"})

    def _garbagestream(self) -> None:
        self._head()
        self._raw(b"data: {not json\n\n")
        self._raw(b"")

    def _limited(self) -> None:
        error = {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}
        self._json(429, {"error": error}, {"Retry-After": "7", "x-ratelimit-limit-requests": "3"})

    def _broken(self) -> None:
        self._json(
            500, {"error": {"message": "internal, key sk-upstream-secret", "type": "server"}}
        )

    def _badrequest(self) -> None:
        message = "max_tokens is too large; you sent sk-upstream-secret"
        self._json(400, {"error": {"message": message, "type": "invalid_request_error"}})

    def _unauthorized(self) -> None:
        error = {"message": "Incorrect API key provided: sk-upstream-secret"}
        self._json(401, {"error": error})

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        payload = json.dumps(body).encode()
        self._send(status, payload, {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, payload: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _head(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("x-request-id", "req-sim")
        self.end_headers()

    def _event(self, document: Any) -> None:
        self._raw(b"data: " + json.dumps(document).encode() + b"\n\n")

    def _raw(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _last(body: dict[str, Any]) -> str:
    content = body["messages"][-1].get("content")
    return content if isinstance(content, str) else json.dumps(content)


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": ANSWER_ID,
        "object": "chat.completion",
        "created": 1,
        "model": "simulated",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
    }


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {
        "id": ANSWER_ID,
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "simulated",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }


if __name__ == "__main__":
    _Server(int(sys.argv[1])).serve_forever()
