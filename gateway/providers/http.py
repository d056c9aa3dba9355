"""The one outbound door: every byte that leaves for a provider goes through here.

Only configured hosts are called. No proxy, cookie, netrc or redirect; TLS is
verified; nothing is ever sent twice, because a generation that was repeated is
paid twice and recorded once. Each wait has a bound of its own, and the whole call
a deadline. The sole importer of urllib3 among the rooms that speak to providers.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from gateway.errors import (
    EgressRefused,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderTimeout,
    ProviderUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.core.clock import Deadline

_PIECE = 65_536
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_CONNECTIONS = 2_048
_SHORTEST_WAIT = 0.001


class Door:
    """Sends requests to allowed hosts."""

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
        self._pool = urllib3.PoolManager(
            num_pools=64,
            maxsize=_HOST_CONNECTIONS,
            block=False,
            retries=False,
            ssl_context=context or ssl.create_default_context(),
        )

    def post(self, url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
        """Send `body` and return once the reply's headers are there.

        Raises:
            EgressRefused: the host is not configured; nothing was sent.
            ProviderUnreachable: no connection; nothing was sent.
            ProviderTimeout: no reply in time.
            ProviderError: the connection broke, or the reply is not HTTP.
        """
        if _place(url) not in self._allowed:
            raise EgressRefused
        timeout = urllib3.Timeout(
            connect=_within(deadline, self._connect_seconds),
            read=_within(deadline, self._idle_seconds),
        )
        try:
            response = self._pool.urlopen(
                "POST",
                url,
                body=body,
                headers=dict(headers),
                timeout=timeout,
                redirect=False,
                preload_content=False,
                decode_content=True,
            )
        except HTTPError as error:
            raise _translated(error) from error
        return Reply(response, deadline, self._answer_bytes)

    def close(self) -> None:
        """Close idle connections."""
        self._pool.clear()


class Reply:
    """A reply whose headers have come; its body is read through this."""

    def __init__(
        self, response: urllib3.BaseHTTPResponse, deadline: Deadline, answer_bytes: int
    ) -> None:
        """`answer_bytes` is the most that is read."""
        self._response = response
        self._deadline = deadline
        self._left = answer_bytes
        self._whole = False
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}

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
        while True:
            if self._deadline.passed:
                self.close()
                raise ProviderTimeout
            try:
                piece = self._response.read1(_PIECE)
            except HTTPError as error:
                self.close()
                raise _translated(error) from error
            if not piece:
                break
            self._left -= len(piece)
            if self._left < 0:
                self.close()
                raise ProviderGarbage("The answer is larger than this gateway accepts.")
            yield piece
        self._whole = True
        self._response.release_conn()

    def close(self) -> None:
        """Cut the connection, unless the body was read to its end."""
        if not self._whole:
            self._response.close()


def _place(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def _within(deadline: Deadline, seconds: float) -> float:
    return max(_SHORTEST_WAIT, min(seconds, deadline.remaining()))


def _translated(error: HTTPError) -> ProviderError:
    if isinstance(error, (NewConnectionError, ConnectTimeoutError, SSLError)):
        return ProviderUnreachable()
    if isinstance(error, ReadTimeoutError):
        return ProviderTimeout()
    if isinstance(error, ProtocolError):
        return ProviderCut()
    return ProviderGarbage()
