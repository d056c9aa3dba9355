"""Errors on the wire, in the shape of the API that was called (needs-and-conventions E4).

How a family of APIs words an error is said in `gateway.web.dialects`. A refusal
carries ``x-should-retry: false``, because an SDK that repeats it only fills the
log. Nothing internal is ever in the text: no stack, no content, no upstream
secret.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from gateway.errors import (
    GatewayError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    ProviderRejected,
    Refused,
    TooLarge,
)
from gateway.web.dialects.choice import dialect_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.telemetry import Metrics

_LOG = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS = "1"
_WERKZEUG: dict[int, type[GatewayError]] = {
    400: InvalidRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
}
_CREDENTIALS = ("Authorization", "x-api-key", "api-key", "x-goog-api-key")
"""Headers that programs send and browsers do not."""

API_PREFIXES = ("/v1/", "/v1beta/", "/anthropic/", "/healthz", "/readyz", "/metrics")
"""Paths that answer programs; every other one answers people with a page."""


def error_response(error: GatewayError) -> Response:
    """The HTTP answer for `error`."""
    status = error.upstream_status if isinstance(error, ProviderRejected) else error.status
    dialect = dialect_of(request.path)
    body = dialect.error(error, error.wire_headers.get("x-request-id", ""))
    answer = Response(orjson.dumps(body), status, mimetype="application/json")
    if isinstance(error, ProviderRejected):
        answer.headers.update(error.headers)
    else:
        answer.headers["x-should-retry"] = "true" if error.retryable else "false"
        if error.retryable:
            answer.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Refused):
        answer.headers["x-proviso-policy-revision"] = error.decision.revision
    answer.headers.update(error.wire_headers)
    return answer


def register(
    app: Flask, metrics: Metrics, page: Callable[[GatewayError], Response] | None = None
) -> None:
    """Answer every error of `app`; `page` shows one to a person."""

    def answer(error: GatewayError) -> Response:
        metrics.error(error.code).inc()
        if page is not None and not _is_program():
            return page(error)
        return error_response(error)

    @app.errorhandler(GatewayError)
    def known(error: GatewayError) -> Response:
        if error.status >= 500:
            _LOG.warning("request failed", exc_info=error, extra={"code": error.code})
        return answer(error)

    @app.errorhandler(HTTPException)
    def by_framework(error: HTTPException) -> Response:
        if error.code and 300 <= error.code < 400:
            return Response(status=error.code, headers=error.get_headers())
        if error.code == 404 and _is_program():
            return answer(NotFound(_meant(app)))
        return answer(_WERKZEUG.get(error.code or 500, InvalidRequest)())

    # One of the two places where every exception is caught: here nothing may
    # reach the caller but the public text of an unexpected error.
    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        _LOG.error("unexpected error", exc_info=error)
        return answer(GatewayError())


def _is_program() -> bool:
    """Whether a program asks: at a program's address, or elsewhere with a program's credential."""
    return request.path.startswith(API_PREFIXES) or any(
        name in request.headers for name in _CREDENTIALS
    )


def _meant(app: Flask) -> str:
    """What the base URL should be, where the address is one of ours but for its ``/v1``."""
    routes = app.url_map.bind(request.host)
    path = request.path
    if routes.test(f"/v1{path}", request.method):
        return f"/v1{path} was probably meant: the base URL of this client ends in /v1."
    if path.startswith("/v1/") and routes.test(path[3:], request.method):
        return f"{path[3:]} was probably meant: the base URL of this client does not end in /v1."
    return ""
