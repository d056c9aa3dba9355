"""Stage 1: from bytes to a request within limits, or a clear error (promise P10)."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest, Overloaded, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Request

    from gateway.sections import LimitSettings


_KEY = os.urandom(32)


class Slots:
    """Places for requests in progress; without a bound a full thread pool starves health checks."""

    def __init__(self, count: int) -> None:
        """`count` places."""
        # One element for each free place. A deque is taken from and given to without a lock of
        # Python's, which a semaphore has two of.
        self._free = deque([None] * count)

    def take(self) -> Callable[[], None]:
        """Take a place; the answer gives it back, and does so once however often it is called.

        Raises:
            Overloaded: there is none.
        """
        try:
            self._free.pop()
        except IndexError:
            raise Overloaded from None
        left = iter((None,))

        def give_back() -> None:
            # Whoever comes first takes the one element along; whoever follows has nothing to give.
            self._free.extend(left)

        return give_back


class Releasing:
    """Bytes for the server that give something back when it closes them."""

    def __init__(self, events: Iterator[bytes], *closers: Callable[[], None]) -> None:
        """Pass on `events`; call `closers` in order on `close`, even if nothing was read."""
        self._events = events
        self._closers = closers

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        """Called by the server at the end, or when the caller went away."""
        try:
            for closer in self._closers[:-1]:
                closer()
        finally:
            self._closers[-1]()


def read_body(request: Request, limit: int) -> bytes:
    """The body of the request.

    Raises:
        TooLarge: it is larger than `limit` bytes; no more than that is read.
        InvalidRequest: its length cannot be trusted, or it is compressed.
    """
    headers, length = request.headers, request.content_length
    if length is not None and headers.get("Transfer-Encoding"):
        # Two lengths are how requests are smuggled past a proxy in front of us.
        raise InvalidRequest("Content-Length and Transfer-Encoding must not both be given.")
    if headers.get("Content-Encoding", "identity") != "identity":
        raise InvalidRequest("Compressed request bodies are not accepted.")
    if (length or 0) > limit:
        raise TooLarge(f"The limit is {limit} bytes.")
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"The limit is {limit} bytes.")
    return body


def digest(body: bytes) -> bytes:
    """A digest of the body, keyed for this process: it is compared here, and tells nobody else."""
    return hashlib.blake2b(body, digest_size=16, key=_KEY).digest()


def parse_json(body: bytes, limits: LimitSettings) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        InvalidRequest: it is not JSON (lone surrogates and raw NUL bytes are not), not an object,
            or nested more deeply than the limit.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # The parser's own message may quote the input; its position says enough.
        raise InvalidRequest(
            f"The body is not valid JSON (line {error.lineno}, column {error.colno})."
        ) from None
    if not isinstance(document, dict):
        raise InvalidRequest("The body must be a JSON object.")
    if body.count(b"[") + body.count(b"{") > limits.nesting:
        _check_nesting(document, limits.nesting)
    return document


def _check_nesting(document: Any, limit: int) -> None:
    layer = [document]
    for _ in range(limit):
        layer = [
            child
            for node in layer
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return
    raise InvalidRequest(f"Arrays and objects may be nested at most {limit} deep.")
