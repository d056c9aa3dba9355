"""The facts about a provider that a decision rests on, as the tenant's registry has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant


def facts_used(
    installation: Installation, tenant: Tenant, question: dict[str, Any]
) -> list[dict[str, Any]]:
    """Every fact of the question's destination tier: value, source, date, reviewer, expiry.

    Empty when the question names no tier of the registry.
    """
    registry = installation.gateway.terms
    destination = question.get("destination")
    tier = destination.get("tier") if isinstance(destination, dict) else None
    if not isinstance(tier, str) or tier not in registry.base.tiers:
        return []
    sources = registry.base.sources
    rows = []
    for item in registry.states(tenant, tier, installation.clock.now()):
        known = [sources[name] for name in item.fact.sources if name in sources]
        dates = sorted({str(source.doc_date) for source in known if source.doc_date})
        rows.append(
            {
                "fact": item.fact.name,
                "value": item.fact.value,
                "state": item.state,
                "sources": [source.url for source in known] or list(item.fact.sources),
                "document_date": ", ".join(dates),
                "reviewed_by": item.reviewed_by,
                "reviewed_at": item.reviewed_at,
                "expires_at": item.expires_at,
            }
        )
    return rows
