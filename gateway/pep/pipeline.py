"""The policy enforcement point: one generation, from admission to release.

The order of the stages is the safety argument of this system, so it is written
out in one function and is not configurable. What *is* pluggable lives inside a
stage: detectors, obligations, providers, engines. The numbers are those of
DESIGN.md section 4; (1) and (2), admission and authentication, are the caller's
(`gateway.web.api`), as is (14), writing the answer to the wire.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from gateway.audit import canonical
from gateway.content.answer import places
from gateway.content.pseudonyms import inspect_request, protect
from gateway.content.restore import Restorer
from gateway.core import policy_input
from gateway.core.content import DataClass
from gateway.core.exchange import OutcomeStatus, Usage
from gateway.errors import PolicyUnavailable, ProviderGarbage, Refused
from gateway.pep import records
from gateway.pep.digest import FieldDigests
from gateway.pep.judgement import CANNOT_DECIDE, OutputJudge
from gateway.pep.obligations import protection, screen
from gateway.pep.opened import Opened
from gateway.pep.ports import Entrypoint
from gateway.pep.stream import ReleasedStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.attributes.resolve import Attributes, AttributeSource
    from gateway.audit.ledger import Ledger
    from gateway.content.inspect import Inspector
    from gateway.content.pseudonyms import InspectedRequest, Protected
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.clock import Clock
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.core.policy_input import Destination
    from gateway.core.secrets import RootSecret
    from gateway.pep.ports import Answer, PolicyDecisionPoint
    from gateway.providers.registry import Providers
    from gateway.telemetry import Metrics
    from gateway.terms.registry import TermsRegistry


@dataclass(frozen=True, slots=True)
class Rooms:
    """The pipeline's neighbours, made and wired by `gateway.app`."""

    catalogue: Catalogue
    terms: TermsRegistry
    attributes: AttributeSource
    inspector: Inspector
    pdp: PolicyDecisionPoint
    ledger: Ledger
    providers: Providers
    secret: RootSecret
    clock: Clock
    metrics: Metrics
    render: Callable[[Decision, Exchange], str]
    """Puts a refusal into words in the caller's language (promise P11)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An exchange that policy permits, with its decision durable."""

    exchange: Exchange
    decision: Decision
    model: ModelEntry
    destination: Destination
    inspected: InspectedRequest


@dataclass(frozen=True, slots=True)
class Receipt:
    """What every answer says about its own handling."""

    exchange_id: str
    revision: str
    destination: str
    """``provider/upstream`` that really ran it."""

    tier: str
    replaced: int
    synthetic_terms: bool


@dataclass(frozen=True, slots=True)
class Released:
    """A whole answer that may leave."""

    body: dict[str, Any]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ReleasedChunks:
    """A streamed answer that may leave, piece by piece."""

    chunks: ReleasedStream
    receipt: Receipt


