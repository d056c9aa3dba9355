"""``proviso config``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed
from gateway.db import migrate

if TYPE_CHECKING:
    from gateway.cli.context import Installation


_SECRETS = frozenset(
    {
        "api_key", "client_secret", "master_keys", "metrics_token", "secret_access_key",
        "session_token", "token",
    }
)  # fmt: skip


@click.group()
def config() -> None:
    """Check or show the configuration."""


@config.command()
@installed
def check(installation: Installation) -> None:
    """Read the configuration and try what it names. Exit code 1 when something is wrong."""
    found = installation.settings
    database = installation.unchecked
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
    click.echo(json.dumps(_without_secrets(shown), indent=2))


def _without_secrets(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_secrets(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: "(set)" if name in _SECRETS and value else _without_secrets(value)
        for name, value in node.items()
    }
