"""The tables of the decision log, without the ORM's bookkeeping.

Every statement names its tenant; nothing here reads another's rows. What each request
adds is written by `gateway.db.log_plain` and `gateway.db.log_postgres`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.db.decision_log import (
    SPARSE,
    LogEntry,
    LogHead,
    OpenExchange,
    Worker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gateway.db.log_group import Line

_ENTRY, _HEAD, _OPEN, _WORKER = (
    cast("Table", mapped.__table__) for mapped in (LogEntry, LogHead, OpenExchange, Worker)
)
_PAGE = 2_000
NOBODY = UUID(int=0)
"""A worker that never lives: what it left open is closed at the next reconciliation."""

_LOCK_HEAD = (
    select(_HEAD.c.size, _HEAD.c.frontier, _HEAD.c.code)
    .where(_HEAD.c.tenant_id == bindparam("tenant"))
    .with_for_update()
)
_SAVE_HEAD = (
    update(_HEAD)
    .where(_HEAD.c.tenant_id == bindparam("tenant"))
    .values(
        size=bindparam("new_size"),
        frontier=bindparam("new_frontier"),
        code=bindparam("new_code"),
    )
)


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that leaves a row with the same key alone."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


HeadRow = tuple[int, bytes, bytes]
"""A tree's size, its frontier, and the code that a gateway has put on the two."""


def lock_head(connection: Connection, tenant: UUID) -> HeadRow:
    """The state of the tenant's tree, locked until the transaction ends."""
    row = connection.execute(_LOCK_HEAD, {"tenant": tenant}).first()
    if row is None:
        fresh = {"tenant_id": tenant, "size": 0, "frontier": b"", "code": b""}
        connection.execute(insert_new(connection, _HEAD), fresh)
        row = connection.execute(_LOCK_HEAD, {"tenant": tenant}).first()
    if row is None:
        raise LookupError("the tenant's log has no head")
    return int(row[0]), bytes(row[1]), bytes(row[2])


def save_head(
    connection: Connection, tenant: UUID, size: int, frontier: bytes, code: bytes
) -> None:
    """Store the tree's new state."""
    found = {"tenant": tenant, "new_size": size, "new_frontier": frontier, "new_code": code}
    connection.execute(_SAVE_HEAD, found)


def insert_entries(connection: Connection, tenant: UUID, first: int, lines: Sequence[Line]) -> None:
    """Add entries, in order, from that place on."""
    connection.execute(
        insert(_ENTRY),
        [
            {"tenant_id": tenant, "sequence": sequence, **line._asdict()}
            for sequence, line in enumerate(lines, first)
        ],
    )


def worker_seen(connection: Connection, worker: UUID, at: datetime) -> None:
    """Note that a worker lives."""
    changed = connection.execute(
        update(_WORKER).where(_WORKER.c.id == worker).values(seen_at=at)
    ).rowcount
    if not changed:
        connection.execute(insert_new(connection, _WORKER), {"id": worker, "seen_at": at})


def living_workers(connection: Connection, since: datetime) -> set[UUID]:
    """The workers heard of since then."""
    return set(connection.scalars(select(_WORKER.c.id).where(_WORKER.c.seen_at >= since)))


def forget_workers(connection: Connection, before: datetime) -> None:
    """Forget workers that have been silent for long."""
    connection.execute(delete(_WORKER).where(_WORKER.c.seen_at < before))


OpenRow = Row[Any]
"""One open exchange: its id, worker, principal, model, and when it was opened."""


def open_rows(connection: Connection, tenant: UUID, before: datetime) -> list[OpenRow]:
    """Exchanges opened before then and still open, oldest first, at most a thousand."""
    query = (
        select(
            _OPEN.c.exchange_id,
            _OPEN.c.worker_id,
            _OPEN.c.principal,
            _OPEN.c.model,
            _OPEN.c.opened_at,
        )
        .where(_OPEN.c.tenant_id == tenant, _OPEN.c.opened_at < before)
        .order_by(_OPEN.c.opened_at)
        .limit(1_000)
    )
    return list(connection.execute(query))


def head(connection: Connection, tenant: UUID) -> HeadRow:
    """The state of the tenant's tree, not locked."""
    row = connection.execute(
        select(_HEAD.c.size, _HEAD.c.frontier, _HEAD.c.code).where(_HEAD.c.tenant_id == tenant)
    ).first()
    return (int(row[0]), bytes(row[1]), bytes(row[2])) if row else (0, b"", b"")


def entries(
    connection: Connection, tenant: UUID, *, first: int = 0, until: int | None = None
) -> Iterator[Row[Any]]:
    """Every entry from `first` on and below `until`, in order, read in pages."""
    return _paged(connection, tenant, select(_ENTRY), first, until)


def leaf_hashes(connection: Connection, tenant: UUID, until: int) -> Iterator[bytes]:
    """The leaf hashes of the first `until` entries, in order, read in pages."""
    query = select(_ENTRY.c.sequence, _ENTRY.c.leaf_hash)
    for row in _paged(connection, tenant, query, 0, until):
        yield bytes(row.leaf_hash)


def after_last(connection: Connection, tenant: UUID) -> int:
    """The number after the last entry's."""
    query = select(func.max(_ENTRY.c.sequence)).where(_ENTRY.c.tenant_id == tenant)
    last = connection.scalar(query)
    return 0 if last is None else int(last) + 1


def count(connection: Connection, tenant: UUID) -> int:
    """How many entries there are: fewer than `after_last` when one is missing."""
    query = select(func.count()).where(_ENTRY.c.tenant_id == tenant)
    return int(connection.scalar(query) or 0)


def entry_at(connection: Connection, tenant: UUID, sequence: int) -> Row[Any] | None:
    """The entry at that place."""
    return connection.execute(
        select(_ENTRY).where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.sequence == sequence)
    ).first()


def newest(connection: Connection, tenant: UUID, kind: str, status: str) -> Row[Any] | None:
    """The last entry of that kind with that status; the kind is none that each request leaves."""
    query = select(_ENTRY).where(
        _ENTRY.c.tenant_id == tenant, _ENTRY.c.kind == kind, SPARSE, _ENTRY.c.status == status
    )
    return connection.execute(query.order_by(_ENTRY.c.sequence.desc()).limit(1)).first()


def about_exchange(connection: Connection, tenant: UUID, exchange_id: str) -> list[Row[Any]]:
    """The entries about one exchange, in order."""
    # Sorted here: asked for the order, SQLite would read the whole log in it.
    found = connection.execute(
        select(_ENTRY).where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.exchange_id == exchange_id)
    )
    return sorted(found, key=lambda row: int(row.sequence))


def _paged(
    connection: Connection, tenant: UUID, query: Select[Any], first: int, until: int | None
) -> Iterator[Row[Any]]:
    query = query.where(_ENTRY.c.tenant_id == tenant).order_by(_ENTRY.c.sequence).limit(_PAGE)
    if until is not None:
        query = query.where(_ENTRY.c.sequence < until)
    while True:
        rows = connection.execute(query.where(_ENTRY.c.sequence >= first)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        first = rows[-1].sequence + 1
