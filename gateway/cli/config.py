"""``proviso config``."""

from __future__ import annotations

import difflib
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
    unknown: list[str] = []
    if all(results.values()):
        unknown = _unknown_tiers(installation)
        results["terms"] = not unknown
    remedies = {
        "database": "nobody answers there, or the file cannot be written",
        "schema": "run `proviso db upgrade`" if reached else "not looked at",
        "secret": f"{found.secret_file} is missing; put it back, or `proviso db upgrade` makes one",
        "terms": " ".join(unknown),
    }
    installation.show(
        results,
        (
            f"{name}: ok" if good else f"{name}: FAILS: {remedies[name]}"
            for name, good in results.items()
        ),
    )
    if not all(results.values()):
        raise click.exceptions.Exit(1)


def _unknown_tiers(installation: Installation) -> list[str]:
    """Tiers that no edition of terms knows: every request to them would be refused (IP-01)."""
    known = installation.gateway.terms.base.tiers
    said = []
    for name, provider in installation.settings.providers.items():
        if provider.tier not in known:
            near = difflib.get_close_matches(provider.tier, known, n=1)
            meant = f"Did you mean {near[0]}?" if near else "See `proviso terms list --all`."
            said.append(f"providers.{name}.tier {provider.tier} is in no edition of terms. {meant}")
    return said


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
