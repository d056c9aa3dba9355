"""``proviso audit ship`` and ``proviso audit export-rows``."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from gateway.audit.outflow import periods
from gateway.audit.outflow.shipper import Shipper, receivers
from gateway.audit.outflow.sinks import SinkUnavailable
from gateway.cli.audit import audit
from gateway.cli.context import installed
from gateway.core.identifiers import uuid7
from gateway.errors import AuditUnavailable, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.context import Installation
    from gateway.core.identifiers import TenantId

_DAY = timedelta(days=1)


@audit.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--to", "name", required=True, help="A receiver named in audit.sinks.")
@click.option("--once", is_flag=True, help="End when everything there is was given.")
@installed
def ship(installation: Installation, slug: str, name: str, *, once: bool) -> None:
    """Give the log to a receiver, going on where it stopped; exit code 1 when it takes nothing."""
    known = receivers(installation.settings.audit.sinks)
    tenant = installation.tenant(slug)
    if name not in known:
        raise click.UsageError(f"audit.sinks names no {name}. Known: {', '.join(known) or 'none'}.")
    if slug not in known[name].tenants:
        raise click.UsageError(f"audit.sinks.{name}.tenants does not name {slug}.")
    ledger = installation.gateway.ledger
    shipper = Shipper(
        installation.database, ledger, installation.clock, uuid7(), known,
        installation.gateway.metrics,
    )  # fmt: skip
    ledger.start()
    ended, given = Event(), 0
    try:
        with _until_told(ended):
            while True:
                given += _once(shipper, tenant.id, name, ended, patient=not once)
                if once or ended.wait(installation.settings.audit.ship_seconds):
                    break
    finally:
        ledger.stop()
    installation.show({"to": name, "entries": given}, f"{name}: {given} entries")


@audit.command("export-rows")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(periods.KINDS),
    default="csv",
    show_default=True,
    help="How the rows are written.",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@installed
def export_rows(
    installation: Installation,
    slug: str,
    kind: str,
    since: datetime | None,
    until: datetime | None,
    output: Path,
) -> None:
    """Write the log of a period as rows. For a file that proves itself, see `audit export`."""
    tenant = installation.tenant(slug)
    first = since.replace(tzinfo=UTC) if since else None
    last = until.replace(tzinfo=UTC) + _DAY if until else None
    # Who took the log out is in the log before it is out (GDPR Art. 32).
    period = {"since": _day(since), "until": _day(until)}
    installation.record_reading(tenant, "log.exported", format=kind, **period)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        count = periods.write(
            installation.database, tenant.id, kind, stream, since=first, until=last
        )
    installation.show({"file": str(output), "rows": count}, f"{output}: {count} rows")


def _once(shipper: Shipper, tenant: TenantId, name: str, ended: Event, *, patient: bool) -> int:
    try:
        return shipper.ship(tenant, name, ended=ended)
    except (SinkUnavailable, StorageUnavailable, AuditUnavailable) as error:
        if patient:
            click.echo(f"{error.message} It is tried again.", err=True)
            return 0
        click.echo(f"Error: {error.message}", err=True)
        raise click.exceptions.Exit(1) from error


@contextmanager
def _until_told(ended: Event) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the work after the piece in hand."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in signals}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
