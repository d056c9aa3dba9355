"""The obligation ``force_stateless``: parameters that would make a provider keep content go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.asked import STATEFUL
from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "force_stateless"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"names": ["store", …]}``, each one that may go."""
    return words(obligation, "names", STATEFUL) is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with these parameters forced too."""
    names = words(obligation, "names") or frozenset()
    return owed._replace(stateless=owed.stateless | names)


def apply(body: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """`body` without those parameters; ``store`` is said to be off where it was said at all."""
    if not names.intersection(body):
        return body
    kept = {key: value for key, value in body.items() if key not in names}
    return {**kept, "store": False} if "store" in names and "store" in body else kept
