"""``proviso code``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.context import installed
from gateway.code_of_use import text_of
from gateway.core.identifiers import PrincipalId
from gateway.db import acknowledgements, principals, tenants
from gateway.db.acknowledgements import CODE_OF_USE, Acknowledgement
from gateway.errors import NotFound

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.group()
def code() -> None:
    """The code of use that people accept before their first request."""


@code.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def show(installation: Installation, slug: str) -> None:
    """Show the code of use that is in force."""
    installation.tenant(slug)
    with installation.database.directory_session() as session:
        record = tenants.by_slug(session, slug)
        version = record.code_version if record is not None else 0
    installation.show({"version": version, "text": text_of(version)}, text_of(version))


@code.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--for", "email", required=True, help="E-mail address of the person.")
@installed
def accept(installation: Installation, slug: str, email: str) -> None:
    """Record that a person has read and accepted the code of use in force."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        person = principals.by_email(session, email)
        record = tenants.by_slug(session, slug)
    if person is None or record is None:
        raise NotFound(f"{slug} has no person {email}.")
    pseudonym = installation.secret.pseudonym(tenant.id, PrincipalId(person.id))
    installation.record(
        tenant, "code_of_use.accepted", pseudonym, version=record.code_version, channel="cli"
    )
    with installation.database.tenant_session(tenant.id, write=True) as session:
        acknowledgements.accept(
            session,
            Acknowledgement(
                tenant_id=tenant.id,
                principal_id=person.id,
                document=CODE_OF_USE,
                version=record.code_version,
                at=installation.clock.now(),
                channel="cli",
            ),
        )
    installation.show(
        {"version": record.code_version, "principal": pseudonym},
        f"{email} has accepted version {record.code_version}.",
    )
