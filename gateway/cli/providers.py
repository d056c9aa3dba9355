"""``proviso providers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.context import Installation


@click.group()
def providers() -> None:
    """What runs models, and under which contract."""


@providers.command(name="list")
@installed
def list_(installation: Installation) -> None:
    """List the configured providers, without their credentials.

    Whether a running gateway leaves one alone because it keeps failing is told by its metric
    proviso_provider_circuit.
    """
    found = installation.settings
    rows = [
        {
            "name": name,
            "wire": str(item.wire),
            "addresses": [item.base_url, *(it.base_url or item.base_url for it in item.replicas)],
            "tier": item.tier,
            "region": item.region,
            "models": sorted(
                alias for alias, model in found.models.items() if model.provider == name
            ),
            "patience": item.patience.model_dump(),
        }
        for name, item in sorted(found.providers.items())
    ]
    installation.show(rows, _lines(rows))


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['name']}  {row['wire']}  {row['tier']}  {row['region']}"
        addresses = row["addresses"] if row["wire"] != "echo" else ["(this process)"]
        for number, address in enumerate(addresses, start=1):
            yield f"  address {number}: {address}"
        yield f"  models: {', '.join(row['models']) or 'none'}"