class EnforcementPoint:
    """Carries an authenticated exchange through policy to a provider and back."""

    def __init__(self, rooms: Rooms) -> None:
        """A pipeline over these neighbours."""
        self._rooms = rooms

    def generate(self, exchange: Exchange) -> Released:
        """Return the whole answer once it may be released.

        Raises:
            Refused: policy said no to the request; `Withheld`, to the output.
            PolicyUnavailable: no decision could be had.
            AuditUnavailable: the decision or the outcome could not be made durable.
            ProviderError: the provider gave no usable answer.
        """
        judged = self._judge(exchange)
        # Leaving this block records exactly one outcome, whatever happened.
        with self._opened(exchange, judged.destination) as opened:
            protected = self._fulfil_before(judged, opened)
            with self._upstream(judged, "answer"):
                # (9) Send. The only line that sends content out and waits for a whole answer.
                answer = self._rooms.providers.for_model(judged.model).generate(
                    judged.model, protected.body, exchange.deadline
                )
            body = self._release(judged, protected, opened, answer)
        # (13) is durable here; only now may the output leave.
        return Released(body, self._receipt(judged, protected))

    def stream(self, exchange: Exchange) -> ReleasedChunks:
        """Return the answer's chunks; each one may be released when it is yielded.

        Raises:
            Refused, PolicyUnavailable, AuditUnavailable, ProviderError: as `generate`; the
                iteration itself may raise them too, and the caller must `close` the chunks.
        """
        judged = self._judge(exchange)
        opened = self._opened(exchange, judged.destination)
        try:
            protected = self._fulfil_before(judged, opened)
            with self._upstream(judged, "stream"):
                # (9) Send. The only line that sends content out and returns with the first byte.
                upstream = self._rooms.providers.for_model(judged.model).stream(
                    judged.model, protected.body, exchange.deadline
                )
            self._note_call(opened, upstream.status, upstream.request_id)
        except BaseException as error:
            opened.settle_error(error)
            raise
        chunks = ReleasedStream(
            opened,
            upstream,
            self._output_judge(judged, opened),
            self._rooms.inspector,
            Restorer(protected.table),
            self._rooms.secret,
        )
        return ReleasedChunks(chunks, self._receipt(judged, protected))

    def _judge(self, exchange: Exchange) -> Judged:
        """Stages 3 to 7: what is asked, by whom, of whom, and whether it may be done."""
        rooms, tenant = self._rooms, exchange.principal.tenant
        # (3) Resolve. An unknown model is input to policy, not an error.
        with self._timed("resolve"):
            model = rooms.catalogue.find(exchange.model)
            destination = self._destination(exchange, model)
            attributes = rooms.attributes.resolve(exchange.principal)
        # (4) Inspect every text field. A detector that fails leaves a finding, never a gap.
        with self._timed("inspect_input"):
            inspected = inspect_request(exchange.body, rooms.inspector)
        # (5) Ask. A PDP that is down, slow or silent has answered "deny".
        with self._timed("decide"):
            question = self._question(exchange, destination, attributes, inspected)
            decision = rooms.pdp.decide(tenant.id, Entrypoint.REQUEST, question)
        # (6) An obligation we do not know, or cannot read, voids the permit.
        decision = screen(decision)
        if decision.permits and model is None:
            # No policy can make a model that is not there; say no rather than fail later.
            decision = decision.refused("GATEWAY", "model.unknown")
        # (7) Write ahead: a decision that cannot be recorded is not acted on.
        with self._timed("record_decision"):
            entry = records.decision_entry(exchange, decision, destination, inspected, question)
            rooms.ledger.record_decision(tenant.id, entry, question)
        self._count(exchange, decision)
        if not decision.permits or model is None:
            self._refuse(exchange, decision, destination)
        return Judged(exchange, decision, model, destination, inspected)

    def _fulfil_before(self, judged: Judged, opened: Opened) -> Protected:
        """(8) What is owed before the call: take out what must not leave."""
        with self._timed("fulfil_before"):
            owed = protection(judged.decision.obligations)
            protected = protect(judged.inspected, owed.pseudonymised, owed.redacted)
        opened.outcome.fulfilled = sorted({item.type for item in judged.decision.obligations})
        opened.outcome.replaced = dict(protected.replaced)
        tenant = judged.exchange.principal.tenant.slug
        for kind, count in protected.replaced.items():
            self._rooms.metrics.entity_replaced(tenant, kind).inc(count)
        return protected

    def _release(
        self, judged: Judged, protected: Protected, opened: Opened, answer: Answer
    ) -> dict[str, Any]:
        """Stages 10 to 12 for a whole answer."""
        self._note_call(opened, answer.status, answer.request_id)
        outcome, tenant = opened.outcome, judged.exchange.principal.tenant.id
        body = answer.body
        usage = body.get("usage") or {}
        outcome.usage = Usage(
            int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        )
        found = [
            (choice.get("index", at), place)
            for at, choice in enumerate(_choices(body))
            for place in places(choice.get("message"))
        ]
        received, delivered = (FieldDigests(self._rooms.secret, tenant) for _ in range(2))
        # (10) Inspect the model's own words, before anything is restored.
        with self._timed("inspect_output"):
            inspect = self._rooms.inspector.inspect
            findings = [item for place in places(body) for item in inspect(place.text)]
        # (11) Ask again, about the output.
        with self._timed("decide_output"):
            self._output_judge(judged, opened).require(findings)
        # (12) Restore what this caller supplied, and nothing else.
        with self._timed("fulfil_after"):
            restorer = Restorer(protected.table)
            for index, place in found:
                if place.structural:
                    continue
                received.add((index, place.path), place.text)
                place.put(restorer.text(place.text, json=place.json))
                delivered.add((index, place.path), place.text)
        outcome.unknown_placeholders = restorer.unknown
        outcome.output_digest = received.digest()
        outcome.delivered_digest = delivered.digest()
        body["model"] = judged.exchange.model
        return body

    def _refuse(self, exchange: Exchange, decision: Decision, destination: Destination) -> NoReturn:
        """A deny goes 5, 6, 7, 13: it is recorded as an outcome too, and then said."""
        opened = self._opened(exchange, destination)
        opened.settle(OutcomeStatus.DENIED, decision.reasons[0].code)
        if any(reason.code in CANNOT_DECIDE for reason in decision.reasons):
            raise PolicyUnavailable
        raise Refused(decision, self._rooms.render(decision, exchange))

    def _opened(self, exchange: Exchange, destination: Destination) -> Opened:
        rooms = self._rooms
        return Opened(rooms.ledger, rooms.clock, rooms.metrics, exchange, destination.model)

    def _destination(self, exchange: Exchange, model: ModelEntry | None) -> Destination:
        principal = exchange.principal
        if model is None:
            return policy_input.Destination()
        terms = self._rooms.terms.effective(
            principal.tenant, model.provider.tier, model.upstream, exchange.received_at
        )
        return policy_input.destination(
            model, principal, terms.as_input(), self._rooms.terms.version
        )

    def _question(
        self,
        exchange: Exchange,
        destination: Destination,
        attributes: Attributes,
        inspected: InspectedRequest,
    ) -> bytes:
        floor = max(DataClass.INTERNAL, exchange.declared_class or DataClass.INTERNAL)
        return canonical.encode(
            policy_input.for_request(
                exchange,
                destination=destination,
                acknowledgements=attributes.acknowledgements(),
                findings=inspected.summaries,
                data_class=inspected.data_class(floor),
                unscanned=inspected.unscanned,
            )
        )

    def _output_judge(self, judged: Judged, opened: Opened) -> OutputJudge:
        rooms = self._rooms
        return OutputJudge(
            rooms.pdp,
            rooms.metrics,
            rooms.render,
            judged.exchange,
            judged.destination,
            opened.outcome,
        )

    def _count(self, exchange: Exchange, decision: Decision) -> None:
        tenant, metrics = exchange.principal.tenant.slug, self._rooms.metrics
        metrics.decided(tenant, "request", decision.effect.value).inc()
        for reason in decision.reasons:
            metrics.denied_by(tenant, reason.rule, reason.code).inc()

    @staticmethod
    def _note_call(opened: Opened, status: int, request_id: str) -> None:
        opened.outcome.provider_status = status
        opened.outcome.provider_request_id = request_id

    @staticmethod
    def _receipt(judged: Judged, protected: Protected) -> Receipt:
        exchange, model = judged.exchange, judged.model
        return Receipt(
            exchange_id=exchange.id,
            revision=judged.decision.revision,
            destination=f"{model.provider.name}/{model.upstream}",
            tier=model.provider.tier,
            replaced=sum(protected.replaced.values()),
            synthetic_terms=model.provider.tier.startswith("demo/"),
        )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = self._rooms.clock.monotonic()
        yield
        self._rooms.metrics.stage(stage).observe(self._rooms.clock.monotonic() - start)

    @contextmanager
    def _upstream(self, judged: Judged, kind: str) -> Iterator[None]:
        start = self._rooms.clock.monotonic()
        yield
        elapsed = self._rooms.clock.monotonic() - start
        self._rooms.metrics.upstream(judged.model.provider.name, kind).observe(elapsed)


def _choices(body: dict[str, Any]) -> list[dict[str, Any]]:
    choices = body.get("choices")
    if not isinstance(choices, list) or not all(isinstance(item, dict) for item in choices):
        raise ProviderGarbage
    return choices
