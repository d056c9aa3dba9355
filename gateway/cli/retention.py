"""``proviso retention``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from gateway.cli.acting import note, operator, running
from gateway.cli.context import installed
from gateway.errors import Conflict
from gateway.retention.schedule import CLASSES

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


@click.group()
def retention() -> None:
    """How long things are kept."""


@retention.command()
@_TENANT
@installed
def show(installation: Installation, slug: str) -> None:
    """Show the period of each class, with its bounds, in days."""
    periods = installation.gateway.rights.periods.of(installation.tenant(slug).id)
    rows = [
        {
            "class": item.name,
            "days": periods[item.name],
            "floor": item.floor,
            "ceiling": item.ceiling,
            "what": item.text,
        }
        for item in CLASSES
    ]
    installation.show(
        rows,
        (
            f"{row['class']:15} {row['days']:5} days ({row['floor']} to {row['ceiling']})  "
            f"{row['what']}"
            for row in rows
        ),
    )


@retention.command(name="set")
@click.argument("name", metavar="CLASS")
@click.argument("days", type=int)
@_TENANT
@installed
def change(installation: Installation, name: str, days: int, slug: str) -> None:
    """Keep a class for so many days."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        said = partial(note, installation, tenant, "retention.changed", name, days=days)
        gateway.rights.periods.change(tenant.id, name, days, by=operator(), note=said)
    installation.show({"class": name, "days": days}, f"{name}: {days} days.")


@retention.command()
@_TENANT
@installed
def run(installation: Installation, slug: str) -> None:
    """Take out now what is past its time."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        report = gateway.rights.expiry.run(tenant.id)
    if report is None:
        raise Conflict("Another run is at it.")
    removed = {name: count for name, count in report.removed.items() if count}
    held = {name: count for name, count in report.held.items() if count}
    said = ", ".join(f"{count} {name}" for name, count in removed.items()) or "nothing"
    kept = ", ".join(held) or "nothing"
    installation.show({"removed": removed, "held": held}, f"Removed: {said}. Held: {kept}.")
