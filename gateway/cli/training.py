"""``proviso training``."""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.attributes.training import COURSES
from gateway.cli.context import installed
from gateway.cli.people import person, pseudonym
from gateway.core.identifiers import uuid7
from gateway.core.values import dataclass
from gateway.db import principals, training
from gateway.db.training import TrainingRecord
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

_DAY = click.DateTime(["%Y-%m-%d"])
_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
_COLUMNS = ("email", "course", "completed_on", "valid_until")
_LARGEST = 20_000_000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of records."""

    number: int
    email: str
    course: str
    completed_on: date
    valid_until: date


@click.group(name="training")
def training_group() -> None:
    """Which courses people have taken (AI literacy, AI Act Art. 4)."""


@training_group.command()
@_TENANT
@click.option("--for", "email", required=True, help="E-mail address of the person.")
@click.option("--course", type=click.Choice(COURSES), required=True, help="Which course it was.")
@click.option("--completed-on", type=_DAY, required=True, help="YYYY-MM-DD.")
@click.option("--valid-until", type=_DAY, required=True, help="The last day on which it counts.")
@installed
def record(
    installation: Installation,
    slug: str,
    email: str,
    course: str,
    completed_on: datetime,
    valid_until: datetime,
) -> None:
    """Record that a person has completed a course."""
    tenant = installation.tenant(slug)
    who = person(installation, tenant, email)
    line = Line(0, email, course, completed_on.date(), valid_until.date())
    _require_order(line)
    installation.record(
        tenant, "training.recorded", pseudonym(installation, tenant, who), course=course,
        valid_until=line.valid_until.isoformat(),
    )  # fmt: skip
    _save(installation, tenant, [(who.id, line)])
    installation.show(
        {"course": course, "valid_until": line.valid_until},
        f"{email} has completed {course}; it counts until {line.valid_until}.",
    )


@training_group.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_TENANT
@click.option("--known-only", is_flag=True, help="Leave out people who are not known here.")
@installed
def import_file(
    installation: Installation,
    file: Path,
    slug: str,
    known_only: bool,  # noqa: FBT001 - a click option
) -> None:
    """Record a CSV file with the columns email, course, completed_on, valid_until.

    Either every line is recorded or none.
    """
    tenant = installation.tenant(slug)
    content = _content(file)
    lines = read_lines(content)
    with installation.database.tenant_session(tenant.id) as session:
        found = {item.email: principals.by_email(session, item.email) for item in lines}
    known = [
        (who.id, line) for line in lines if (who := found[line.email]) is not None and who.active
    ]
    unknown = len(lines) - len(known)
    if unknown and not known_only:
        named = [str(item.number) for item in lines if found[item.email] is None][:_SHOWN]
        raise InvalidRequest(
            f"{unknown} lines name people who are not known or not active here (such as lines "
            f"{', '.join(named) or 'of people who left'}). Nothing was recorded. "
            "Say --known-only to leave them out."
        )
    digest = hashlib.sha256(content.encode()).hexdigest()
    installation.record(tenant, "training.imported", digest, lines=len(known))
    _save(installation, tenant, known)
    installation.show(
        {"recorded": len(known), "left_out": unknown},
        f"{len(known)} records; {unknown} left out.",
    )


@training_group.command(name="list")
@_TENANT
@installed
def list_records(installation: Installation, slug: str) -> None:
    """List what was recorded, newest first."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        rows: list[dict[str, Any]] = [
            {
                "email": email,
                "course": item.course,
                "completed_on": item.completed_on.isoformat(),
                "valid_until": item.valid_until.isoformat(),
                "recorded_by": item.recorded_by,
            }
            for item, email in training.every(session)
        ]
    installation.show(
        rows,
        (f"{row['completed_on']}  {row['course']:9} until {row['valid_until']}  {row['email']}"
         for row in rows),
    )  # fmt: skip


def read_lines(content: str) -> list[Line]:
    """The lines of a file of records.

    Raises:
        InvalidRequest: a column is missing or a line cannot be read; the text names the line,
            and never what stands in it.
    """
    reader = csv.DictReader(io.StringIO(content))
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidRequest(f"The first line must name the columns {', '.join(_COLUMNS)}.")
    return [_line(number, row) for number, row in enumerate(reader, 2)]


def _line(number: int, row: dict[str, str | None]) -> Line:
    email, course, completed, until = ((row[name] or "").strip() for name in _COLUMNS)
    if "@" not in email or course not in COURSES:
        raise InvalidRequest(
            f"Line {number}: an e-mail address, and a course of {', '.join(COURSES)}."
        )
    try:
        line = Line(
            number, email.lower(), course, date.fromisoformat(completed), date.fromisoformat(until)
        )
    except ValueError:
        raise InvalidRequest(f"Line {number}: days are written YYYY-MM-DD.") from None
    _require_order(line)
    return line


def _require_order(line: Line) -> None:
    if line.valid_until < line.completed_on:
        where = f"Line {line.number}: a" if line.number else "A"
        raise InvalidRequest(f"{where} course does not end to count before it was completed.")


def _content(file: Path) -> str:
    if file.stat().st_size > _LARGEST:
        raise InvalidRequest(f"The file is larger than {_LARGEST} bytes.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest("The file is not UTF-8.") from None


def _save(installation: Installation, tenant: Tenant, known: list[tuple[UUID, Line]]) -> None:
    now, by = installation.clock.now(), f"operator:{getpass.getuser()}"
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.add_all(
            TrainingRecord(
                tenant_id=tenant.id,
                id=uuid7(),
                principal_id=who,
                course=line.course,
                completed_on=line.completed_on,
                valid_until=line.valid_until,
                recorded_by=by,
                recorded_at=now,
            )
            for who, line in known
        )
