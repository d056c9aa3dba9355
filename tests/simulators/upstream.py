"""A provider that can be told to misbehave, over real HTTP, and that remembers what reached it.

Which API it speaks, the address says (`tests.simulators.wires`). The upstream model's name
says what happens: ``echo`` answers with what it was sent, ``split:2,7`` does so in pieces of these
sizes, ``say:TEXT`` with TEXT, ``recall`` with the first words of a kept conversation,
``to:TYPE`` with the newest placeholder of this type, ``tool`` calls
the first tool it was offered, ``lookup:3`` does so with what it was sent, and the others fail the
way their name says. Run as a program it serves until it is killed:
``python -m tests.simulators.upstream PORT``.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

from werkzeug.formparser import MultiPartParser

from tests.simulators.kept import KeptForm, KeptResponses
from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.media import UPSTREAM_JOB, an_mp4, job
from tests.simulators.wires.registry import form_of
from tests.simulators.wires.responses import ResponsesForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.simulators.wires.form import Form


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.bodies: list[dict[str, Any]] = []
        self.headers_seen: list[dict[str, str]] = []
        self.raw = b""
        self.asked: list[str] = []
        self.count = 0
        self.kept = KeptResponses()
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
    def raw(self) -> bytes:
        """The bytes of the last body that reached it."""
        return self._server.raw

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked about or deleted, in order."""
        with self._server.lock:
            return list(self._server.asked)

    @property
    def kept(self) -> dict[str, dict[str, Any]]:
        """The answers it keeps, by its own names of them."""
        return self._server.kept.kept

    @contextmanager
    def stubborn(self) -> Iterator[None]:
        """A time in which it deletes nothing that it keeps."""
        self._server.kept.stubborn = True
        try:
            yield
        finally:
            self._server.kept.stubborn = False

    def spoil(self, name: str, text: str) -> None:
        """As if a kept answer, and what it was asked with, had said this all along."""
        kept = self._server.kept
        for item in (*kept.kept[name]["output"], *kept.inputs[name]):
            item["content"] = [{**part, "text": text} for part in item["content"]]

    def look_at(self, name: str) -> None:
        """As if somebody had asked for a kept answer: one in the background gets on."""
        self._server.kept.told("GET", f"/v1/responses/{name}")

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers that reached it, in order."""
        with self._server.lock:
            return list(self._server.headers_seen)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    shape: Form

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """A film or its state; elsewhere, how many calls there were: ``{"calls": N}``."""
        if self._told("GET"):
            return
        if "/videos/" not in self.path:
            self._json(200, {"calls": self.server.count})
            return
        with self.server.lock:
            self.server.asked.append(self.path)
        if self.path.endswith("/content"):
            self._send(200, an_mp4(), {"Content-Type": "video/mp4", **_REQUEST_ID})
        else:
            self._json(200, job("in_progress"), _REQUEST_ID)

    def do_DELETE(self) -> None:
        """A film goes, or a kept answer."""
        if self._told("DELETE"):
            return
        with self.server.lock:
            self.server.asked.append(self.path)
        self._json(200, {"id": UPSTREAM_JOB, "deleted": True}, _REQUEST_ID)

    def do_POST(self) -> None:
        """Answer as the model's name says."""
        if self._told("POST"):
            return
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = _fields(raw, self.headers["Content-Type"])
        with self.server.lock:
            self.server.raw = raw
            self.server.count += 1
            self.server.bodies.append(body)
            self.server.headers_seen.append(dict(self.headers.items()))
            del self.server.bodies[:-1_000]
        self.shape = form_of(self.path)
        routed = getattr(self.shape, "routed", None)
        asked = {"model": "echo", **body, **(routed(self.path) if routed else {})}
        behave = getattr(self, f"_{asked['model'].partition(':')[0]}", None)
        if behave is not None:
            behave()
        else:
            self._answer(asked)

    def _told(self, method: str) -> bool:
        """Whether the request was about a kept answer, and is answered."""
        found = self.server.kept.told(method, self.path)
        if found is not None:
            with self.server.lock:
                self.server.asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if method == "GET" and "stream=true" in self.path:
                self._replay(self.server.kept.replayed(self.path))
            else:
                self._json(*found, _REQUEST_ID)
        return found is not None

    def _replay(self, events: Iterable[bytes] | None) -> None:
        self.shape = ResponsesForm()
        if events is None:
            message = "Only a response that was created with stream=true can be streamed."
            self._json(400, self.shape.error(message, "invalid_request_error"))
        else:
            self._stream(events)

    def _answer(self, body: dict[str, Any]) -> None:
        if isinstance(self.shape, ResponsesForm):
            if self.server.kept.conversation(body) is None:
                self._json(400, self.server.kept.missing(body["previous_response_id"]))
                return
            self.shape = KeptForm(self.server.kept, body)
        kind, _, rest = body["model"].partition(":")
        if kind == "to":
            text = f"Written to {self._newest(rest)}."
        else:
            text = rest if kind == "say" else self.shape.said(body)
        tool = _first_tool(body) if kind in {"tool", "lookup"} else None
        if isinstance(self.shape, ChatForm) and kind in {"split", "lookup"}:
            sizes = [int(size) for size in rest.split(",")]
            self.shape = ChatForm(sizes, json.dumps({"query": text}))
        if body.get("stream"):
            pause = float(rest or 0.05) if kind == "slow" else 0.0
            usage = bool((body.get("stream_options") or {}).get("include_usage"))
            self._stream(self.shape.events(text, tool, usage=usage), pause)
            return
        whole = self.shape.whole(text, tool)
        if isinstance(whole, bytes):
            kind = getattr(self.shape, "content_type", "application/octet-stream")
            self._send(200, whole, {"Content-Type": kind, **_REQUEST_ID})
        else:
            self._json(200, whole, _REQUEST_ID)

    def _newest(self, kind: str) -> str:
        """The placeholder with the highest number: the one that came up last."""
        numbers = re.findall(rf"\[{kind}_([0-9]+)\]", self.server.raw.decode())
        return f"[{kind}_{max(map(int, numbers))}]" if numbers else "nobody"

    def _stream(self, events: Iterable[bytes], pause: float = 0.0) -> None:
        self._head()
        for event in events:
            if pause:
                time.sleep(pause)
            self._raw(event)
        self._raw(b"")

    def _some(self, count: int) -> None:
        """The first `count` events of a stream that will not be whole."""
        self._head()
        for event in list(self.shape.events("Once upon a time there was"))[:count]:
            self._raw(event)

    def _stall(self) -> None:
        self.server.released.wait(30)
        self.close_connection = True

    def _stallstream(self) -> None:
        self._some(4)
        self._stall()

    def _cut(self) -> None:
        self._some(5)
        self.close_connection = True

    def _ended(self) -> None:
        self._some(5)
        self._raw(b"")

    def _errorstream(self) -> None:
        self._some(4)
        self._raw(self.shape.error_event("failed with sk-upstream-secret"))
        self._raw(b"")

    def _garbage(self) -> None:
        payload = b"<html>not json, with sk-upstream-secret in it</html>"
        self._send(200, payload, {"Content-Type": "text/html"})

    def _garbagestream(self) -> None:
        self._head()
        self._raw(b"data: {not json\n\n")
        self._raw(b"")

    def _limited(self) -> None:
        error = self.shape.error("Rate limit reached", "requests", "rate_limit_exceeded")
        self._json(429, error, {"Retry-After": "7", "x-ratelimit-limit-requests": "3"})

    def _overloaded(self) -> None:
        error = self.shape.error("Overloaded", "overloaded_error")
        self._json(529, error, {"Retry-After": "2"})

    def _broken(self) -> None:
        self._json(500, self.shape.error("internal, key sk-upstream-secret", "server"))

    def _badrequest(self) -> None:
        message = "max_tokens is too large; you sent sk-upstream-secret"
        self._json(400, self.shape.error(message, "invalid_request_error"))

    def _unauthorized(self) -> None:
        message = "Incorrect API key provided: sk-upstream-secret"
        self._json(401, self.shape.error(message, "authentication_error"))

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
        kind = getattr(self.shape, "events_type", "text/event-stream")
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in _REQUEST_ID.items():
            self.send_header(name, value)
        self.end_headers()

    def _raw(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


_REQUEST_ID = {
    "x-request-id": "req-sim",
    "request-id": "req-sim",
    "anthropic-ratelimit-unified-status": "allowed",
}
"""OpenAI's and Anthropic's names for the same, and a limit in Anthropic's words."""


def _fields(raw: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a body, be it JSON or a form; of its files, the names and sizes."""
    if not content_type.startswith("multipart/"):
        return dict(json.loads(raw))
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    values, files = MultiPartParser(stream_factory=lambda *_, **__: BytesIO()).parse(
        BytesIO(raw), boundary, len(raw)
    )
    names = {name: [file.filename, len(file.stream.read())] for name, file in files.items()}
    return {**values.to_dict(), **names}


def _first_tool(body: dict[str, Any]) -> str:
    if "toolConfig" in body and "tools" in body["toolConfig"]:
        return str(body["toolConfig"]["tools"][0]["toolSpec"]["name"])
    tool = body["tools"][0]
    if "functionDeclarations" in tool:
        return str(tool["functionDeclarations"][0]["name"])
    return str(tool.get("name") or tool["function"]["name"])


if __name__ == "__main__":
    _Server(int(sys.argv[1])).serve_forever()
