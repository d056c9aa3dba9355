"""Tiers and statements as people and programs are told of them: shell, page and API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.terms.statements import DECIDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from gateway.core.principal import Tenant
    from gateway.terms.effective import ReviewState
    from gateway.terms.registry import TermsRegistry
    from gateway.terms.statements import Source


@dataclass(frozen=True, slots=True)
class TierStanding:
    """Whether a tenant may use a tier now, and what is in the way."""

    tier: str
    name: str
    usable: bool
    unknown_facts: tuple[str, ...]
    next_expiry: datetime | None
    """When the first of the facts that decide has to be confirmed again."""


def tiers(
    registry: TermsRegistry, tenant: Tenant, at: datetime, used: Iterable[str] | None = None
) -> list[TierStanding]:
    """Every tier by name, or only those `used`; overlays are no tiers of their own.

    Raises:
        StorageUnavailable: the tenant's record could not be read.
    """
    wanted = registry.base.tiers.keys() - registry.base.overlays.keys()
    if used is not None:
        wanted &= set(used)
    return [_tier(registry, tenant, tier, at) for tier in sorted(wanted)]


def _tier(registry: TermsRegistry, tenant: Tenant, tier: str, at: datetime) -> TierStanding:
    effective = registry.effective(tenant, tier, "", at)
    ends = [it.expires_at for it in effective.used if it.expires_at and it.name in DECIDING]
    return TierStanding(
        tier=tier,
        name=registry.base.tiers[tier].name,
        usable=effective.known and not effective.unknown_facts,
        unknown_facts=effective.unknown_facts,
        next_expiry=min(ends, default=None),
    )


def row(item: ReviewState, sources: Mapping[str, Source]) -> dict[str, Any]:
    """A statement as JSON; its digest is what a confirmation of it names."""
    return {
        "tier": item.fact.tier,
        "fact": item.fact.name,
        "value": item.fact.value,
        "confidence": item.fact.confidence,
        "note": item.fact.note,
        "decides": item.fact.name in DECIDING,
        "sources": [
            {"id": name, "title": it.title, "url": it.url, "doc_date": it.doc_date}
            if (it := sources.get(name))
            else {"id": name}
            for name in item.fact.sources
        ],
        "copies": list(item.copies),
        "origin": item.origin,
        "digest": item.fact.digest,
        "established": item.fact.established,
        "state": item.state,
        "reviewed_by": item.reviewed_by,
        "reviewed_at": item.reviewed_at,
        "expires_at": item.expires_at,
    }


def value(found: Any) -> str:
    """A value in words."""
    if isinstance(found, dict):
        days = found["days"]
        return f"{'no number of days' if days is None else f'{days} days'}; {found['text']}"
    if isinstance(found, list | tuple):
        return ", ".join(found) or "none"
    if isinstance(found, bool):
        return "yes" if found else "no"
    return str(found)
