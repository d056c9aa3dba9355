"""``proviso hold``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from gateway.cli.acting import found, note, operator, pseudonym, running
from gateway.cli.context import installed
from gateway.retention.holds import PARTS

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.db.keeping import LegalHold

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


@click.group()
def hold() -> None:
    """Legal holds: what must not go while a matter is open."""


@hold.command()
@_TENANT
@click.option("--for", "email", help="E-mail address of the person (default: everybody's things).")
@click.option(
    "--part", type=click.Choice(PARTS), default="all", show_default=True, help="What is held."
)
@click.option("--matter", required=True, help="Reference of the case; no names.")
@installed
def add(installation: Installation, slug: str, email: str | None, part: str, matter: str) -> None:
    """Hold what one person, or the whole organisation, has here."""
    tenant = installation.tenant(slug)
    person = None
    if email is not None:
        record = found(installation, tenant, email)
        person = (record.id, pseudonym(installation, tenant, record))
    with running(installation) as gateway:
        said = partial(
            note, installation, tenant, "hold.added", person[1] if person else "", part=part
        )
        made = gateway.rights.holds.add(
            tenant.id, person, part=part, matter=matter, by=operator(), note=said
        )
    installation.show(_row(made), f"{made.id}: held.")


@hold.command()
@click.argument("hold_id", type=UUID)
@_TENANT
@installed
def release(installation: Installation, hold_id: UUID, slug: str) -> None:
    """End a hold; what is past its time goes with the next run."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        said = partial(note, installation, tenant, "hold.released", str(hold_id))
        ended = gateway.rights.holds.release(tenant.id, hold_id, operator(), said)
    installation.show(_row(ended), f"{ended.id}: released.")


@hold.command(name="list")
@_TENANT
@click.option("--all", "everything", is_flag=True, help="Released ones too.")
@installed
def list_holds(installation: Installation, slug: str, everything: bool) -> None:  # noqa: FBT001
    """List an organisation's holds."""
    tenant = installation.tenant(slug)
    holds = installation.gateway.rights.holds
    rows = [_row(item) for item in holds.list(tenant.id, active=not everything)]
    installation.show(
        rows,
        (
            f"{row['id']}  {row['part']}  {row['pseudonym'] or 'everybody'}  {row['matter']}  "
            f"{'released' if row['released_at'] else 'in force'}"
            for row in rows
        ),
    )


def _row(row: LegalHold) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "pseudonym": row.pseudonym,
        "part": row.part,
        "matter": row.matter,
        "set_at": row.set_at.isoformat(),
        "released_at": row.released_at.isoformat() if row.released_at else None,
    }
