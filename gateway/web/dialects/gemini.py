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
    media_type = "text/event-stream"
    request_id = "x-request-id"

    def framing(self, query: Mapping[str, str]) -> Dialect:  # noqa: ARG002 - there is one
        """See `Dialect`."""
        return self

    def error(self, error: GatewayError, request_id: str = "") -> dict[str, Any]:
        """See `Dialect`. A provider's own error object goes back as it came, if of the family."""
        status, text = error.status, error.message
        if isinstance(error, ProviderRejected) and error.body is not None:
            inner = error.body.get("error")
            if isinstance(inner, dict) and "status" in inner:
                return error.body
            status = error.upstream_status
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
