"""``proviso tenant``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from gateway.cli import content
from gateway.cli.context import installed
from gateway.core.identifiers import uuid7
from gateway.db import tenants
from gateway.db.tenants import TenantRecord
from gateway.errors import Conflict, InvalidRequest

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@click.group()
def tenant() -> None:
    """Organisations that use this gateway."""


@tenant.command()
@click.argument("slug")
@click.option("--name", help="The organisation's full name (default: the short one).")
@click.option("--language", default="en", show_default=True, help="Language of refusals.")
@click.option("--demo", is_flag=True, help="Accept synthetic provider terms. Never for real work.")
@installed
def create(
    installation: Installation,
    slug: str,
    name: str | None,
    language: str,
    demo: bool,  # noqa: FBT001 - a click option
) -> None:
    """Add an organisation under a short name (lower-case letters, digits, hyphens)."""
    if not _SLUG.fullmatch(slug):
        raise InvalidRequest("A short name has 1 to 40 lower-case letters, digits or hyphens.")
    record = TenantRecord(
        id=uuid7(),
        slug=slug,
        name=name or slug,
        demo=demo,
        language=language,
        code_version=1,
        created_at=installation.clock.now(),
    )
    with installation.database.directory_session(write=True) as session:
        if tenants.by_slug(session, slug) is not None:
            raise Conflict(f"There is a tenant {slug} already.")
        session.add(record)
    installation.record(record.value(), "tenant.created", slug, demo=demo)
    installation.show({"id": record.id, "slug": slug}, f"Tenant {slug} is ready.")


@tenant.command(name="list")
@installed
def list_tenants(installation: Installation) -> None:
    """List the organisations."""
    with installation.database.directory_session() as session:
        rows = [
            {"id": str(item.id), "slug": item.slug, "name": item.name, "demo": item.demo}
            for item in tenants.every(session)
        ]
    installation.show(rows, (f"{row['slug']}\t{row['name']}" for row in rows))


tenant.add_command(content.content)
tenant.add_command(content.rotate, "rotate-keys")
