"""Forms with files, as they leave (RFC 7578)."""

from __future__ import annotations

from typing import Any

import orjson
from urllib3.filepost import encode_multipart_formdata

from gateway.core.media import Upload


def is_form(body: dict[str, Any]) -> bool:
    """Whether a body holds files, so that it cannot be JSON."""
    for value in body.values():
        if isinstance(value, Upload) or (isinstance(value, list) and Upload in map(type, value)):
            return True
    return False


def encoded(body: dict[str, Any]) -> tuple[bytes, str]:
    """The form of `body`, and its content type with the boundary."""
    fields = [
        (name, _field(item)) for name, value in body.items() for item in _listed(value)
    ]  # fmt: skip
    return encode_multipart_formdata(fields)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _field(value: Any) -> Any:
    if isinstance(value, Upload):
        return value.name, value.data, value.content_type
    return value if isinstance(value, str) else orjson.dumps(value).decode()
