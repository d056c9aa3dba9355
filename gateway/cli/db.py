"""``proviso db``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway import secret_file
from gateway.cli.context import installed
from gateway.db import migrate
from gateway.db.session import Database

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.group()
def db() -> None:
    """Prepare the database."""


@db.command()
@installed
def upgrade(installation: Installation) -> None:
    """Bring the database to this version's schema, and make the secret file if it is missing."""
    found = installation.settings
    made = secret_file.create(found.secret_file)
    migrate.upgrade(found.database)
    text = "The database is up to date."
    if made:
        text += f" A new root secret is in {found.secret_file}: back it up apart from the database."
    installation.show({"current": True, "secret_created": made}, text)


@db.command()
@installed
def status(installation: Installation) -> None:
    """Say whether the schema is current. Exit code 1 when it is not."""
    current = migrate.is_current(Database(installation.settings.database))
    installation.show({"current": current}, "up to date" if current else "needs `db upgrade`")
    if not current:
        raise click.exceptions.Exit(1)
