"""``proviso terms diff``: what another edition changes, and whom it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed
from gateway.db import tenants
from gateway.errors import NotFound
from gateway.terms import differences
from gateway.terms.told import value as in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.context import Installation
    from gateway.terms.differences import Difference


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option("--tenant", "slug", help="Short name of the organisation, to diff one tier.")
@installed
def diff(installation: Installation, before: str, after: str | None, slug: str | None) -> None:
    """What differs between two editions (folders or versions) BEFORE and AFTER.

    With one tier and --tenant: what the organisation has stated or agreed otherwise.
    """
    if (after is None) == (slug is None):
        raise click.UsageError("Give two editions, or a tier and --tenant.")
    if slug is not None:
        found = _own(installation, before, slug)
        touched: list[dict[str, Any]] = []
    else:
        editions = installation.gateway.terms.editions
        facts = [editions.named(name).facts for name in (before, after or "")]
        found = differences.between(*facts)
        touched = _touched(installation, found)
    rows = [
        {"tier": item.tier, "fact": item.fact, "before": item.before, "after": item.after}
        for item in found
    ]
    installation.show({"changed": rows, "touched": touched}, _words(found, touched))


def _own(installation: Installation, tier: str, slug: str) -> list[Difference]:
    tenant, now = installation.tenant(slug), installation.clock.now()
    registry = installation.gateway.terms
    if tier not in registry.base.tiers:
        raise NotFound(f"There is no tier {tier}. `proviso terms list --all` names them.")
    states = registry.states(tenant, tier, now)
    for item in registry.record(tenant).overrides:
        if item.row.tier == tier and item.state(now) == "in force":
            states += [item.standing(name) for name in item.row.facts]
    return differences.own(registry.base, states, now)


def _touched(installation: Installation, found: list[Difference]) -> list[dict[str, Any]]:
    """Tenants that have confirmed a changed fact, and the models that run under it."""
    gateway = installation.gateway
    changed = {(item.tier, item.fact) for item in found}
    with gateway.database.directory_session() as session:
        every = [record.value() for record in tenants.every(session)]
    models = [
        entry.alias
        for entry in gateway.catalogue.models.values()
        if differences.touched(found, gateway.terms.base, entry.provider.tier, entry.upstream)
    ]
    return [
        {
            "tenant": tenant.slug,
            "review_again": [f"{tier}: {fact}" for tier, fact in sorted(confirmed & changed)],
            "models": [
                alias
                for alias in models
                if not gateway.catalogue.models[alias].allowed_tenants
                or tenant.slug in gateway.catalogue.models[alias].allowed_tenants
            ],
        }
        for tenant in every
        if (confirmed := set(gateway.terms.record(tenant).latest)) & changed or models
    ]


def _words(found: list[Difference], touched: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "Nothing differs."
    for item in found:
        yield f"{item.tier}: {item.fact}"
        yield f"    before: {_said(item.before)}"
        yield f"    after:  {_said(item.after)}"
    for row in touched:
        models, again = ", ".join(row["models"]) or "none", ", ".join(row["review_again"])
        yield f"tenant {row['tenant']}: models {models}; to review again: {again or 'nothing'}"


def _said(stated: Any) -> str:
    if stated is None:
        return "not stated"
    return in_words(stated) if not isinstance(stated, dict) or "days" in stated else str(stated)
