"""``proviso db``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway import secret_file
from gateway.cli.acting import operator
from gateway.cli.context import installed
from gateway.core.identifiers import TenantId
from gateway.db import migrate, tenants

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_CODED = "0006"
"""The revision from which on the state of a log carries a code."""


@click.group()
def db() -> None:
    """Prepare the database."""


@db.command()
@installed
def upgrade(installation: Installation) -> None:
    """Bring the database to this version's schema, and make the secret file if it is missing."""
    found = installation.settings
    made = secret_file.create(found.secret_file)
    before = migrate.revision_of(installation.unchecked)
    migrate.upgrade(found.database)
    text = "The database is up to date."
    if before is not None and before < _CODED:
        _carry_over(installation)
    if made:
        text += f" A new root secret is in {found.secret_file}: back it up apart from the database."
    installation.show({"current": True, "secret_created": made}, text)


def _carry_over(installation: Installation) -> None:
    """Logs from before their state had a code: each goes on as it is, and says so."""
    with installation.database.directory_session() as session:
        known = [TenantId(record.id) for record in tenants.every(session)]
    log = installation.gateway.log
    for tenant in known:
        if log.size(tenant):
            log.adopt(tenant, operator())


@db.command()
@installed
def status(installation: Installation) -> None:
    """Say whether the schema is current. Exit code 1 when it is not."""
    current = migrate.is_current(installation.unchecked)
    installation.show({"current": current}, "up to date" if current else "needs `db upgrade`")
    if not current:
        raise click.exceptions.Exit(1)
