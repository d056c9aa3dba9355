"""What the outbound door sends: methods, queries, and bodies of any size in parts."""

from __future__ import annotations

import threading
import tracemalloc
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.clock import Deadline, SystemClock
from gateway.errors import ConfigurationError
from gateway.providers.http import Door

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURE = bytes(range(256)) * 64
MEGABYTE = 1 << 20


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _answer(self) -> None:
        left = length = int(self.headers.get("Content-Length", 0))
        first = last = b""
        while left:
            last = self.rfile.read(min(left, 65_536))
            first = first or last[:8]
            left -= len(last)
        seen: list[Any] = self.server.seen  # type: ignore[attr-defined]
        named = "Content-Length" in self.headers
        seen.append((self.command, self.path, named, length, first, last[-8:]))
        if self.command == "DELETE":
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the library's names


class Place:
    """A server that keeps what it was sent, and a door to it."""

    def __init__(self, base: str, door: Door, seen: list[Any]) -> None:
        self.base, self.door, self.seen = base, door, seen

    def ask(self, method: Any, path: str, body: Any = b"", headers: Any = None) -> Any:
        """One request."""
        deadline = Deadline(SystemClock(), 10)
        return self.door.request(method, f"{self.base}{path}", headers or {}, body, deadline)


@pytest.fixture
def place() -> Iterator[Place]:
    """The server and its door."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    door = Door([base], connect_seconds=1, idle_seconds=5, answer_bytes=MEGABYTE)
    with closing(door):
        yield Place(base, door, server.seen)  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


class TestRequestLine:
    def test_the_query_goes_along(self, place: Place) -> None:
        """
        An API version or a choice of format stands in the query, and reaches the provider.
        """
        place.ask("POST", "/v1/x?api-version=2024-10-21&alt=sse", b"{}").read()

        assert place.seen[-1][:2] == ("POST", "/v1/x?api-version=2024-10-21&alt=sse")

    def test_a_get_says_no_length_and_a_post_always_does(self, place: Place) -> None:
        """
        RFC 9110, 8.6: no length where no body is meant, zero where one was possible.
        """
        place.ask("GET", "/v1/files/1/content").read()
        place.ask("POST", "/v1/batches/1/cancel").read()

        assert [(method, named, length) for method, _, named, length, *_ in place.seen] == [
            ("GET", False, 0),
            ("POST", True, 0),
        ]

    def test_a_deletion_without_an_answer_keeps_the_connection(self, place: Place) -> None:
        """
        204 has no body; it is whole at once.
        """
        reply = place.ask("DELETE", "/v1/files/1")

        assert (reply.status, reply.read()) == (204, b"")
        assert place.ask("GET", "/").read() == PICTURE

    @pytest.mark.parametrize("path", ["/a?b c", "/a?b=\u00e9"])
    def test_a_query_cannot_break_the_request_line(self, place: Place, path: str) -> None:
        """
        What HTTP does not allow there is refused before anything is sent.
        """
        with pytest.raises(ConfigurationError):
            place.ask("GET", path)

        assert place.seen == []


class TestBodies:
    def test_a_binary_answer_comes_back_byte_for_byte(self, place: Place) -> None:
        """
        Pictures and sound are bytes, not text.
        """
        assert place.ask("GET", "/v1/files/1/content").read() == PICTURE

    @pytest.mark.parametrize(
        "body",
        [b"hello you", memoryview(b"hello you"), [b"hello", b"", memoryview(b" you")]],
    )
    def test_a_body_in_any_form_arrives_whole(self, place: Place, body: Any) -> None:
        """
        Bytes, a view, or parts: the same request.
        """
        place.ask("POST", "/", body).read()

        assert place.seen[-1][3:] == (9, b"hello yo", b"ello you")

    def test_a_large_body_is_not_copied(self, place: Place) -> None:
        """
        20 MB in parts go out of the memory they are in already.
        """
        parts = [b"--start--", memoryview(bytearray(20 * MEGABYTE)), b"---end---"]
        tracemalloc.start()
        place.ask("POST", "/", parts).read()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert place.seen[-1][3:] == (20 * MEGABYTE + 18, b"--start-", b"--end---")
        assert peak < 2 * MEGABYTE
