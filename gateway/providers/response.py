"""Reading one HTTP response from bytes as they come: llhttp's rules, our bounds (RFC 9112)."""

from __future__ import annotations

import httptools

from gateway.errors import ProviderCut, ProviderGarbage

_HEAD_BYTES = 32_768
_HEADERS = 200
_FRAMING_BYTES = 131_072
"""What may come in a row that is no body: heads, sizes and extensions of chunks, trailers."""


class ResponseParser:
    """One response; interim ones (1xx) are passed over."""

    def __init__(self) -> None:
        """Nothing has been read."""
        self._body: list[bytes] = []
        self.on_body = self._body.append
        """A part of the body (llhttp)."""

        self._parser = httptools.HttpResponseParser(self)
        self._head_bytes = self._header_count = self._framing_bytes = 0
        self._until_closed = False
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
        if self.complete:
            # What follows a whole answer is nobody's; the connection just ends with it.
            self.reusable = False
            return
        pieces = len(self._body)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            if not self.complete:
                raise ProviderGarbage from error
        if self.complete:
            # The two hold each other, and would stay until the next search for garbage.
            del self._parser
        if len(self._body) > pieces:
            self._framing_bytes = 0
            return
        # The parser collects a header until its line ends, so a line must not be endless.
        self._framing_bytes += len(data)
        if self._framing_bytes > _FRAMING_BYTES:
            raise ProviderGarbage("Its headers or trailers do not end.")

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
        if self.complete:
            # More than was asked for. It must never be taken for the answer to somebody else.
            raise ProviderGarbage

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer after the body (llhttp)."""
        self._header_count += 1
        self._head_bytes += len(name) + len(value)
        if self._header_count > _HEADERS or self._head_bytes > _HEAD_BYTES:
            raise ProviderGarbage("Its headers are larger than this gateway accepts.")
        if not self.headed:
            self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The head is whole (llhttp)."""
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers.clear()
            return
        if self.headers.get("content-encoding", "identity") != "identity":
            # None was asked for; what is packed cannot be inspected.
            raise ProviderGarbage("Its answer is compressed.")
        self.headed = True
        self._until_closed = not {"content-length", "transfer-encoding"} & self.headers.keys()

    def on_message_complete(self) -> None:
        """The response is whole (llhttp)."""
        if self.headed:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()
