"""Reading the small JSON objects that people's programs send beside generation."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from gateway.errors import InvalidRequest

_LARGEST = 10_000


def read_object(example: str) -> dict[str, Any]:
    """The object in the body; `example` shows what to send.

    Raises:
        InvalidRequest: it is not an object, or too large.
    """
    try:
        body: Any = orjson.loads(request.stream.read(_LARGEST))
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise InvalidRequest(f"Send {example}.")
    return body


def text(body: dict[str, Any], name: str, example: str, *, default: str | None = None) -> str:
    """A text of the object.

    Raises:
        InvalidRequest: it is missing and has no `default`, or is no text.
    """
    value = body.get(name, default)
    if not isinstance(value, str):
        raise InvalidRequest(f"Send {example}.", param=name)
    return value
