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

import socket
import ssl
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from gateway.core.call import Source
from gateway.core.clock import Deadline, SystemClock
from gateway.errors import (
    ConfigurationError,
    EgressRefused,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderTimeout,
    ProviderUnreachable,
)
from gateway.providers.kept import KeptConnections, seconds_kept
from gateway.providers.response import ResponseParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.core.clock import Clock

Method = Literal["GET", "POST", "DELETE"]
Body = bytes | memoryview | Sequence[bytes | memoryview]
"""What is sent. A large body may be given in parts; none of them is copied."""

_PIECE = 65_536
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHORTEST_WAIT = 0.001
_LAST_WAIT = 0.05
_LAST_LOOKS = 2
_BREAKS_BEGUN = 2
"""Between the three lines that every request begins with."""

_NOT_ALLOWED = "A provider's address or api_key holds what HTTP does not allow."
"""The value itself is not told: it is most likely a credential."""


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
        pulse_seconds: float = 15.0,
        context: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`allowed` are base URLs; `idle_seconds` bounds the wait for the first and next bytes.

        After `pulse_seconds` of it whoever reads a body in pieces is told that nothing came yet.

        Raises:
            ConfigurationError: one of `allowed` is no address.
        """
        self._allowed = frozenset(_place(url) for url in allowed)
        self._connect_seconds = connect_seconds
        self.idle_seconds = idle_seconds
        self.pulse_seconds = pulse_seconds
        self.answer_bytes = answer_bytes
        self._context = context or _default_context()
        self._clock = clock or SystemClock()
        self.kept = KeptConnections(self._clock)

    def post(self, url: str, headers: Mapping[str, str], body: Body, deadline: Deadline) -> Reply:
        """`request` with the method POST, as every generation is."""
        return self.request("POST", url, headers, body, deadline)

    def request(
        self, method: Method, url: str, headers: Mapping[str, str], body: Body, deadline: Deadline
    ) -> Reply:
        """Send `body` and return once the reply's headers are there.

        The query of `url` goes along. A GET has no body, and a DELETE without one says so by
        leaving its length out; the reply may be of any kind, JSON or not.

        Raises:
            EgressRefused: the host is not configured; nothing was sent.
            ProviderUnreachable: no connection; nothing was sent.
            ProviderTimeout: no reply in time.
            ProviderError: the connection broke, or the reply is not HTTP.
            ConfigurationError: a header cannot be sent; nothing was.
        """
        place = _place(url)
        if place.scheme not in _DEFAULT_PORTS or place not in self._allowed:
            raise EgressRefused
        packets: list[memoryview] = []
        length = 0
        for part in [body] if isinstance(body, (bytes, memoryview)) else body:
            if part:
                packets.append(memoryview(part))
                length += packets[-1].nbytes
        packets.insert(0, memoryview(_head(method, url, headers, length)))
        # A small request leaves in one packet; a large one is not copied to put its head on.
        if length <= _PIECE:
            packets = [memoryview(b"".join(packets))]
        connection = self.kept.take(place) or self._connect(place, deadline)
        reply = Reply(self, place, connection, deadline)
        try:
            reply.begin(packets)
        except BaseException:
            connection.close()
            raise
        return reply

    def close(self) -> None:
        """Close the kept connections."""
        self.kept.close()

    def _connect(self, place: _Place, deadline: Deadline) -> socket.socket:
        """A new connection. All its addresses, and the TLS handshake, share one time limit.

        Raises:
            ProviderUnreachable: there is none to be had.
            ProviderTimeout: no time is left.
        """
        left = deadline.remaining()
        if not left:
            raise ProviderTimeout
        patience = Deadline(self._clock, min(self._connect_seconds, left))
        try:
            connection = _connected(place, patience)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, UnicodeError) as error:  # refused, unknown, no host name, too slow
            raise ProviderUnreachable from error
        if place.scheme != "https":
            return connection
        connection.settimeout(max(_SHORTEST_WAIT, patience.remaining()))
        try:
            # An answer without length ends with the connection: TLS must say that it ended, or
            # whoever sits between could shorten it.
            return self._context.wrap_socket(
                connection, server_hostname=place.host, suppress_ragged_eofs=False
            )
        except OSError as error:  # a certificate nobody vouches for, or no TLS at all
            connection.close()
            raise ProviderUnreachable from error


class Reply(Source):
    """A reply whose headers have come; its body is read through this."""

    def __init__(
        self, door: Door, place: _Place, connection: socket.socket, deadline: Deadline
    ) -> None:
        """Made by `Door.request`, over a connection nobody else uses."""
        self._door = door
        self._place = place
        self._connection = connection
        self._deadline = deadline
        self._left = door.answer_bytes
        self._silent = 0.0
        self._parser = ResponseParser()
        self._whole_request = True
        self._ended = False
        self.status = 0
        """The HTTP status, once it has begun."""

        self.headers: Mapping[str, str] = self._parser.headers
        """The headers, by lower-case name."""

    def begin(self, packets: Sequence[memoryview]) -> None:
        """Send the request, packet by packet, and read until the headers are there.

        Raises:
            ProviderError: as `Door.request`.
        """
        try:
            for packet in packets:
                self._send(packet)
        except TimeoutError as error:
            raise ProviderTimeout from error
        except OSError:
            # It may have answered before it had read everything (413 and the like) and hung up.
            # When it has not, reading will say so.
            self._whole_request = False
        while not self._parser.headed:
            self._receive(self._door.idle_seconds)
        self.status = self._parser.status

    def read(self) -> bytes:
        """The whole body; the connection goes back for reuse.

        Raises:
            ProviderError: it did not come whole, in time, or within the limit.
        """
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The body as it arrives; an empty piece when nothing has come for a while.

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
                if self._parser.complete:
                    break
                if not piece and not self._received():
                    yield b""
        except ProviderError:
            self.close()
            raise
        self._end()

    def finish(self) -> None:
        """Have done with the answer: the rest is of no interest.

        Its end is read when it is here or follows at once, so that the connection can be used
        again; a provider that just does not hang up keeps nobody waiting.
        """
        if self._ended:
            return
        try:
            for _ in range(_LAST_LOOKS):
                if self._parser.complete:
                    break
                self._receive(_LAST_WAIT)
        except ProviderError:
            self.close()
            return
        if self._parser.complete:
            self._end()
        else:
            self.close()

    def close(self) -> None:
        """Cut the connection, unless the body was read to its end."""
        if not self._ended:
            self._ended = True
            self._connection.close()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        seconds = seconds_kept(self.headers)
        if self._parser.reusable and self._whole_request and seconds > 0:
            self._door.kept.keep(self._place, self._connection, seconds)
        else:
            self._connection.close()

    def _send(self, packet: memoryview) -> None:
        """Send it all. Each piece may take the longest silence, the whole no more than is left."""
        self._wait_at_most(self._door.idle_seconds)
        sent = self._connection.send(packet)
        while sent < len(packet):
            self._wait_at_most(self._door.idle_seconds)
            sent += self._connection.send(packet[sent:])

    def _received(self) -> bool:
        """Whether more came before a pulse was over. The longest silence is bounded all the same.

        Raises:
            ProviderError: as `read`.
        """
        patience = min(self._door.pulse_seconds, self._door.idle_seconds - self._silent)
        try:
            self._receive(patience)
        except ProviderTimeout:
            self._silent += patience
            if self._silent >= self._door.idle_seconds or self._deadline.passed:
                raise
            return False
        self._silent = 0.0
        return True

    def _receive(self, seconds: float) -> None:
        self._wait_at_most(seconds)
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

    def _wait_at_most(self, seconds: float) -> None:
        """Bound the next operation by `seconds` and by what is left of the deadline."""
        left = self._deadline.remaining()
        if left <= 0:
            raise ProviderTimeout
        seconds = min(seconds, left)
        # Telling the socket is a system call, and mostly it knows already: from the request before.
        if seconds != self._connection.gettimeout():
            self._connection.settimeout(seconds)


def _default_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _connected(place: _Place, patience: Deadline) -> socket.socket:
    """A TCP connection to the first address that answers; each gets a fair share of the time."""
    addresses = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    failure = OSError("the host has no address")
    for left, (family, kind, protocol, _, address) in zip(
        range(len(addresses), 0, -1), addresses, strict=True
    ):
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(max(_SHORTEST_WAIT, patience.remaining() / left))
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    try:
        raise failure
    finally:
        # An error knows the call it was raised in. If that knew the error too, both would keep the
        # whole request in memory until the next search for garbage.
        del failure


@lru_cache(maxsize=256)
def _place(url: str) -> _Place:
    parts = urlsplit(url)
    try:
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ConfigurationError("A provider's address has a port that is none.") from error
    return _Place(parts.scheme, parts.hostname or "", port)


@lru_cache(maxsize=256)
def _begun(method: Method, url: str) -> str:
    """The request line and the headers that are those of every request to this address.

    Raises:
        ConfigurationError: as `_head`.
    """
    address, place = urlsplit(url), _place(url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    if " " in target:
        raise ConfigurationError(_NOT_ALLOWED)
    host = f"[{place.host}]" if ":" in place.host else place.host
    if place.port != _DEFAULT_PORTS[place.scheme]:
        host = f"{host}:{place.port}"
    return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity"


def _head(method: Method, url: str, headers: Mapping[str, str], length: int) -> bytes:
    """The request line and headers.

    Raises:
        ConfigurationError: one would end its line early (request splitting), or is not ASCII.
    """
    lines = [_begun(method, url), *map(": ".join, headers.items())]
    if length or method == "POST":
        lines.append(f"Content-Length: {length}")
    text = "\r\n".join(lines)
    breaks = text.count("\r") + text.count("\n")
    if breaks != 2 * (len(lines) - 1 + _BREAKS_BEGUN) or not text.isascii():
        raise ConfigurationError(_NOT_ALLOWED)
    return text.encode() + b"\r\n\r\n"
