"""Anthropic's family: ``{"type": "error", "error": {"type", "message"}, "request_id"}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderRejected, Refused
from gateway.web.dialects.openai import public_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.errors import GatewayError
    from gateway.web.dialects.dialect import Dialect

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    529: "overloaded_error",
}


class Anthropic:
    """`gateway.web.dialects.dialect.Dialect`."""

    name = "anthropic"
    done = b""
    alive = b'event: ping\ndata: {"type": "ping"}\n\n'
    content_type = "text/event-stream; charset=utf-8"
    request_id = "request-id"

    def framing(self, query: Mapping[str, str]) -> Dialect:  # noqa: ARG002 - there is one
        """See `Dialect`."""
        return self

    def error(self, error: GatewayError, request_id: str = "") -> dict[str, Any]:
        """See `Dialect`. A provider's own error object goes back as it came, if of the family."""
        status, text = error.status, error.message
        if isinstance(error, ProviderRejected):
            status = error.upstream_status
            if error.body is not None:
                if error.body.get("type") == "error":
                    return error.body
                return self._body(_TYPES.get(status, "api_error"), _said(error.body), "")
        kind = _TYPES.get(status, "api_error")
        if isinstance(error, Refused):
            # The family has no field for a code; programs find it in the text (E4).
            text = f"{text} [{public_code(error)}]"
        return self._body(kind, text, request_id)

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`."""
        return (
            f"event: {document['type']}\n".encode() + b"data: " + orjson.dumps(document) + b"\n\n"
        )

    @staticmethod
    def _body(kind: str, message: str, request_id: str) -> dict[str, Any]:
        return {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": request_id or None,
        }


def _said(body: dict[str, Any]) -> str:
    """The message in the error object of another family."""
    inner = body.get("error")
    message = inner.get("message") if isinstance(inner, dict) else inner
    return message if isinstance(message, str) else "The provider refused the request."
