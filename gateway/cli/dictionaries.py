"""``proviso dictionaries``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.acting import operator
from gateway.cli.context import installed
from gateway.content.dictionaries import MOST_TERMS, Dictionary, DictionaryDetector
from gateway.content.directory import Directory
from gateway.content.term_files import MOST_BYTES, check_labels, pack, read
from gateway.core.identifiers import uuid7
from gateway.db import detection_terms as table
from gateway.db.detection_terms import TenantDictionary
from gateway.errors import InvalidTerms, NotFound

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


@click.group()
def dictionaries() -> None:
    """Lists of what an organisation wants found: its people, customers, projects.

    A change counts within seconds, without a restart.
    """


@dictionaries.command()
@_TENANT
@click.option("--type", "kind", required=True, help="What they are: PERSON, CUSTOMER, PROJECT, …")
@click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A term a line; or CSV with a header (term or name; first_name, last_name, role, unit,"
    " site, started for the staff directory).",
)
@click.option("--name", default="", help="Name of the list (default: the file's).")
@click.option("--match-case", is_flag=True, help="Only as it is written.")
@click.option("--parts", is_flag=True, help="Also inside of longer words.")
@installed
def add(
    installation: Installation,
    slug: str,
    kind: str,
    path: Path,
    name: str,
    match_case: bool,  # noqa: FBT001 - a click option
    parts: bool,  # noqa: FBT001 - a click option
) -> None:
    """Add a list, or put it in the place of the one of that name."""
    tenant = installation.tenant(slug)
    name = name or path.stem.lower()
    check_labels(name, kind)
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    listed = read(raw, kind, table=path.suffix.lower() in {".csv", ".tsv"})
    # What workers will build is built here first, so that they never meet what they cannot use.
    DictionaryDetector([Dictionary(name, kind, listed.terms, not match_case, not parts)])
    Directory(listed.employees)
    count = len(listed.terms)
    with installation.database.tenant_session(tenant.id) as session:
        beside = table.terms_beside(session, name)
    if beside + count > MOST_TERMS:
        raise InvalidTerms(
            f"With the other lists there would be {beside + count} terms;"
            f" at most {MOST_TERMS} are allowed."
        )
    installation.record(
        tenant, "dictionary.set", name, type=kind, terms=count, people=len(listed.employees)
    )
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.merge(
            TenantDictionary(
                tenant_id=tenant.id,
                name=name,
                type=kind,
                any_case=not match_case,
                whole_words=not parts,
                count=count,
                content=pack(listed),
                edition=uuid7(),
                set_at=installation.clock.now(),
                set_by=operator(),
            )
        )
    result = {"name": name, "type": kind, "terms": count, "people": len(listed.employees)}
    installation.show(result, f"{name}: {count} terms of type {kind} for {slug}.")


@dictionaries.command(name="list")
@_TENANT
@installed
def list_dictionaries(installation: Installation, slug: str) -> None:
    """List them, without their terms."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        rows = [
            {
                "name": row.name,
                "type": row.type,
                "terms": row.count,
                "match_case": not row.any_case,
                "parts": not row.whole_words,
                "set_at": row.set_at,
                "set_by": row.set_by,
            }
            for row in table.dictionaries(session)
        ]
    installation.show(
        rows,
        (f"{row['name']:30} {row['type']:20} {row['terms']:7} terms, {row['set_at']:%Y-%m-%d}"
         for row in rows),
    )  # fmt: skip


@dictionaries.command()
@_TENANT
@click.argument("name")
@installed
def remove(installation: Installation, slug: str, name: str) -> None:
    """Remove the list NAME."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        if table.dictionary(session, name) is None:
            raise NotFound(f"There is no list {name}. `proviso dictionaries list` shows them.")
    installation.record(tenant, "dictionary.removed", name)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.delete(table.dictionary(session, name))
    installation.show({"name": name}, f"{name} is removed.")
