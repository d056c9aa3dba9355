"""The routes that generate: each reads its own form of request, and all go the same way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from flask import Blueprint

from gateway.core.clock import Deadline
from gateway.core.exchange import Exchange
from gateway.core.identifiers import exchange_id
from gateway.core.media import RAW, Raw
from gateway.core.values import dataclass
from gateway.errors import GatewayError
from gateway.identity.permissions import Permission
from gateway.shapes.registry import RESPONSES
from gateway.web.answers import Complete, Streamed
from gateway.web.api import admission, declared
from gateway.web.api.events import server_sent
from gateway.web.api.inlined import inlined
from gateway.web.auth import direct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Request, Response

    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.core.stored import Stored
    from gateway.pep.files import Files
    from gateway.pep.pipeline import EnforcementPoint
    from gateway.pep.released import Receipt
    from gateway.sections import LimitSettings
    from gateway.settings import Settings
    from gateway.shapes.shape import Shape
    from gateway.telemetry import Metrics
    from gateway.web.api.reading import Reading
    from gateway.web.auth import Doors
    from gateway.web.dialects.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Route:
    """One address that generates, and the API it belongs to."""

    path: str
    shape: Shape
    dialect: Dialect
    read: Callable[[Request, LimitSettings, Mapping[str, str]], Reading]
    """Reads a request, given what its path says.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """

    streams: bool = True
    """Whether an answer can come in pieces."""

    modality: str = "text"
    """What is generated or handed over: ``text``, ``image``, ``audio``, ``video``, ``file``, …"""

    words: bool = True
    """Whether the answer holds words, which may be withheld."""

    uploads: bool = False
    """Whether a request hands over a picture or a recording."""

    plain: bool = True
    """Whether it can come whole."""

    permission: Permission = Permission.TENANT_CHAT_CREATE
    passed_on: tuple[str, ...] = ()
    """Headers that reach a provider which speaks this API itself, unchanged."""

    @property
    def batched(self) -> bool:
        """Whether its requests may stand in a file of OpenAI's batches."""
        return self.modality in ("text", "vectors") and self.dialect.name == "openai"

    @property
    def forms(self) -> tuple[bool, ...]:
        """Whether an answer is streamed, in each form that can be asked for."""
        offered = ((False, self.plain), (True, self.streams))
        return tuple(stream for stream, given in offered if given)

    @property
    def ways(self) -> tuple[str, ...]:
        """How a request may end; each is proven for each route.

        Beside a picture or a recording, which nobody can look into, personal data is not replaced:
        the request is refused as ``unscanned``.
        """
        replaced = "unscanned" if self.uploads else "pseudonymise"
        ways = ("allow", "deny", replaced)
        return (*ways, "withhold") if self.words else ways


class Batched(NamedTuple):
    """An address that takes many requests of one kind at once, each an exchange of its own."""

    path: str
    route: Route
    """What each of the requests is."""


