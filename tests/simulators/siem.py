"""A receiver of logs over real HTTP that remembers what it was given, and can be unwell."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Siem:
    """A SIEM in this process; use as a context manager."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.failing = 0
        """How many of the next posts are answered 503, after they were read."""

        self.swallowing = 0
        """How many of the next posts are kept and yet answered 500: their answer was lost."""

        self.hanging = 0
        """How many of the next posts get no answer until the simulator ends."""

        self.dropping = 0
        """How many of the next connections are cut in the middle of the post."""

        self.ended = threading.Event()
        self.lock = threading.Lock()
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                if simulator.drops():
                    self.rfile.read(length // 2)
                    self.close_connection = True
                    return
                body = self.rfile.read(length)
                if simulator.hangs():
                    simulator.ended.wait(30)
                    self.close_connection = True
                    return
                status = simulator.take(dict(self.headers), body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}/logs"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def drops(self) -> bool:
        """Whether this connection is to be cut."""
        with self.lock:
            self.dropping, now = max(0, self.dropping - 1), self.dropping
        return now > 0

    def hangs(self) -> bool:
        """Whether this post is to get no answer."""
        with self.lock:
            self.hanging, now = max(0, self.hanging - 1), self.hanging
        return now > 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Keep a post, unless it is told to fail; the status."""
        with self.lock:
            if self.failing:
                self.failing -= 1
                return 503
            self.posts.append((headers, body))
            if self.swallowing:
                self.swallowing -= 1
                return 500
            return 200

    def lines(self) -> list[dict[str, Any]]:
        """Every record of every post of JSON lines, doubles included."""
        with self.lock:
            return [json.loads(line) for _, body in self.posts for line in body.splitlines()]

    def events(self) -> list[dict[str, Any]]:
        """Every event of every gzip JSON array."""
        with self.lock:
            return [event for _, body in self.posts for event in json.loads(gzip.decompress(body))]
