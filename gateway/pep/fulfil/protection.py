"""What obligations add up to before content leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.decision import Obligation


@dataclass(frozen=True, slots=True)
class Protection:
    """What must be taken out of a request: finding types, by treatment."""

    pseudonymised: frozenset[str] = frozenset()
    """Replaced by numbered placeholders, restored in the answer."""

    redacted: frozenset[str] = frozenset()
    """Replaced for good; wins where a type is under both treatments."""


def finding_types(obligation: Obligation) -> frozenset[str] | None:
    """The non-empty list of finding types under ``types``, or None when it is anything else."""
    types = obligation.params.get("types")
    if set(obligation.params) != {"types"} or not isinstance(types, list) or not types:
        return None
    if not all(isinstance(item, str) and item for item in types):
        return None
    return frozenset(types)
