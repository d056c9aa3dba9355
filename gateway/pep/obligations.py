"""Which obligations this gateway can carry out, and what they add up to.

Semantics of the AuthZEN obligations draft (profile 1.0, July 2026): an
obligation that is unknown or malformed voids the permit; order means nothing;
the obligations of all rules add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway.core.decision import GATEWAY_RULE, Decision, Obligation
from gateway.core.same import OfTheSame
from gateway.pep.fulfil import (
    force_stateless,
    label,
    mark,
    pseudonymise,
    record_rights,
    redact,
    replace_identifiers,
    retain,
    strip_metadata,
)
from gateway.pep.fulfil.owed import Owed

if TYPE_CHECKING:
    from collections.abc import Mapping


class ObligationKind(Protocol):
    """One kind of obligation: a module of `gateway.pep.fulfil`."""

    TYPE: str

    def accepts(self, obligation: Obligation) -> bool:
        """Whether its parameters are well formed."""

    def add(self, owed: Owed, obligation: Obligation) -> Owed:
        """What is to be done, with this obligation added."""


def _by_type(*kinds: ObligationKind) -> dict[str, ObligationKind]:
    return {kind.TYPE: kind for kind in kinds}


ON_OUTPUT = _by_type(label, mark, record_rights, redact)
"""What can still be done once the answer is there."""

ON_REQUEST = {
    **_by_type(force_stateless, pseudonymise, replace_identifiers, retain, strip_metadata),
    **ON_OUTPUT,
}
"""What can be done when nothing has been sent yet."""


_SCREENED: OfTheSame[Decision] = OfTheSame()
_OWED: OfTheSame[Owed] = OfTheSame()
_NOTHING = Owed()


def screen(decision: Decision, kinds: Mapping[str, ObligationKind] = ON_REQUEST) -> Decision:
    """The decision, turned into a deny if it carries an obligation we could not keep.

    A deny that names no reason gets one, so that every refusal can be explained.
    """
    known = _SCREENED.get(decision, kinds)
    return known or _SCREENED.put(decision, kinds, _screened(decision, kinds))


def _screened(decision: Decision, kinds: Mapping[str, ObligationKind]) -> Decision:
    for obligation in decision.obligations:
        kind = kinds.get(obligation.type)
        if kind is None:
            return decision.refused(GATEWAY_RULE, "obligation.unknown")
        if not kind.accepts(obligation):
            return decision.refused(GATEWAY_RULE, "obligation.malformed", type=obligation.type)
    if not decision.permits and not decision.reasons:
        return decision.refused(GATEWAY_RULE, "policy.no_reason")
    return decision


def owed(obligations: tuple[Obligation, ...], so_far: Owed = _NOTHING) -> Owed:
    """What screened obligations add up to, on top of what is owed already."""
    known = _OWED.get(obligations, so_far)
    if known is not None:
        return known
    total = so_far
    for obligation in obligations:
        total = ON_REQUEST[obligation.type].add(total, obligation)
    return _OWED.put(obligations, so_far, total)
