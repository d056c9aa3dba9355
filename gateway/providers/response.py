"""Reading one HTTP response from bytes as they come: llhttp's rules, our bounds (RFC 9112)."""

from __future__ import annotations

import httptools

from gateway.errors import ProviderCut, ProviderGarbage

_HEAD_BYTES = 32_768
_HEADERS = 200
_RAW_HEAD_BYTES = 131_072
"""What may come before the head is whole; a piece of the body may be among it."""


class ResponseParser:
    """One response; interim ones (1xx) are passed over."""

    def __init__(self) -> None:
        """Nothing has been read."""
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._head_bytes = self._header_count = self._raw_head_bytes = 0
        self._until_closed = False
        self._following = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.headed = False
        """Whether the status and headers are there."""

        self.complete = False
        """Whether the body is whole."""

        self.reusable = False
        """Whether the connection may carry another request."""

    def feed(self, data: bytes) -> None:
        """Read what came.

        Raises:
            ProviderGarbage: it is not HTTP, or larger than a head may be.
        """
        if not self.headed:
            self._raw_head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise ProviderGarbage from error
        if not self.headed and self._raw_head_bytes > _RAW_HEAD_BYTES:
            raise ProviderGarbage("Its headers do not end.")

    def end(self) -> None:
        """The other side has closed.

        Raises:
            ProviderCut: before the response was whole.
        """
        if not self._until_closed:
            raise ProviderCut
        self.complete = True

    def take(self) -> bytes:
        """The body that came since the last call."""
        if not self._body:
            return b""
        data = b"".join(self._body)
        self._body.clear()
        return data

    def on_message_begin(self) -> None:
        """A response begins (llhttp)."""
        self._following = self.headed

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header (llhttp)."""
        self._header_count += 1
        self._head_bytes += len(name) + len(value)
        if self._header_count > _HEADERS or self._head_bytes > _HEAD_BYTES:
            raise ProviderGarbage("Its headers are larger than this gateway accepts.")
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The head is whole (llhttp)."""
        if self._following:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers.clear()
            return
        if self.headers.get("content-encoding", "identity") != "identity":
            # None was asked for; what is packed cannot be inspected.
            raise ProviderGarbage("Its answer is compressed.")
        self.headed = True
        self._until_closed = not {"content-length", "transfer-encoding"} & self.headers.keys()

    def on_body(self, data: bytes) -> None:
        """A part of the body (llhttp)."""
        if not self.complete:
            self._body.append(data)

    def on_message_complete(self) -> None:
        """The response is whole (llhttp)."""
        if self.headed and not self.complete:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()
        elif self.headed:
            self.reusable = False  # it says more than it was asked
