"""The one outbound door: every byte that leaves for a provider goes through here.

Only configured hosts are called. No proxy, cookie, netrc or redirect; TLS is
verified; nothing is ever sent twice, because a generation that was repeated is
paid twice and recorded once. Each wait has a bound of its own, and the whole call
a deadline.

Sockets and llhttp's parser (httptools) instead of a client library: a client costs
more than everything else the gateway does for a request (ADR 13). The contract in
tests/contract/providers/test_door.py is what any client behind this door must keep.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections import defaultdict, deque
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from gateway.errors import (
    EgressRefused,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderTimeout,
    ProviderUnreachable,
)
from gateway.providers.response import ResponseParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.core.clock import Deadline

_PIECE = 65_536
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOST_IDLE = 512
_SHORTEST_WAIT = 0.001


class _Place(NamedTuple):
    """Where a connection leads."""

    scheme: str
    host: str
    port: int


class Door:
    """Sends requests to allowed hosts, over connections that are used again."""

    def __init__(
        self,
        allowed: Iterable[str],
        *,
        connect_seconds: float,
        idle_seconds: float,
        answer_bytes: int,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`allowed` are base URLs; `idle_seconds` bounds the wait for the first and next bytes."""
        self._allowed = frozenset(_place(url) for url in allowed)
        self._connect_seconds = connect_seconds
        self._idle_seconds = idle_seconds
        self._answer_bytes = answer_bytes
        self._context = context or ssl.create_default_context()
        self._lock = Lock()
        self._idle: defaultdict[_Place, deque[socket.socket]] = defaultdict(deque)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
        """Send `body` and return once the reply's headers are there.

        Raises:
            EgressRefused: the host is not configured; nothing was sent.
            ProviderUnreachable: no connection; nothing was sent.
            ProviderTimeout: no reply in time.
            ProviderError: the connection broke, or the reply is not HTTP.
        """
        place = _place(url)
        if place not in self._allowed:
            raise EgressRefused
        connection = self._kept(place) or self._connect(place, deadline)
        reply = Reply(self, place, connection, deadline)
        try:
            reply.begin(_head(url, place, headers, len(body)) + body)
        except BaseException:
            connection.close()
            raise
        return reply

    def give_back(self, place: _Place, connection: socket.socket) -> None:
        """Keep a connection whose answer was read to its end."""
        with self._lock:
            idle = self._idle[place]
            if len(idle) < _MOST_IDLE:
                idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            for idle in self._idle.values():
                while idle:
                    idle.pop().close()

    @property
    def idle_seconds(self) -> float:
        """The longest silence."""
        return self._idle_seconds

    @property
    def answer_bytes(self) -> int:
        """The most that is read of one answer."""
        return self._answer_bytes

    def _kept(self, place: _Place) -> socket.socket | None:
        """A kept connection on which nothing has happened since, or None.

        A provider that closed it in the meantime is noticed here, before anything is sent:
        afterwards nobody could tell whether the request was taken.
        """
        while True:
            with self._lock:
                idle = self._idle[place]
                connection = idle.pop() if idle else None
            if connection is None or not _stirred(connection):
                return connection
            connection.close()

    def _connect(self, place: _Place, deadline: Deadline) -> socket.socket:
        seconds = _within(deadline, self._connect_seconds)
        try:
            connection = socket.create_connection((place.host, place.port), timeout=seconds)
        except OSError as error:  # refused, unknown host, too slow
            raise ProviderUnreachable from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if place.scheme != "https":
            return connection
        try:
            return self._context.wrap_socket(connection, server_hostname=place.host)
        except OSError as error:  # a certificate nobody vouches for, or no TLS at all
            connection.close()
            raise ProviderUnreachable from error


class Reply:
    """A reply whose headers have come; its body is read through this."""

    def __init__(
        self, door: Door, place: _Place, connection: socket.socket, deadline: Deadline
    ) -> None:
        """Made by `Door.post`, over a connection nobody else uses."""
        self._door = door
        self._place = place
        self._connection = connection
        self._deadline = deadline
        self._left = door.answer_bytes
        self._parser = ResponseParser()
        self._ended = False
        self._seconds = 0.0

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._parser.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by lower-case name."""
        return self._parser.headers

    def begin(self, request: bytes) -> None:
        """Send the request and read until the headers are there.

        Raises:
            ProviderError: as `Door.post`.
        """
        self._wait_at_most()
        try:
            self._connection.sendall(request)
        except TimeoutError as error:
            raise ProviderTimeout from error
        except OSError as error:
            raise ProviderCut from error
        while not self._parser.headed:
            self._receive()

    def read(self) -> bytes:
        """The whole body; the connection goes back for reuse.

        Raises:
            ProviderError: it did not come whole, in time, or within the limit.
        """
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The body as it arrives.

        Raises:
            ProviderError: as `read`.
        """
        try:
            while True:
                piece = self._parser.take()
                if piece:
                    self._left -= len(piece)
                    if self._left < 0:
                        raise ProviderGarbage("The answer is larger than this gateway accepts.")
                    yield piece
                elif self._parser.complete:
                    break
                else:
                    self._receive()
        except ProviderError:
            self.close()
            raise
        self._end()

    def close(self) -> None:
        """Cut the connection, unless the body was read to its end."""
        if not self._ended:
            self._ended = True
            self._connection.close()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._parser.reusable:
            self._door.give_back(self._place, self._connection)
        else:
            self._connection.close()

    def _wait_at_most(self) -> None:
        """Bound the next wait; far from the deadline the bound stays as it is, at no cost."""
        seconds = _within(self._deadline, self._door.idle_seconds)
        if seconds != self._seconds:
            self._seconds = seconds
            self._connection.settimeout(seconds)

    def _receive(self) -> None:
        if self._deadline.passed:
            raise ProviderTimeout
        self._wait_at_most()
        try:
            data = self._connection.recv(_PIECE)
        except TimeoutError as error:
            raise ProviderTimeout from error
        except OSError as error:
            raise ProviderCut from error
        if data:
            self._parser.feed(data)
        else:
            self._parser.end()


def _place(url: str) -> _Place:
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return _Place(parts.scheme, parts.hostname or "", port)


def _head(url: str, place: _Place, headers: Mapping[str, str], length: int) -> bytes:
    """The request line and headers.

    Raises:
        ValueError: a header would end its line early (request splitting).
    """
    parts = urlsplit(url)
    host = f"[{place.host}]" if ":" in place.host else place.host
    if place.port != _DEFAULT_PORTS.get(place.scheme):
        host = f"{host}:{place.port}"
    lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join(lines)
    if text.count("\r") + text.count("\n") != 2 * (len(lines) - 1):
        raise ValueError("a header holds a line break")
    return text.encode("latin-1") + b"\r\n\r\n"


def _stirred(connection: socket.socket) -> bool:
    """Whether an idle connection was closed, or says something nobody asked for."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _within(deadline: Deadline, seconds: float) -> float:
    return max(_SHORTEST_WAIT, min(seconds, deadline.remaining()))
