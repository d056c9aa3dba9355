"""Which obligations this gateway can carry out, and what they add up to.

Semantics of the AuthZEN obligations draft (profile 1.0, July 2026): an
obligation that is unknown or malformed voids the permit; order means nothing;
the obligations of all rules add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway.core.decision import GATEWAY_RULE, Decision, Obligation
from gateway.pep.fulfil import pseudonymise, redact
from gateway.pep.fulfil.protection import Protection

if TYPE_CHECKING:
    from collections.abc import Iterable


class ObligationKind(Protocol):
    """One kind of obligation: a module of `gateway.pep.fulfil`."""

    TYPE: str

    def accepts(self, obligation: Obligation) -> bool:
        """Whether its parameters are well formed."""

    def add(self, protection: Protection, obligation: Obligation) -> Protection:
        """What is to be done, with this obligation added."""


KINDS: dict[str, ObligationKind] = {
    pseudonymise.TYPE: pseudonymise,
    redact.TYPE: redact,
}


def screen(decision: Decision) -> Decision:
    """The decision, turned into a deny if it carries an obligation we could not keep.

    A deny that names no reason gets one, so that every refusal can be explained.
    """
    for obligation in decision.obligations:
        kind = KINDS.get(obligation.type)
        if kind is None:
            return decision.refused(GATEWAY_RULE, "obligation.unknown")
        if not kind.accepts(obligation):
            return decision.refused(GATEWAY_RULE, "obligation.malformed", type=obligation.type)
    if not decision.permits and not decision.reasons:
        return decision.refused(GATEWAY_RULE, "policy.no_reason")
    return decision


def protection(obligations: Iterable[Obligation]) -> Protection:
    """What screened obligations add up to."""
    total = Protection()
    for obligation in obligations:
        total = KINDS[obligation.type].add(total, obligation)
    return total
