"""The second question, stages 10 and 11: may this much of the output be released?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit import canonical
from gateway.content.inspect import summarise
from gateway.core import policy_input
from gateway.errors import PolicyUnavailable, Withheld
from gateway.pep.obligations import screen
from gateway.pep.ports import Entrypoint, PolicyDecisionPoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.content import Finding, FindingSummary
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Outcome
    from gateway.core.policy_input import Destination
    from gateway.telemetry import Metrics

CANNOT_DECIDE = frozenset({"policy.unavailable", "policy.timeout"})
"""Reason codes that mean no decision could be had, so that trying again is right."""


class OutputJudge:
    """Asks the policy about the output of one exchange, each time something new was found."""

    def __init__(
        self,
        pdp: PolicyDecisionPoint,
        metrics: Metrics,
        render: Callable[[Decision, Exchange], str],
        exchange: Exchange,
        destination: Destination,
        outcome: Outcome,
    ) -> None:
        """`outcome` is told what was found and by which policy revision it was judged."""
        self._pdp = pdp
        self._metrics = metrics
        self._render = render
        self._exchange = exchange
        self._destination = destination
        self._outcome = outcome
        self._findings: list[Finding] = []
        self._asked = False

    def require(self, findings: Iterable[Finding]) -> None:
        """Return only if all that was found so far may be released.

        Raises:
            Withheld: the policy said no.
            PolicyUnavailable: no decision could be had.
        """
        new = list(findings)
        if self._asked and not new:
            return
        self._asked = True
        self._findings += new
        summaries = summarise(self._findings)
        self._outcome.output_findings = {item.type: item.count for item in summaries}
        decision = self._ask(summaries)
        self._outcome.output_revision = decision.revision
        if decision.permits:
            return
        if any(reason.code in CANNOT_DECIDE for reason in decision.reasons):
            raise PolicyUnavailable
        raise Withheld(decision, self._render(decision, self._exchange))

    def _ask(self, summaries: tuple[FindingSummary, ...]) -> Decision:
        principal = self._exchange.principal
        question = policy_input.for_output(
            self._exchange, destination=self._destination, findings=summaries
        )
        decision = screen(
            self._pdp.decide(principal.tenant.id, Entrypoint.OUTPUT, canonical.encode(question))
        )
        if decision.permits and decision.obligations:
            # Nothing that is owed on an output can be done yet, so the permit is void.
            decision = decision.refused("GATEWAY", "obligation.unknown")
        tenant = principal.tenant.slug
        self._metrics.decided(tenant, "output", decision.effect.value).inc()
        for reason in decision.reasons:
            self._metrics.denied_by(tenant, reason.rule, reason.code).inc()
        return decision
