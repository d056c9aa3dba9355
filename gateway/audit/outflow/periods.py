"""The log of a period as a file, for people who want rows rather than proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from gateway.audit.outflow import parquet
from gateway.audit.outflow.formats import FORMATS
from gateway.audit.outflow.record import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.audit.outflow.record import Record
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

KINDS = ("csv", "parquet", "jsonl", "ocsf")
_PAGE = 2_000


def write(
    database: Database,
    tenant: TenantId,
    kind: str,
    file: BinaryIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write the entries recorded in a period to `file`, as one of `KINDS`; how many.

    Raises:
        ConfigurationError: Parquet was asked for and its library is not installed.
        StorageUnavailable: the database did not answer.
    """
    pages = _pages(database, tenant, since, until)
    if kind == "parquet":
        return parquet.write(pages, file)
    form, count = FORMATS[kind], 0
    file.write(form.heading)
    for page in pages:
        file.write(form.encode(page))
        count += len(page)
    return count


def _pages(
    database: Database, tenant: TenantId, since: datetime | None, until: datetime | None
) -> Iterator[list[Record]]:
    """Pages of the period; each is a transaction of its own, so that none stays open for long."""
    first = 0
    while True:
        with database.connection(tenant) as connection:
            page = read(connection, tenant, first, _PAGE, since=since, until=until)
        if not page:
            return
        yield page
        first = page[-1].sequence + 1
