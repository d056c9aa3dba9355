"""``proviso key``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import click

from gateway.cli.acting import operator
from gateway.cli.context import installed
from gateway.identity.key_desk import Wanted

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.group()
def key() -> None:
    """Gateway keys: what people put where an API key goes."""


@key.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--for", "email", help="E-mail address of the person it is for.")
@click.option("--workload", help="Name of the service account it is for, instead of a person.")
@click.option("--label", default="", help="What it is used for.")
@installed
def create(
    installation: Installation, slug: str, email: str | None, workload: str | None, label: str
) -> None:
    """Make a key and show it, this once."""
    if (email is None) == (workload is None):
        raise click.UsageError("Give either --for or --workload.")
    tenant = installation.tenant(slug)
    made = installation.gateway.identity.desk.give(
        tenant.id,
        Wanted(email or "", workload or "", label),
        operator(),
        partial(installation.record, tenant),
    )
    pseudonym = installation.secret.pseudonym(tenant.id, made.facts.principal_id)
    result = {"id": str(made.facts.id), "key": made.text, "principal": pseudonym}
    lines = [made.text, "", "This is the only time the key is shown."]
    if email is not None:
        lines.append(
            "Before the first request its holder accepts the code of use: on the page, with "
            "POST /v1/code-of-use,\nor by `proviso code accept "
            f"--tenant {slug} --for {email}` once they have read it."
        )
    installation.show(result, "\n".join(lines))


@key.command()
@click.argument("key_id", type=UUID)
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def revoke(installation: Installation, key_id: UUID, slug: str) -> None:
    """Stop a key, with effect on its next request."""
    tenant = installation.tenant(slug)
    record = partial(installation.record, tenant)
    facts = installation.gateway.identity.desk.stop(tenant.id, key_id, record)
    installation.show(
        {"id": str(facts.id), "revoked_at": facts.revoked_at}, f"Key …{facts.hint} is revoked."
    )


@key.command(name="list")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def list_keys(installation: Installation, slug: str) -> None:
    """List an organisation's keys; never their text."""
    tenant = installation.tenant(slug)
    rows = [
        {
            "id": str(item.facts.id),
            "hint": item.facts.hint,
            "label": item.facts.label,
            "holder": item.name,
            "kind": item.kind.value,
            "created_at": item.facts.created_at,
            "last_used_on": item.facts.last_used_on,
            "revoked_at": item.facts.revoked_at,
        }
        for item in installation.gateway.identity.keys.held(tenant.id)
    ]
    installation.show(
        rows,
        (
            f"{row['id']}  …{row['hint']}  {'revoked' if row['revoked_at'] else 'active '}"
            f"  last used {row['last_used_on'] or 'never':10}  {row['holder']}  {row['label']}"
            for row in rows
        ),
    )
