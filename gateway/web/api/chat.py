"""``POST /v1/chat/completions``: the OpenAI chat API, plain and streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, request

from gateway.core.clock import Deadline
from gateway.core.exchange import Exchange, Kind
from gateway.core.identifiers import exchange_id
from gateway.errors import GatewayError
from gateway.identity.permissions import Permission
from gateway.web.api import admission, chat_request
from gateway.web.api.events import server_sent
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.pep.pipeline import EnforcementPoint, Receipt
    from gateway.settings import Settings
    from gateway.telemetry import Metrics

ROUTE = "/v1/chat/completions"


class ChatRoute:
    """Stages 1 and 14 of a chat exchange: admit it, and write its answer to the wire."""

    def __init__(
        self, settings: Settings, pep: EnforcementPoint, clock: Clock, metrics: Metrics
    ) -> None:
        """A route over this pipeline."""
        self._settings = settings
        self._pep = pep
        self._clock = clock
        self._metrics = metrics
        server = settings.server
        self._stream_slots = admission.Slots(server.streams)
        self._plain_slots = admission.Slots(max(1, server.threads - server.streams))

    def answer(self, principal: Principal) -> Response:
        """Carry the current request through the pipeline."""
        identifier = exchange_id()
        try:
            exchange = self._admit(principal, identifier)
            if exchange.stream:
                return self._streamed(exchange)
            return self._whole(exchange)
        except GatewayError as error:
            error.wire_headers = {"x-proviso-decision-id": identifier, "x-request-id": identifier}
            raise

    def _admit(self, principal: Principal, identifier: str) -> Exchange:
        limits, timeouts = self._settings.limits, self._settings.timeouts
        raw = admission.read_body(request, limits)
        body = admission.parse_json(raw, limits)
        chat_request.check(body)
        stream = bool(body.get("stream"))
        seconds = limits.stream_seconds if stream else timeouts.total
        return Exchange(
            id=identifier,
            principal=principal,
            kind=Kind.CHAT,
            model=body["model"],
            body=body,
            stream=stream,
            received_at=self._clock.now(),
            deadline=Deadline(self._clock, seconds),
            size=len(raw),
            digest=admission.digest(raw),
            signed="Signature-Input" in request.headers,
            declared_class=chat_request.declared_class(request.headers.get("x-proviso-data-class")),
            purpose=chat_request.purpose(request.headers.get("x-proviso-purpose")),
            language=request.accept_languages.best_match(LANGUAGES) or principal.tenant.language,
        )

    def _whole(self, exchange: Exchange) -> Response:
        give_back = self._plain_slots.take()
        try:
            with self._metrics.in_flight.track_inprogress():
                released = self._pep.generate(exchange)
        except GatewayError as error:
            self._done(exchange, error.code)
            raise
        finally:
            give_back()
        self._done(exchange, "ok")
        answer = Response(orjson.dumps(released.body), mimetype="application/json")
        answer.headers.update(self._headers(released.receipt))
        return answer

    def _streamed(self, exchange: Exchange) -> Response:
        give_back = self._stream_slots.take()
        try:
            released = self._pep.stream(exchange)
        except BaseException as error:
            give_back()
            if isinstance(error, GatewayError):
                self._done(exchange, error.code)
            raise
        self._metrics.in_flight.inc()
        events = server_sent(released.chunks, lambda code: self._done(exchange, code))
        body = admission.Releasing(
            events, released.chunks.close, self._metrics.in_flight.dec, give_back
        )
        answer = Response(body, mimetype="text/event-stream", direct_passthrough=True)
        answer.headers.update(self._headers(released.receipt))
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Accel-Buffering"] = "no"
        return answer

    def _done(self, exchange: Exchange, code: str) -> None:
        known = exchange.model if exchange.model in self._settings.models else "unknown"
        tenant = exchange.principal.tenant.slug
        self._metrics.request_done(tenant, ROUTE, known, code).inc()

    def _headers(self, receipt: Receipt) -> dict[str, str]:
        headers = {
            "x-request-id": receipt.exchange_id,
            "x-proviso-decision-id": receipt.exchange_id,
            "x-proviso-policy-revision": receipt.revision,
            "x-proviso-model": receipt.destination,
            "x-proviso-tier": receipt.tier,
            "x-proviso-entities-replaced": str(sum(receipt.replaced.values())),
            "x-proviso-ai-generated": "true",
            "x-proviso-receipt": (
                f"{self._settings.server.public_url}/receipts/{receipt.exchange_id}"
            ),
        }
        if receipt.synthetic_terms:
            headers["x-proviso-terms"] = "synthetic"
        by_type = tuple(f"{kind}={count}" for kind, count in sorted(receipt.replaced.items()))
        for name, said in (
            ("x-proviso-replaced", by_type),
            ("x-proviso-labels", receipt.labels),
            ("x-proviso-advice", receipt.advice),
            ("x-proviso-passed-over", receipt.passed_over),
        ):
            if said:
                headers[name] = ", ".join(said)
        return headers


LANGUAGES = ("en", "de", "fr", "nl")
"""Languages a refusal can be put in; what a rule lacks is said in English."""


def blueprint(route: ChatRoute) -> Blueprint:
    """The chat API as a blueprint."""
    api = Blueprint("chat", __name__)

    @api.post(ROUTE)
    @requires(Permission.TENANT_CHAT_CREATE)
    def chat_completions(principal: Principal) -> Response:
        return route.answer(principal)

    return api
