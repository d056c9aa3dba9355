"""A server with the HTTP API of Presidio Analyzer, which can be told to misbehave."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

GARBAGE: dict[str, bytes] = {
    "no_json": b"oops",
    "object": b'{"error": "no"}',
    "no_span": b'[{"entity_type": "PERSON", "score": 1.0}]',
    "outside": b'[{"entity_type": "PERSON", "start": 0, "end": 99999, "score": 1.0}]',
    "backwards": b'[{"entity_type": "PERSON", "start": 3, "end": 1, "score": 1.0}]',
    "no_number": b'[{"entity_type": "PERSON", "start": true, "end": 2, "score": 1.0}]',
    "score": b'[{"entity_type": "PERSON", "start": 0, "end": 2, "score": 7}]',
    "nested": b"[[]]",
}


class Analyzer:
    """Finds the names it was given, wherever they stand."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.asked: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.behave = "well"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """The status and document of one call."""
        self.asked.append(body)
        if self.behave in GARBAGE:
            return 200, GARBAGE[self.behave]
        if self.behave == "slow":
            time.sleep(0.5)
        if self.behave == "down" or path != "/analyze":
            return 500, b'{"error": "internal"}'
        found = [
            {"entity_type": kind, "start": at, "end": at + len(name), "score": 0.85,
             "analysis_explanation": None}
            for name, kind in self.names.items()
            for at in range(len(body["text"]))
            if body["text"].startswith(name, at)
        ]  # fmt: skip
        return 200, json.dumps(found).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        analyzer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                analyzer.tokens.append(self.headers.get("Authorization"))
                status, raw = analyzer.answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
