"""``proviso demo``."""

from __future__ import annotations

import click

from gateway.demo import stage


@click.command()
@click.option("--once", is_flag=True, help="Run the tour and end: 0 when every step held, else 1.")
@click.option("--port", default=8080, show_default=True, help="Port of the gateway.")
def demo(once: bool, port: int) -> None:  # noqa: FBT001
    """Run the whole thing on this machine: gateway, company, sign-in, provider, and a tour."""
    if not stage.run(once=once, port=port):
        raise click.exceptions.Exit(1)
