"""The two questions: may this be sent there, and may this much of the output be released?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.audit import canonical
from gateway.content.inspect import summarise
from gateway.core import policy_input
from gateway.core.signals import SILENT
from gateway.errors import PolicyUnavailable, Withheld
from gateway.pep.obligations import ON_OUTPUT, owed, screen
from gateway.pep.ports import Entrypoint, PolicyDecisionPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gateway.core.catalogue import ModelEntry
    from gateway.core.content import Finding, FindingSummary
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Outcome
    from gateway.core.policy_input import Destination, Situation
    from gateway.core.signals import OutputSignals
    from gateway.pep.fulfil.owed import Owed
    from gateway.telemetry import Metrics

CANNOT_DECIDE = frozenset({"policy.unavailable", "policy.timeout"})
"""Reason codes that mean no decision could be had, so that trying again is right."""


class Judgement(NamedTuple):
    """What policy said of one destination."""

    model: ModelEntry | None
    destination: Destination
    question: bytes
    decision: Decision


class Judged(NamedTuple):
    """An exchange that policy permits, with its decision durable."""

    exchange: Exchange
    situation: Situation
    decision: Decision
    model: ModelEntry
    destination: Destination
    owed: Owed
    passed_over: tuple[str, ...] = ()
    """Aliases of the destinations that policy would not have."""


class Surroundings(NamedTuple):
    """What about an answer is known before its words are."""

    modified: bool
    """Whether values are restored in it, or a label is put under it."""

    label_impossible: bool
    """Whether no line may be added to it."""

    rights_record: bool
    """Whether its rights record can be written."""


class OutputJudge:
    """Asks the policy about the output of one exchange, each time something new was seen."""

    def __init__(
        self,
        pdp: PolicyDecisionPoint,
        metrics: Metrics,
        render: Callable[[Decision, Exchange], str],
        judged: Judged,
        surroundings: Surroundings,
        outcome: Outcome,
    ) -> None:
        """`outcome` is told what was found and by which policy revision it was judged."""
        self._pdp = pdp
        self._metrics = metrics
        self._render = render
        self._judged = judged
        self._surroundings = surroundings
        self._outcome = outcome
        self._findings: list[Finding] = []
        self._signals = SILENT
        self.asked = False
        """Whether policy has been asked about the output at all."""

        self.withheld = False
        """Whether policy has said no to the output."""
        self.marks: tuple[str, ...] = ()
        """The machine-readable marks that every piece of media in the output bears."""
        self.owed = judged.owed
        """What is owed on the output: from the first decision, and from those about the output."""

    @property
    def summaries(self) -> tuple[FindingSummary, ...]:
        """What was found in the output so far."""
        return summarise(self._findings) if self._findings else ()

    def require(self, findings: Collection[Finding], signals: OutputSignals | None = None) -> None:
        """Return only if all that was seen so far may be released.

        Raises:
            Withheld: the policy said no.
            PolicyUnavailable: no decision could be had.
        """
        if self.heard(findings, signals):
            self.ask()

    def heard(self, findings: Collection[Finding], signals: OutputSignals | None = None) -> bool:
        """Note what was seen; whether policy must be asked before anything goes on."""
        new = bool(findings)
        if new:
            self._findings += findings
        if signals is not None and signals is not SILENT:
            joined = self._signals.joined(signals)
            if joined != self._signals:
                self._signals, new = joined, True
        return new or not self.asked

    def ask(self) -> None:
        """Ask about all that was seen so far.

        Raises:
            Withheld, PolicyUnavailable: as `require`.
        """
        self.asked = True
        summaries = self.summaries
        self._outcome.output_findings = {item.type: item.count for item in summaries}
        decision = self._ask(summaries)
        self._outcome.output_revision = decision.revision
        if decision.permits:
            self.owed = owed(decision.obligations, self.owed)
            said = {*self._outcome.advice, *[item.code for item in decision.advice]}
            self._outcome.advice = tuple(sorted(said))
            return
        if any(reason.code in CANNOT_DECIDE for reason in decision.reasons):
            raise PolicyUnavailable
        self.withheld = True
        raise Withheld(decision, self._render(decision, self._judged.exchange))

    def _ask(self, summaries: tuple[FindingSummary, ...]) -> Decision:
        judged = self._judged
        tenant = judged.exchange.principal.tenant
        question = judged.situation.for_output(judged.destination, self._output(summaries))
        decision = screen(
            self._pdp.decide(tenant.id, Entrypoint.OUTPUT, canonical.encode(question)), ON_OUTPUT
        )
        self._metrics.decided(tenant.slug, "output", decision.effect.value).inc()
        for reason in decision.reasons:
            self._metrics.denied_by(tenant.slug, reason.rule, reason.code).inc()
        return decision

    def _output(self, summaries: tuple[FindingSummary, ...]) -> dict[str, Any]:
        """The section ``output`` of the policy input."""
        around = self._surroundings
        return {
            **policy_input.seen(summaries),
            **self._signals.as_input(),
            "marks": list(self.marks),
            "modified": around.modified,
            "label_due": around.label_impossible,
            "rights_record": around.rights_record,
        }
