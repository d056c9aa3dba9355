"""Google's family: ``{"error": {"code", "message", "status", "details"}}`` (google.rpc.Status)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderRejected, Refused
from gateway.web.dialects.openai import public_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.errors import GatewayError
    from gateway.web.dialects.dialect import Dialect

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "INVALID_ARGUMENT",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    422: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Gemini:
    """`gateway.web.dialects.dialect.Dialect`."""

    name = "gemini"
    done = b""
    alive = b": \n\n"
    content_type = "text/event-stream; charset=utf-8"
    request_id = "x-request-id"

    def framing(self, query: Mapping[str, str]) -> Dialect:
        """See `Dialect`. Without ``alt=sse`` a stream is one JSON array."""
        return self if query.get("alt") == "sse" else GeminiArray()

    def error(self, error: GatewayError, request_id: str = "") -> dict[str, Any]:
        """See `Dialect`. A provider's own error object goes back as it came, if of the family."""
        status, text = error.status, error.message
        if isinstance(error, ProviderRejected):
            status = error.upstream_status
            inner = (error.body or {}).get("error")
            if error.body is not None and isinstance(inner, dict) and "status" in inner:
                return error.body
            said = inner.get("message") if isinstance(inner, dict) else inner
            text = said if isinstance(said, str) else text
        reason = public_code(error) if isinstance(error, Refused) else error.code
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "proviso",
            "metadata": {"requestId": request_id},
        }
        return {
            "error": {
                "code": status,
                "message": text,
                "status": _STATUS.get(status, "INTERNAL"),
                "details": [info],
            }
        }

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`."""
        return b"data: " + orjson.dumps(document) + b"\n\n"


class GeminiArray(Gemini):
    """The family where a stream is one JSON array; for one stream."""

    alive = b"\n"
    content_type = "application/json"

    def __init__(self) -> None:
        """Nothing of it was said yet."""
        self._begun = False

    @property
    def done(self) -> bytes:  # type: ignore[override]
        """See `Dialect`."""
        return b"]" if self._begun else b"[]"

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`."""
        before = b",\r\n" if self._begun else b"["
        self._begun = True
        return before + orjson.dumps(document)
