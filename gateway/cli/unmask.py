"""``proviso unmask``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from gateway.cli.acting import acting, running
from gateway.cli.context import installed

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.db.unmaskings import Unmasking

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
_AS = click.option("--as", "email", required=True, help="E-mail address of who answers for it.")


@click.group()
def unmask() -> None:
    """Tell who stands behind a pseudonym; it takes two people (rule AN-05)."""


@unmask.command()
@click.argument("pseudonym")
@_TENANT
@_AS
@click.option("--reason", required=True, help="A reason on the list, such as security_incident.")
@click.option("--hours", type=int, default=24, show_default=True, help="For how long, at most 72.")
@installed
def ask(
    installation: Installation, pseudonym: str, slug: str, email: str, reason: str, hours: int
) -> None:
    """Ask for it; a second person has to agree."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        actor = acting(installation, tenant, email)
        row = gateway.rights.unmaskings.ask(actor, pseudonym, reason, hours)
    installation.show(_row(row), f"{row.id}: waits for a second person.")


@unmask.command()
@click.argument("request_id", type=UUID)
@_TENANT
@_AS
@installed
def approve(installation: Installation, request_id: UUID, slug: str, email: str) -> None:
    """Agree to a colleague's request; from then on the hours run."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        row = gateway.rights.unmaskings.approve(acting(installation, tenant, email), request_id)
    installation.show(_row(row), f"{row.id}: can be read until {row.expires_at:%F %R} UTC.")


@unmask.command()
@click.argument("request_id", type=UUID)
@_TENANT
@_AS
@installed
def show(installation: Installation, request_id: UUID, slug: str, email: str) -> None:
    """Show who it is, to one of the two people and until the end."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        found = gateway.rights.unmaskings.show(acting(installation, tenant, email), request_id)
    result = {"pseudonym": found.pseudonym, "email": found.email, "name": found.name}
    installation.show(result, f"{found.pseudonym}  {found.email}  {found.name}")


@unmask.command(name="list")
@_TENANT
@installed
def list_requests(installation: Installation, slug: str) -> None:
    """List all requests; people appear under their pseudonyms."""
    tenant = installation.tenant(slug)
    rows = [_row(item) for item in installation.gateway.rights.unmaskings.list(tenant.id)]
    installation.show(
        rows,
        (
            f"{row['id']}  {row['pseudonym']}  {row['reason']}  {row['hours']} h  "
            f"asked {row['asker']}  agreed {row['approver'] or 'nobody yet'}  read {row['shown']}"
            for row in rows
        ),
    )


def _row(row: Unmasking) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "pseudonym": row.pseudonym,
        "reason": row.reason,
        "hours": row.hours,
        "asker": row.asker,
        "asked_at": row.asked_at.isoformat(),
        "approver": row.approver,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "shown": row.shown,
    }
