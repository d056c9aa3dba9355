"""Answers that are complete when they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable


class Complete(Response):
    """Bytes with all their headers: what a server gets is what stands here.

    Flask would go through the headers of every answer once more, for addresses that are relative
    and lengths that are missing, and would wrap the bytes in something that is read piece by
    piece. Here nothing is relative or missing, and the server may send the bytes as they are.
    """

    def __init__(self, body: bytes, kind: str, headers: Iterable[tuple[str, str]]) -> None:
        """`kind` is the content type. No header may come twice, or say what these say."""
        said = [("Content-Type", kind), ("Content-Length", str(len(body))), *headers]
        super().__init__([body], headers=Headers(said), direct_passthrough=True)

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:  # noqa: ARG002 - of no matter
        """The headers, as they are."""
        return self.headers
