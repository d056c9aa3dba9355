"""``proviso tenant profile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gateway.attributes.seats import seat
from gateway.cli.context import installed
from gateway.db import profiles
from gateway.db.profiles import TenantProfile

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

REVENUES = ("under_1m", "over_1m", "unknown")


@click.command()
@click.argument("slug")
@click.option(
    "--establishment",
    "establishments",
    multiple=True,
    help="EU, EEA, UK, or a two-letter country code; several times for several. Replaces all.",
)
@click.option(
    "--revenue", type=click.Choice(REVENUES), help="Band of yearly revenue in US dollars."
)
@click.option("--works-council/--no-works-council", default=None, help="Whether there is one.")
@installed
def profile(
    installation: Installation,
    slug: str,
    establishments: tuple[str, ...],
    revenue: str | None,
    works_council: bool | None,  # noqa: FBT001 - a click option
) -> None:
    """Record where an organisation is established and how large it is, or show it.

    Without a record everything is read strictly: rules of the European Union are asked.
    """
    tenant = installation.tenant(slug)
    seats = sorted({seat(item) for item in establishments})
    changes: dict[str, Any] = {
        "establishments": seats or None,
        "revenue": revenue,
        "works_council": works_council,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes:
        installation.record(tenant, "tenant.profile_changed", slug, **_said(changes))
        _save(installation, tenant, changes)
    with installation.database.tenant_session(tenant.id) as session:
        row = profiles.of_tenant(session) or _unknown(tenant)
    known = sorted(row.establishments)
    result = {
        "establishments": known,
        "works_council": row.works_council,
        "revenue": row.revenue,
    }
    text = (
        f"established in {', '.join(known) or 'nowhere recorded'}; "
        f"{'a' if row.works_council else 'no'} works council; revenue {row.revenue}"
    )
    installation.show(result, text)


def _said(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in changes.items()
    }


def _save(installation: Installation, tenant: Tenant, changes: dict[str, Any]) -> None:
    with installation.database.tenant_session(tenant.id, write=True) as session:
        row = profiles.of_tenant(session)
        if row is None:
            row = _unknown(tenant)
            session.add(row)
        for name, value in changes.items():
            setattr(row, name, value)


def _unknown(tenant: Tenant) -> TenantProfile:
    return TenantProfile(
        tenant_id=tenant.id, establishments=[], works_council=True, revenue="unknown"
    )
