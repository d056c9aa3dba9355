"""The policy enforcement point: one generation, from admission to release.

The order of the stages is the safety argument of this system, so it is written
out here and is not configurable: `generate` for whole answers and `stream` for
pieces, which share (3) to (8). What *is* pluggable lives inside a stage: detectors,
obligations, providers, engines. The numbers are those of docs/explanation/design.md;
(1) and (2), admission and authentication, are the caller's (`gateway.web`), as is
(14), writing the answer to the wire.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

from gateway.audit import canonical
from gateway.content.passed_on import check_passed_on
from gateway.core.catalogue import may_use
from gateway.core.decision import GATEWAY_RULE
from gateway.core.exchange import OutcomeStatus
from gateway.core.values import dataclass
from gateway.errors import PolicyUnavailable, ProviderRejected, Refused
from gateway.pep import labels, records, turned_down, upstream
from gateway.pep.destinations import Destinations
from gateway.pep.judgement import CANNOT_DECIDE, Judged, Judgement, OutputJudge, Surroundings
from gateway.pep.obligations import owed, screen
from gateway.pep.opened import Opened
from gateway.pep.ports import Entrypoint
from gateway.pep.protection import protected
from gateway.pep.release import released_body
from gateway.pep.released import Receipt, Released, ReleasedChunks
from gateway.pep.stored import hidden
from gateway.pep.stream import ReleasedStream
from gateway.rights import record as rights
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.attributes.spending import Spending
    from gateway.content.attachments.reader import AttachmentReader
    from gateway.content.pseudonyms import Protected
    from gateway.content.request import InspectedRequest
    from gateway.content.tenants import TenantReaders
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.clock import Clock
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Usage
    from gateway.core.policy_input import Destination, Situation
    from gateway.core.secrets import RootSecret
    from gateway.pep.answers import Answers
    from gateway.pep.jobs import Jobs
    from gateway.pep.ports import PolicyDecisionPoint, Recorder, Stream
    from gateway.pep.situation import Situations
    from gateway.pep.stored import Keeping, StoredResponses
    from gateway.providers.registry import Providers
    from gateway.rights.assembly import OutputRights
    from gateway.sealed.content import ContentStore
    from gateway.shapes.shape import Shape
    from gateway.telemetry import Metrics
    from gateway.terms.registry import TermsRegistry


@dataclass(frozen=True, slots=True)
class Rooms:
    """The pipeline's neighbours, made and wired by `gateway.assembly`."""

    catalogue: Catalogue
    terms: TermsRegistry
    situations: Situations
    readers: TenantReaders
    attachments: AttachmentReader
    pdp: PolicyDecisionPoint
    ledger: Recorder
    spending: Spending
    providers: Providers
    content: ContentStore
    jobs: Jobs
    stored: StoredResponses
    answers: Answers
    output_rights: OutputRights
    secret: RootSecret
    clock: Clock
    metrics: Metrics
    render: Callable[[Decision, Exchange], str]
    """Puts a refusal into words in the caller's language (promise P11)."""


