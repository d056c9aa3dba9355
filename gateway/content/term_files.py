"""A tenant's lists as files bring them, and as the database keeps them.

Plain text has a term a line. CSV with a header has a column ``term`` or ``name``, or ``first name``
and ``last name``; a list of people may say of each ``role``, ``unit``, ``site`` and ``started``,
which is the staff directory (rule AN-03).
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from datetime import date
from typing import TYPE_CHECKING

import orjson

from gateway.content.dictionaries import LONGEST, MOST_TERMS, SHORTEST, both_ways
from gateway.content.directory import Employee
from gateway.core.values import dataclass
from gateway.errors import InvalidTerms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES = 64 << 20
_TYPE = re.compile(r"[A-Z]{2,16}(?:_[A-Z]{1,16}){0,3}")
_RESERVED = ("SECRET", "SPECIAL_")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_PERSON = "PERSON"
_SEPARATORS = ",;\t"
_TERM = ("term", "name", "full_name", "value")
_FIRST = ("first_name", "given_name", "firstname", "vorname")
_LAST = ("last_name", "family_name", "surname", "lastname", "nachname")
_FACTS = {
    "role": ("role", "title", "job_title", "function", "position"),
    "unit": ("unit", "department", "team", "division"),
    "site": ("site", "place", "location", "office", "city"),
    "started": ("started", "start_date", "entry_date", "hired"),
}
"""What a column may be called, in any case, with blanks or underscores."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one file says."""

    terms: tuple[str, ...]
    employees: tuple[Employee, ...] = ()
    """Facts of each person without the name, where the file tells any."""


def check_labels(name: str, kind: str) -> None:
    """Refuse what rules and placeholders could not be called.

    Raises:
        InvalidTerms: the name of a list or the type of its findings is no such label.
    """
    if not _NAME.fullmatch(name):
        raise InvalidTerms(
            "A name has up to 50 small letters, digits, - and _, such as staff-2026."
        )
    if not _TYPE.fullmatch(kind) or kind.startswith(_RESERVED):
        raise InvalidTerms(
            "A type is written in capitals, such as PERSON, CUSTOMER or PROJECT_NAME; SECRET and"
            " SPECIAL_… are found by other means."
        )


def read(raw: bytes, kind: str, *, table: bool) -> Listed:
    """The terms of a file for findings of type `kind`; `table` says that it is CSV.

    Raises:
        InvalidTerms: it is too large or not of this form; the message names the line.
    """
    if len(raw) > MOST_BYTES:
        raise InvalidTerms(f"The file is larger than {MOST_BYTES >> 20} MB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidTerms(f"Byte {error.start} of the file is not UTF-8.") from error
    listed = _table(text, kind) if table else Listed(tuple(_lines(text)))
    if not listed.terms:
        raise InvalidTerms("The file has no terms.")
    return listed


def pack(listed: Listed) -> bytes:
    """As the database keeps it."""
    people = [(*item[:3], item.started and item.started.isoformat()) for item in listed.employees]
    return zlib.compress(orjson.dumps({"terms": listed.terms, "people": people}), 6)


def unpack(content: bytes) -> Listed:
    """What was packed.

    Raises:
        InvalidTerms: it was not packed here.
    """
    try:
        document = orjson.loads(zlib.decompress(content))
        people = [
            Employee(role, unit, site, date.fromisoformat(started) if started else None)
            for role, unit, site, started in document["people"]
        ]
        return Listed(tuple(document["terms"]), tuple(people))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise InvalidTerms("A stored dictionary is damaged; add it again.") from error


def _lines(text: str) -> Iterator[str]:
    count = 0
    for number, line in enumerate(text.splitlines(), 1):
        term = " ".join(line.split())
        if term:
            count += 1
            _check(term, number, count)
            yield term


def _check(term: str, number: int, count: int) -> None:
    """Refuse a term by the number of its line: what it says is nobody's business here."""
    if not SHORTEST <= len(term) <= LONGEST:
        raise InvalidTerms(
            f"Line {number} has {len(term)} characters; {SHORTEST} to {LONGEST} are allowed."
        )
    if count > MOST_TERMS:
        raise InvalidTerms(f"The file has more than {MOST_TERMS} terms.")


def _table(text: str, kind: str) -> Listed:
    header = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    terms: dict[str, None] = {}
    employees: list[Employee] = []
    try:
        columns = _columns(next(reader, []), kind)
        for row in reader:
            if not any(row):
                continue
            for term in _terms(row, columns, kind):
                terms[term] = None
                _check(term, reader.line_num, len(terms))
            if kind == _PERSON and columns.keys() & _FACTS.keys():
                employees.append(_employee(row, columns, reader.line_num))
    except csv.Error as error:
        raise InvalidTerms(f"Line {reader.line_num} is not CSV.") from error
    return Listed(tuple(terms), tuple(employees))


def _columns(header: list[str], kind: str) -> Mapping[str, int]:
    """Where each thing stands.

    Raises:
        InvalidTerms: no column holds the terms.
    """
    wanted = {"term": _TERM, "first": _FIRST, "last": _LAST, **_FACTS}
    at = {re.sub(r"[ -]+", "_", cell.strip().lower()): place for place, cell in enumerate(header)}
    found = {
        meaning: next(at[name] for name in names if name in at)
        for meaning, names in wanted.items()
        if any(name in at for name in names)
    }
    if "term" not in found and not (kind == _PERSON and {"first", "last"} <= found.keys()):
        raise InvalidTerms(
            "The first line of a CSV file names its columns; one must be term or name, or for"
            " people first_name and last_name."
        )
    return found


def _terms(row: list[str], columns: Mapping[str, int], kind: str) -> tuple[str, ...]:
    if kind != _PERSON:
        return (_cell(row, columns, "term"),)
    first, last = _cell(row, columns, "first"), _cell(row, columns, "last")
    if first and last:
        return both_ways(first, last)
    name = _cell(row, columns, "term") or last or first
    first, _, last = name.rpartition(" ")
    return both_ways(first, last) if first and "," not in name else (name,)


def _employee(row: list[str], columns: Mapping[str, int], number: int) -> Employee:
    started = _cell(row, columns, "started")
    try:
        day = date.fromisoformat(started) if started else None
    except ValueError as error:
        raise InvalidTerms(f"Line {number} has a start that is no date like 2024-05-31.") from error
    role, unit, site = (_cell(row, columns, name)[:LONGEST] for name in ("role", "unit", "site"))
    return Employee(role, unit, site, day)


def _cell(row: list[str], columns: Mapping[str, int], name: str) -> str:
    at = columns.get(name)
    return " ".join(row[at].split()) if at is not None and at < len(row) else ""
