"""``proviso subject``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.acting import found, note, operator, pseudonym, running
from gateway.cli.context import installed
from gateway.cli.files import write_private
from gateway.retention import readable

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


@click.group()
def subject() -> None:
    """Rights of people: what is kept about them, and stopping its use."""


@subject.command()
@click.argument("email")
@_TENANT
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write to.",
)
@installed
def export(installation: Installation, email: str, slug: str, output: Path) -> None:
    """Write everything about one person, as JSON and as a page (GDPR Art. 15)."""
    tenant = installation.tenant(slug)
    record = found(installation, tenant, email)
    with running(installation) as gateway:
        subjects = gateway.rights.subjects
        document = subjects.export(subjects.person(tenant, record), operator())
    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = [output / "subject.json", output / "subject.html"]
    write_private(files[0], json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    write_private(files[1], readable.page(document))
    installation.show(
        {"files": [str(file) for file in files]}, "\n".join(str(file) for file in files)
    )


@subject.command()
@click.argument("email")
@_TENANT
@click.option("--reason", required=True, help="Why, such as the reference of the objection.")
@installed
def restrict(installation: Installation, email: str, slug: str, reason: str) -> None:
    """Stop the use of a person's rows in reports; they stay kept (GDPR Art. 18)."""
    tenant = installation.tenant(slug)
    record = found(installation, tenant, email)
    name = pseudonym(installation, tenant, record)
    with running(installation) as gateway:
        said = partial(note, installation, tenant, "subject.restricted", name)
        gateway.rights.restrictions.add(
            tenant.id, record.id, name, reason=reason, by=operator(), note=said
        )
    installation.show({"pseudonym": name, "restricted": True}, f"{name}: in no report any more.")


@subject.command()
@click.argument("email")
@_TENANT
@installed
def release(installation: Installation, email: str, slug: str) -> None:
    """Lift a restriction."""
    tenant = installation.tenant(slug)
    record = found(installation, tenant, email)
    name = pseudonym(installation, tenant, record)
    with running(installation) as gateway:
        said = partial(note, installation, tenant, "subject.released", name)
        gateway.rights.restrictions.lift(tenant.id, record.id, said)
    installation.show({"pseudonym": name, "restricted": False}, f"{name}: in reports again.")
