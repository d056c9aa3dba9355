"""``proviso serve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway import serve as server
from gateway.cli.context import installed

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.command()
@installed
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on.")
def serve(installation: Installation, host: str, port: int) -> None:
    """Start the gateway."""
    # Building every room first turns a bad configuration into one line here, instead of a
    # worker that dies again and again.
    gateway = installation.gateway
    click.echo(
        f"Proviso on http://{host}:{port}: {len(gateway.catalogue.models)} models, "
        f"policy {gateway.bundle.revision}, {gateway.settings.policy.engine} engine",
        err=True,
    )
    gateway.database.dispose()
    server.run(installation.settings, installation.path, host, port)
