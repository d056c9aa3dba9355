"""``proviso decisions``: looking through the decision log from the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from gateway.cli.context import Installation, installed
from gateway.db import log_search, search_words
from gateway.db.search_words import Filter


@click.group()
def decisions() -> None:
    """Look through decisions. Looking is recorded."""


@decisions.command("list")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@click.option("--effect", type=click.Choice(["permit", "deny"]), help="What policy said.")
@click.option("--rule", default="", help="A rule that spoke, such as IP-05.")
@click.option("--model", default="", help="The model, by its alias.")
@click.option("--principal", default="", help="A person, by pseudonym.")
@click.option("--finding", default="", help="A type of finding, such as EMAIL_ADDRESS.")
@click.option("--purpose", default="", help="The purpose's code.")
@click.option(
    "--cost", type=click.Choice([str(cents) for cents in search_words.COSTS]), default=None,
    help="At least so many cents.",
)  # fmt: skip
@click.option("--before", type=click.IntRange(min=0), help="Only below this position.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000),
    default=log_search.PAGE,
    show_default=True,
    help="Most decisions shown at once.",
)
@installed
def listing(
    installation: Installation,
    slug: str,
    since: datetime | None,
    until: datetime | None,
    cost: str | None,
    limit: int,
    effect: str | None,
    **asked: Any,
) -> None:
    """List decisions that fit, newest first; a line says where the next page begins."""
    tenant = installation.tenant(slug)
    wanted = Filter(
        effect=effect or "",
        cost=search_words.cost(cost or ""),
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
        **asked,
    )
    with installation.database.tenant_session(tenant.id) as session:
        page = log_search.search(session, wanted, limit)
        ends = log_search.outcomes(session, [row.exchange_id for row in page.rows])
    noted = search_words.asked(wanted, len(page.rows))
    installation.record_reading(tenant, "decisions.listed", **noted)
    rows = [
        {
            "sequence": row.sequence,
            "at": row.recorded_at.isoformat(timespec="seconds"),
            "exchange": row.exchange_id,
            "effect": row.effect,
            "outcome": ends[row.exchange_id].status if row.exchange_id in ends else "",
            "model": row.model,
            "principal": row.principal,
            "rules": row.rules.strip(","),
        }
        for row in page.rows
    ]
    lines = ["  ".join(str(value) or "-" for value in row.values()) for row in rows]
    if page.older is not None:
        lines.append(f"Further: --before {page.older}")
    installation.show({"decisions": rows, "before": page.older}, iter(lines))
