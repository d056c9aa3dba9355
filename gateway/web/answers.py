"""Answers to programs that have all their headers when they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class ToProgram(Response):
    """Bytes with all their headers, to a program: what a server gets is what stands here.

    Flask would go through the headers of every answer once more, for addresses that are relative
    and lengths that are missing, and would wrap the bytes in something that is read piece by
    piece. Here nothing is relative or missing, and the server may send the bytes as they are.
    """

    response: Iterable[bytes]

    def __init__(
        self, body: Iterable[bytes], kind: str, headers: Iterable[tuple[str, str]]
    ) -> None:
        """`kind` is the content type. No header may come twice, or say what these say.

        Raises:
            ValueError: a header holds a line break.
        """
        said = [
            ("Content-Type", kind),
            *headers,
            # As `gateway.web.pages` gives it to every other answer.
            ("X-Content-Type-Options", "nosniff"),
        ]
        super().__init__(body, headers=_Said(said), direct_passthrough=True)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand it to a server, which closes what it takes."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        try:
            start_response(self.status, self.headers.to_wsgi_list())
        except BaseException:
            self.close()
            raise
        return self.response


class Complete(ToProgram):
    """An answer that is there as a whole."""

    def __init__(self, body: bytes, kind: str, headers: Iterable[tuple[str, str]]) -> None:
        """As `ToProgram`."""
        super().__init__([body], kind, [("Content-Length", str(len(body))), *headers])


class Streamed(ToProgram):
    """An answer that comes in pieces, from something that wants to be closed."""

    def __init__(
        self, body: Iterable[bytes], kind: str, headers: Iterable[tuple[str, str]]
    ) -> None:
        """As `ToProgram`. Nothing on the way may keep the pieces back."""
        kept = (("Cache-Control", "no-cache"), ("X-Accel-Buffering", "no"))
        super().__init__(body, kind, [*headers, *kept])


class _Said(Headers):
    """Headers that are strings already, looked through once for all."""

    def __init__(self, said: list[tuple[str, str]]) -> None:
        """Take over the list `said`.

        Raises:
            ValueError: a value holds a line break, with which another header would begin.
        """
        super().__init__()
        values = "".join([value for _, value in said])
        if "\r" in values or "\n" in values:
            raise ValueError("Header values must not contain newline characters.")
        self._list = said

    def to_wsgi_list(self) -> list[tuple[str, str]]:
        """The headers for a server, which only reads them."""
        return self._list
