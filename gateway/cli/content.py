"""``proviso tenant content`` and ``proviso tenant keys``: sealed content and its keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from gateway.cli.acting import note, operator, running
from gateway.cli.context import installed
from gateway.sealed.content import MOST_DAYS
from gateway.sealed.keys import rotate_tenant_key

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.command()
@click.argument("slug")
@click.option("--on/--off", "on", required=True, help="Whether content is kept.")
@click.option("--dpia", default="", help="Reference of the impact assessment; --on takes one.")
@click.option("--days", type=int, default=MOST_DAYS, show_default=True, help="For how long.")
@installed
def content(installation: Installation, slug: str, on: bool, dpia: str, days: int) -> None:  # noqa: FBT001
    """Keep sealed content of permitted requests, or stop; off by default."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        action = "content.turned_on" if on else "content.turned_off"
        said = partial(note, installation, tenant, action, dpia.strip()[:200], days=days)
        gateway.rights.content.turn(
            tenant.id, on=on, dpia=dpia, days=days, by=operator(), note=said
        )
    state = f"sealed and kept for {days} days" if on else "not kept"
    installation.show({"kept": on, "dpia": dpia, "days": days}, f"Content of {slug} is {state}.")


@click.command()
@click.argument("slug")
@click.option("--master", is_flag=True, help="Only wrap the keys anew with the newest master key.")
@installed
def rotate(installation: Installation, slug: str, master: bool) -> None:  # noqa: FBT001
    """Turn over the key that content of an organisation is sealed under; traffic goes on."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        note(installation, tenant, "keys.rotated", "master" if master else "tenant")
        keys = gateway.rights.keys
        if master:
            with gateway.database.tenant_session(tenant.id, write=True) as session:
                done = keys.rewrap_tenant_keys(session, tenant.id)
        else:
            done = 0
            for done, total in rotate_tenant_key(gateway.database, keys, tenant.id):
                click.echo(f"{done} of {total} keys", err=True)
    installation.show({"wrapped": done}, f"{done} keys are wrapped anew.")