class EnforcementPoint:
    """Carries an authenticated exchange through policy to a provider and back."""

    def __init__(self, rooms: Rooms) -> None:
        """A pipeline over these neighbours."""
        self._rooms = rooms
        self._destinations = Destinations(rooms.terms)
        self.jobs = rooms.jobs
        """The jobs that exchanges began."""

        self.stored = rooms.stored
        """The answers of exchanges that providers keep."""

    def generate(self, exchange: Exchange) -> Released:
        """Return the whole answer once it may be released.

        Raises:
            Refused: policy said no to the request; `Withheld`, to the output.
            InvalidRequest: a header that would go along says what must not leave.
            PolicyUnavailable: no decision could be had.
            AuditUnavailable: the decision or the outcome could not be made durable.
            ProviderError: the provider gave no usable answer.
        """
        rooms, shape = self._rooms, SHAPES[exchange.shape]
        judged, inspected = self._judge(exchange)
        # Leaving this block records exactly one outcome, whatever happened.
        with self._opened(exchange, judged.destination, judged.model) as opened:
            ready = self._fulfil_before(judged, inspected, opened)
            rooms.content.keep_request(exchange)
            keeping = self._keeping(judged, ready)
            judge = self._output_judge(judged, ready, opened)
            try:
                answered = self._answered(shape, judged, ready.body, opened, keeping)
            except ProviderRejected as error:
                self._turned_down(error, judged, ready, judge)
                raise
            # (10) to (12): inspect the model's own words, ask again, restore and label.
            with nullcontext() if keeping is None else keeping.hearing(judge):
                body = released_body(answered, judged, ready, opened, judge, rooms)
            if shape.job:
                rooms.jobs.begun(exchange, judged.model.alias, body)
            if rooms.content.keeps(exchange.principal.tenant.id):
                rooms.content.keep_answer(exchange, _visible(shape, body))
        # (13) is durable here; only now may the output leave.
        return Released(body, self._receipt(judged, ready, opened))

    def _answered(
        self,
        shape: Shape,
        judged: Judged,
        body: dict[str, Any],
        opened: Opened,
        keeping: Keeping | None,
    ) -> dict[str, Any]:
        """The provider's answer: given again where it is known, else asked for."""
        rooms, tenant = self._rooms, judged.exchange.principal.tenant
        lasting = shape.job or shape.method != "POST" or keeping is not None
        key = b"" if lasting else rooms.answers.key(judged, body)
        known = rooms.answers.get(key, tenant.slug)
        if known is not None:
            opened.outcome.cached = True
            return known
        with rooms.metrics.upstream(judged.model.provider.name, "answer").time():
            # (9) Send. The only line that sends content out and waits for a whole answer.
            answer = upstream.whole(rooms.providers, shape, judged, body)
        opened.called(answer)
        if keeping is not None:
            keeping.named(answer.body)
        rooms.answers.put(key, tenant, answer.body)
        return answer.body

    def stream(self, exchange: Exchange) -> ReleasedChunks:
        """Return the answer's chunks; each one may be released when it is yielded.

        Raises:
            Refused, PolicyUnavailable, AuditUnavailable, ProviderError: as `generate`; the
                iteration itself may raise them too, and the caller must `close` the chunks.
        """
        judged, inspected = self._judge(exchange)
        opened = self._opened(exchange, judged.destination, judged.model)
        answer: Stream | None = None
        try:
            ready = self._fulfil_before(judged, inspected, opened)
            self._rooms.content.keep_request(exchange)
            keeping = self._keeping(judged, ready)
            judge = self._output_judge(judged, ready, opened)
            try:
                with self._rooms.metrics.upstream(judged.model.provider.name, "stream").time():
                    # (9) Send. The only line that sends content out and returns with the first
                    # byte.
                    answer = upstream.streamed(
                        self._rooms.providers, SHAPES[exchange.shape], judged, ready.body
                    )
            except ProviderRejected as error:
                self._turned_down(error, judged, ready, judge)
                raise
            opened.called(answer)
            if keeping is not None:
                answer = keeping.followed(answer, judge, SHAPES[exchange.shape].ends)
            reader = self._rooms.readers.of(exchange.principal.tenant.id)
            chunks = ReleasedStream(
                opened,
                answer,
                judge,
                judged,
                reader,
                ready,
                hidden(judged, ready, reader.instructions),
                self._rooms.secret,
                self._rooms.content,
                self._rooms.output_rights.index,
            )
        except BaseException as error:
            if answer is not None:
                answer.close()
            opened.settle_error(error)
            raise
        return ReleasedChunks(chunks, self._receipt(judged, ready, opened))

    def _judge(self, exchange: Exchange) -> tuple[Judged, InspectedRequest]:
        """Stages 3 to 7: what is asked, by whom, of whom, and whether it may be done."""
        rooms, tenant = self._rooms, exchange.principal.tenant
        metrics = rooms.metrics
        # (3) Resolve. An unknown purpose, as an unknown model, is input to policy, not an error.
        with metrics.stage("resolve").time():
            known = rooms.situations.resolve(exchange)
        # (4) Inspect every text field. A detector that fails leaves a finding, never a gap.
        with metrics.stage("inspect_input").time():
            attached = rooms.attachments.request()
            turns = SHAPES[exchange.shape].turns
            reader = rooms.readers.of(tenant.id)
            inspected = reader.read(exchange.body, attached, exchange.kind.value, turns)
            if exchange.passed_on:
                check_passed_on(exchange.passed_on, reader.inspector)
        situation = rooms.situations.of(exchange, known, inspected)
        # (5) Ask, and (6) screen: one destination after the other while another one may do.
        with metrics.stage("decide").time():
            chosen, passed_over = self._choose(exchange, situation)
        # (7) Write ahead: a decision that cannot be recorded is not acted on.
        with metrics.stage("record_decision").time():
            groups = {
                name: rooms.secret.group_pseudonym(tenant.id, value)
                for name, value in exchange.groups.items()
            }
            due = owed(chosen.decision.obligations if chosen.decision.permits else ())
            entry = records.decision_entry(
                exchange, situation, chosen, inspected, due.retain_days, passed_over, groups,
                records.ages(exchange.principal, known, rooms.terms.recalled(tenant.id)),
            )  # fmt: skip
            if "recalled" in entry.document:
                metrics.recalled(tenant.slug).inc()
            rooms.ledger.record_decision(tenant.id, entry, chosen.question)
        self._count(exchange, chosen.decision)
        if not chosen.decision.permits or chosen.model is None:
            self._refuse(exchange, chosen.decision, chosen.destination)
        aliases = tuple(item.destination.model for item in passed_over)
        judged = Judged(
            exchange, situation, chosen.decision, chosen.model, chosen.destination, due, aliases
        )
        return judged, inspected

    def _choose(
        self, exchange: Exchange, situation: Situation
    ) -> tuple[Judgement, list[Judgement]]:
        """The first destination that policy permits, and those it would not have.

        Another one is tried only while policy says that another one may do. When none does, the
        first judgement stands: it is about the model that was asked for.
        """
        judgements: list[Judgement] = []
        for model in self._candidates(exchange):
            judgement = self._ask(exchange, situation, model)
            if judgement.decision.permits:
                return judgement, judgements
            judgements.append(judgement)
            if not judgement.decision.routable:
                break
        return judgements[0], []

    def _candidates(self, exchange: Exchange) -> Iterator[ModelEntry | None]:
        catalogue, principal = self._rooms.catalogue, exchange.principal
        asked = catalogue.find(exchange.model)
        yield asked
        for alias in asked.routes_to if asked is not None else ():
            other, earlier = catalogue.find(alias), exchange.earlier
            if other is None or (earlier is not None and earlier.provider != other.provider.name):
                continue  # nobody else knows what was said before
            if may_use(other, principal.tenant.slug, principal.groups):
                yield other

    def _ask(self, exchange: Exchange, situation: Situation, model: ModelEntry | None) -> Judgement:
        destination = self._destinations.of(exchange, situation, model)
        question = canonical.encode(situation.for_request(destination))
        # A PDP that is down, slow or silent has answered "deny"; an obligation we do not know, or
        # cannot read, voids the permit.
        decision = screen(
            self._rooms.pdp.decide(exchange.principal.tenant.id, Entrypoint.REQUEST, question)
        )
        if not decision.permits:
            return Judgement(model, destination, question, decision)
        if model is None:
            # No policy can make a model that is not there; say no rather than fail later.
            decision = decision.refused(GATEWAY_RULE, "model.unknown")
        else:
            provider = self._rooms.providers.for_model(model)
            decision = upstream.answerable(decision, provider, SHAPES[exchange.shape])
        return Judgement(model, destination, question, decision)

    def _fulfil_before(
        self, judged: Judged, inspected: InspectedRequest, opened: Opened
    ) -> Protected:
        """(8) What is owed before the call: take out what must not leave."""
        with self._rooms.metrics.stage("fulfil_before").time():
            ready = protected(judged, inspected, self._rooms.secret)
        opened.outcome.fulfilled = sorted({item.type for item in judged.decision.obligations})
        opened.outcome.replaced = dict(ready.replaced)
        tenant = judged.exchange.principal.tenant.slug
        for kind, count in ready.replaced.items():
            self._rooms.metrics.entity_replaced(tenant, kind).inc(count)
        return ready

    def _turned_down(
        self, error: ProviderRejected, judged: Judged, ready: Protected, judge: OutputJudge
    ) -> None:
        """(10) and (11) for a provider's refusal: leave of it what the caller may read."""
        exchange = judged.exchange
        reader = self._rooms.readers.of(exchange.principal.tenant.id)
        orders = hidden(judged, ready, reader.instructions)
        turned_down.inspect(error, ready, reader.inspector, orders, judge)

    def _keeping(self, judged: Judged, ready: Protected) -> Keeping | None:
        provider = self._rooms.providers.for_model(judged.model)
        native = judged.exchange.shape in provider.natives
        return self._rooms.stored.keeping(judged, ready, native=native)

    def _refuse(self, exchange: Exchange, decision: Decision, destination: Destination) -> NoReturn:
        """A deny goes 5, 6, 7, 13: it is recorded as an outcome too, and then said."""
        self._rooms.situations.refused(exchange)
        opened = self._opened(exchange, destination)
        opened.settle(OutcomeStatus.DENIED, decision.reasons[0].code)
        if any(reason.code in CANNOT_DECIDE for reason in decision.reasons):
            raise PolicyUnavailable
        raise Refused(decision, self._rooms.render(decision, exchange))

    def _opened(
        self, exchange: Exchange, destination: Destination, model: ModelEntry | None = None
    ) -> Opened:
        rooms = self._rooms

        def spent(usage: Usage) -> None:
            if model is not None:
                rooms.spending.spent(exchange.principal, model, usage, rooms.clock.now())
                rooms.output_rights.index.note(exchange.principal.tenant.id)

        return Opened(rooms.ledger, rooms.clock, rooms.metrics, exchange, destination.model, spent)

    def _output_judge(self, judged: Judged, ready: Protected, opened: Opened) -> OutputJudge:
        rooms = self._rooms
        shape = SHAPES[judged.exchange.shape]
        line = labels.visible(judged.owed.labels)
        around = Surroundings(
            modified=bool(ready.table or ready.surrogates) or line,
            label_impossible=not shape.label_possible(judged.exchange.body),
            rights_record=rights.writable(judged.destination),
        )
        return OutputJudge(rooms.pdp, rooms.metrics, rooms.render, judged, around, opened.outcome)

    def _count(self, exchange: Exchange, decision: Decision) -> None:
        tenant, metrics = exchange.principal.tenant.slug, self._rooms.metrics
        metrics.decided(tenant, "request", decision.effect.value).inc()
        for reason in decision.reasons:
            metrics.denied_by(tenant, reason.rule, reason.code).inc()

    @staticmethod
    def _receipt(judged: Judged, ready: Protected, opened: Opened) -> Receipt:
        exchange, model = judged.exchange, judged.model
        advice = {item.code for item in judged.decision.advice}
        return Receipt(
            exchange_id=exchange.id,
            revision=judged.decision.revision,
            destination=f"{model.provider.name}/{model.upstream}",
            tier=model.provider.tier,
            replaced=ready.replaced,
            synthetic_terms=bool(judged.destination.terms["demo"]),
            labels=tuple(sorted({*judged.owed.labels, *opened.outcome.labels})),
            advice=tuple(sorted({*advice, *opened.outcome.advice})),
            passed_over=judged.passed_over,
            cached=opened.outcome.cached,
            passed_back=opened.passed_back,
        )


def _visible(shape: Shape, body: dict[str, Any]) -> list[str]:
    """What people read of a whole answer."""
    return [place.text for key, place in shape.spoken(body) if shape.visible(key)]
