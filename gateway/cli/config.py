"""``proviso config``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gateway.cli.context import installed
from gateway.db import migrate
from gateway.db.session import Database

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.group()
def config() -> None:
    """Check or show the configuration."""


@config.command()
@installed
def check(installation: Installation) -> None:
    """Read the configuration and try what it names. Exit code 1 when something is wrong."""
    found = installation.settings
    database = Database(found.database)
    reached = database.ping()
    results = {
        "configuration": True,
        "database": reached,
        "schema": reached and migrate.is_current(database),
        "secret": found.secret_file.exists(),
    }
    installation.show(
        results, (f"{name}: {'ok' if good else 'FAILS'}" for name, good in results.items())
    )
    if not all(results.values()):
        raise click.exceptions.Exit(1)


@config.command()
@installed
def show(installation: Installation) -> None:
    """Show the effective configuration, without its secrets."""
    shown = installation.settings.model_dump(mode="json")
    for section in (*shown["providers"].values(), *shown["sign_in"].values(), shown["server"]):
        for name in ("api_key", "client_secret", "metrics_token"):
            if section.get(name):
                section[name] = "(set)"
    click.echo(json.dumps(shown, indent=2))
