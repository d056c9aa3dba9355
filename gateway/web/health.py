"""Whether the gateway lives, whether it can do its work, and its metrics.

Ready means that a request could be judged and recorded now. It turns red when
the policy cannot be evaluated or the decision log cannot be written: a gateway
that would answer 503 to everybody should not be sent any traffic.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, request

from gateway import telemetry
from gateway.errors import Unauthenticated
from gateway.identity.permissions import PUBLIC, Permission, granted
from gateway.web.auth import requires, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.telemetry import Metrics


def blueprint(
    checks: dict[str, Callable[[], bool]],
    metrics: Metrics,
    metrics_token: str,
    details: dict[str, Callable[[], bool]],
    degraded: Callable[[], bool],
) -> Blueprint:
    """Health routes; `checks` are what readiness depends on, by name.

    `details` are shown beside them: an operator must look, but traffic is still served well.
    While `degraded`, requests are served, and what they leave behind waits outside the database.
    """
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @requires(PUBLIC)
    def alive() -> Response:
        return _json({"status": "ok"}, 200)

    @health.get("/readyz")
    @requires(PUBLIC)
    def ready() -> Response:
        results = {name: check() for name, check in checks.items()}
        good = all(results.values())
        results |= {name: check() for name, check in details.items()}
        document: dict[str, object] = {
            "status": ("degraded" if degraded() else "ok") if good else "unavailable",
            "checks": {name: "ok" if fine else "failing" for name, fine in results.items()},
        }
        return _json(document, 200 if good else 503)

    @health.get("/metrics")
    @requires(PUBLIC)
    def expose() -> Response:
        _require_scraper(metrics_token)
        return Response(metrics.expose(), content_type=telemetry.CONTENT_TYPE)

    for alias, view in (
        ("/health/liveliness", alive),
        ("/health/readiness", ready),
    ):
        health.add_url_rule(alias, endpoint=alias.strip("/").replace("/", "_"), view_func=view)
    return health


def _require_scraper(token: str) -> None:
    """Metrics name tenants, so they are not for everybody who can reach the port.

    Raises:
        Unauthenticated: the caller has no token, is not local where none is set, and no operator
            of the platform is signed in.
    """
    if _is_operator():
        return
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), token.encode()):
            return
    elif "X-Forwarded-For" not in request.headers and _is_local(request.remote_addr):
        return
    raise Unauthenticated("Metrics need the scraper's token (server.metrics_token).")


def _is_operator() -> bool:
    person = signed_in()
    return person is not None and Permission.PLATFORM_METRICS_READ in granted(person)


def _is_local(address: str | None) -> bool:
    try:
        return address is not None and ip_address(address).is_loopback
    except ValueError:
        return False


def _json(document: dict[str, object], status: int) -> Response:
    return Response(orjson.dumps(document), status, mimetype="application/json")
