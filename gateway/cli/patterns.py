"""``proviso patterns``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.acting import operator
from gateway.cli.context import installed
from gateway.content.dictionaries import Shape, TenantTerms, detectors
from gateway.content.term_files import check_labels
from gateway.core.identifiers import uuid7
from gateway.db import detection_terms as table
from gateway.db.detection_terms import TenantPattern
from gateway.errors import NotFound

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


@click.group()
def patterns() -> None:
    """Shapes of an organisation's own numbers and codes, in RE2 syntax.

    A change counts within seconds, without a restart.
    """


@patterns.command()
@_TENANT
@click.option(
    "--type",
    "kind",
    default="REFERENCE_NUMBER",
    show_default=True,
    help="What it finds, as policies and the log name it.",
)
@click.argument("name")
@click.argument("expression")
@installed
def add(installation: Installation, slug: str, kind: str, name: str, expression: str) -> None:
    r"""Add the pattern NAME, such as '\bKD-([0-9]{6})\b'; a group, if any, is the value."""
    tenant = installation.tenant(slug)
    check_labels(name, kind)
    with installation.database.tenant_session(tenant.id) as session:
        others = [
            Shape(row.name, row.expression, row.type)
            for row in table.patterns(session)
            if row.name != name
        ]
    # What workers will compile is compiled here first, with the budget of all.
    detectors(TenantTerms(shapes=(*others, Shape(name, expression, kind))))
    installation.record(tenant, "pattern.set", name, type=kind)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.merge(
            TenantPattern(
                tenant_id=tenant.id,
                name=name,
                type=kind,
                expression=expression,
                edition=uuid7(),
                set_at=installation.clock.now(),
                set_by=operator(),
            )
        )
    installation.show({"name": name, "type": kind}, f"{name} is looked for, as {kind}.")


@patterns.command(name="list")
@_TENANT
@installed
def list_patterns(installation: Installation, slug: str) -> None:
    """List them."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        rows = [
            {
                "name": row.name,
                "type": row.type,
                "expression": row.expression,
                "set_at": row.set_at,
                "set_by": row.set_by,
            }
            for row in table.patterns(session)
        ]
    installation.show(
        rows, (f"{row['name']:30} {row['type']:20} {row['expression']}" for row in rows)
    )


@patterns.command()
@_TENANT
@click.argument("name")
@installed
def remove(installation: Installation, slug: str, name: str) -> None:
    """Remove the pattern NAME."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        if table.pattern(session, name) is None:
            raise NotFound(f"There is no pattern {name}. `proviso patterns list` shows them.")
    installation.record(tenant, "pattern.removed", name)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.delete(table.pattern(session, name))
    installation.show({"name": name}, f"{name} is removed.")