class Generation:
    """Stages 1 and 14 of an exchange: admit it, and write its answer to the wire."""

    def __init__(
        self,
        settings: Settings,
        pep: EnforcementPoint,
        clock: Clock,
        metrics: Metrics,
        files: Files,
        earlier: Callable[[Principal, dict[str, Any]], Stored | None],
    ) -> None:
        """For routes over this pipeline; `files` are those that requests may name.

        `earlier` finds the stored answer that a request goes on with.
        """
        self._settings = settings
        self._pep = pep
        self._metrics = metrics
        self._files = files
        self._earlier = earlier
        self.clock = clock
        self.limits = settings.limits
        self.seconds = settings.timeouts.total
        """How long a whole answer may take."""

        server = settings.server
        self._receipts = f"{server.public_url}/receipts/"
        self._stream_slots = admission.Slots(server.streams)
        self._plain_slots = admission.Slots(max(1, server.threads - server.streams))

    def answer(self, route: Route, asking: Request, principal: Principal, **named: str) -> Response:
        """Carry a request, whose path says `named`, through the pipeline."""
        read = partial(route.read, asking, self.limits, named)
        return self.carry(route, asking, principal, read)

    def carry(
        self, route: Route, asking: Request, principal: Principal, read: Callable[[], Reading]
    ) -> Response:
        """Carry what `read` reads, for the request `asking`, through the pipeline."""
        identifier = exchange_id()
        try:
            exchange = self._admit(route, asking, principal, identifier, read())
            if exchange.stream:
                return self._streamed(route, exchange, route.dialect.framing(asking.args))
            return self._whole(route, exchange)
        except GatewayError as error:
            error.wire_headers = {
                "x-proviso-decision-id": identifier,
                "x-request-id": identifier,
                route.dialect.request_id: identifier,
            }
            raise

    def _admit(
        self, route: Route, asking: Request, principal: Principal, identifier: str, read: Reading
    ) -> Exchange:
        body = inlined(
            read.body, lambda name: self._files.open(principal, name), self.limits.form_bytes
        )
        route.shape.check(body)
        known = read.earlier
        if route.shape.name == RESPONSES.name:
            known = self._earlier(principal, body)
        seconds = self.limits.stream_seconds if read.stream else self.seconds
        headers = asking.headers
        return Exchange(
            id=identifier,
            principal=principal,
            kind=route.shape.kind,
            model=read.model,
            body=body,
            stream=read.stream,
            received_at=self.clock.now(),
            deadline=Deadline(self.clock, seconds),
            size=read.size,
            digest=read.digest,
            signed="Signature-Input" in headers,
            declared_class=declared.declared_class(headers.get("x-proviso-data-class")),
            purpose=declared.purpose(headers.get("x-proviso-purpose")),
            language=_language(asking) or principal.tenant.language,
            shape=route.shape.name,
            passed_on=declared.passed_on(headers, route.passed_on) if route.passed_on else {},
            job=read.job,
            groups=declared.groups(headers.get),
            earlier=known,
        )

    def _whole(self, route: Route, exchange: Exchange) -> Response:
        in_flight, give_back = self._metrics.in_flight, self._plain_slots.take()
        in_flight.inc()
        try:
            released = self._pep.generate(exchange)
        except GatewayError as error:
            self._done(route, exchange, error.code)
            raise
        finally:
            in_flight.dec()
            give_back()
        self._done(route, exchange, "ok")
        said = self._headers(route, released.receipt).items()
        raw = released.body.get(RAW)
        if isinstance(raw, Raw):
            return Complete(raw.data, raw.content_type, said)
        return Complete(orjson.dumps(released.body), "application/json", said)

    def _streamed(self, route: Route, exchange: Exchange, dialect: Dialect) -> Response:
        give_back = self._stream_slots.take()
        try:
            released = self._pep.stream(exchange)
        except BaseException as error:
            give_back()
            if isinstance(error, GatewayError):
                self._done(route, exchange, error.code)
            raise
        self._metrics.in_flight.inc()
        events = server_sent(
            released.chunks,
            dialect,
            exchange.id,
            lambda code: self._done(route, exchange, code),
        )
        body = admission.Releasing(
            events, released.chunks.close, self._metrics.in_flight.dec, give_back
        )
        return Streamed(body, dialect.content_type, self._headers(route, released.receipt).items())

    def _done(self, route: Route, exchange: Exchange, code: str) -> None:
        known = exchange.model if exchange.model in self._settings.models else "unknown"
        tenant = exchange.principal.tenant.slug
        self._metrics.request_done(tenant, route.path, known, code).inc()

    def _headers(self, route: Route, receipt: Receipt) -> dict[str, str]:
        headers = {
            **receipt.passed_back,
            "x-request-id": receipt.exchange_id,
            route.dialect.request_id: receipt.exchange_id,
            "x-proviso-decision-id": receipt.exchange_id,
            "x-proviso-policy-revision": receipt.revision,
            "x-proviso-model": receipt.destination,
            "x-proviso-tier": receipt.tier,
            "x-proviso-entities-replaced": str(sum(receipt.replaced.values())),
            "x-proviso-ai-generated": "true",
            "x-proviso-receipt": f"{self._receipts}{receipt.exchange_id}",
        }
        if receipt.cached:
            headers["x-proviso-cache"] = "hit"
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


def _language(asking: Request) -> str | None:
    """The language of ours that suits the caller best, if the request names any."""
    # Most programs name none, and finding nothing in nothing is dear.
    if "Accept-Language" not in asking.headers:
        return None
    return asking.accept_languages.best_match(LANGUAGES)


def blueprint(generation: Generation, routes: Iterable[Route], doors: Doors) -> Blueprint:
    """Every route that generates, on one path behind the same `doors`."""
    api = Blueprint("generation", __name__)
    for route in routes:
        view = direct(doors, route.permission, partial(generation.answer, route))
        api.add_url_rule(
            route.path, endpoint=route.path.replace(".", "_"), view_func=view, methods=["POST"]
        )
    return api
