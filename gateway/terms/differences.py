"""What differs between two editions, or between the base facts and what a tenant relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from gateway.terms.effective import ReviewState
    from gateway.terms.statements import BaseFacts, Fact, Overlay


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of one tier that is stated otherwise, or newly, or no more."""

    tier: str
    fact: str
    before: Any
    """The value, or a list of them; None where nothing was stated."""

    after: Any


def between(before: BaseFacts, after: BaseFacts) -> list[Difference]:
    """Every fact whose statements are not the same in two editions, by tier and name.

    An overlay that speaks of other models, tiers or features is a difference called ``match``.
    """
    found = []
    for tier in sorted(before.tiers.keys() | after.tiers.keys()):
        one, other = (_statements(facts, tier) for facts in (before, after))
        for name in sorted(one.keys() | other.keys()):
            digests = [[item.digest for item in side.get(name, ())] for side in (one, other)]
            if digests[0] != digests[1]:
                found.append(Difference(tier, name, _values(one, name), _values(other, name)))
        laid = [facts.overlays.get(tier) for facts in (before, after)]
        matches = [_match(item) if item else None for item in laid]
        if matches[0] != matches[1]:
            found.append(Difference(tier, "match", *matches))
    return found


def own(facts: BaseFacts, states: Iterable[ReviewState], at: datetime) -> list[Difference]:
    """What a tenant has stated or agreed otherwise than the base says of a tier."""
    found = []
    for state in states:
        if state.origin == "base":
            continue
        base = facts.tiers[state.fact.tier].at(at)
        found.append(
            Difference(
                state.fact.tier, state.fact.name, _values(base, state.fact.name), state.fact.value
            )
        )
    return found


def touched(differences: Iterable[Difference], facts: BaseFacts, tier: str, upstream: str) -> bool:
    """Whether a model of `tier` runs under terms that differ.

    A change of an overlay touches every model that it speaks of, whatever the feature.
    """
    changed = {item.tier for item in differences}
    if tier in changed:
        return True
    return any(
        overlay.tier.id in changed and overlay.concerns(tier, upstream, overlay.features)
        for overlay in facts.overlays.values()
    )


def _statements(facts: BaseFacts, tier: str) -> Mapping[str, tuple[Fact, ...]]:
    return facts.tiers[tier].statements if tier in facts.tiers else {}


def _values(statements: Mapping[str, tuple[Fact, ...]], name: str) -> Any:
    values = [item.value for item in statements.get(name, ())]
    return values[0] if len(values) == 1 else values or None


def _match(overlay: Overlay) -> dict[str, list[str] | bool]:
    return {
        "models": sorted(overlay.models),
        "tiers": sorted(overlay.tiers),
        "not_tiers": sorted(overlay.not_tiers),
        "features": sorted(overlay.features),
        "floor": sorted(overlay.floor),
        "otherwise": overlay.otherwise,
    }
