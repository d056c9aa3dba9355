"""Writing the decision log: the statements of the hot path, without the ORM's bookkeeping.

Every statement names its tenant; nothing here reads another's rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.db.decision_log import (
    Checkpoint,
    LogEntry,
    LogHead,
    OpenExchange,
    PolicyInput,
    Worker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_ENTRY, _HEAD, _CHECKPOINT, _INPUT, _OPEN, _WORKER = (
    cast("Table", mapped.__table__)
    for mapped in (LogEntry, LogHead, Checkpoint, PolicyInput, OpenExchange, Worker)
)


# Made once: building a statement costs about as much as running it on SQLite.
_LOCK_HEAD = (
    select(_HEAD.c.size, _HEAD.c.frontier)
    .where(_HEAD.c.tenant_id == bindparam("tenant"))
    .with_for_update()
)
_SAVE_HEAD = (
    update(_HEAD)
    .where(_HEAD.c.tenant_id == bindparam("tenant"))
    .values(size=bindparam("new_size"), frontier=bindparam("new_frontier"))
)
_INSERT_ENTRY = insert(_ENTRY)
_INSERT_OPEN = insert(_OPEN)
_CLOSE = delete(_OPEN).where(
    _OPEN.c.tenant_id == bindparam("tenant"),
    _OPEN.c.exchange_id.in_(bindparam("exchanges", expanding=True)),
)


def _insert_new(connection: Connection, table: Table) -> Any:
    """An insert that leaves a row with the same key alone."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def lock_head(connection: Connection, tenant: UUID) -> tuple[int, bytes]:
    """The size and frontier of the tenant's tree, locked until the transaction ends."""
    row = connection.execute(_LOCK_HEAD, {"tenant": tenant}).first()
    if row is None:
        fresh = {"tenant_id": tenant, "size": 0, "frontier": b""}
        connection.execute(_insert_new(connection, _HEAD), fresh)
        row = connection.execute(_LOCK_HEAD, {"tenant": tenant}).one()
    return int(row[0]), bytes(row[1])


def save_head(connection: Connection, tenant: UUID, size: int, frontier: bytes) -> None:
    """Store the tree's new state."""
    connection.execute(_SAVE_HEAD, {"tenant": tenant, "new_size": size, "new_frontier": frontier})


def insert_entries(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add entries, in order."""
    connection.execute(_INSERT_ENTRY, rows)


def keep_inputs(connection: Connection, tenant: UUID, inputs: dict[bytes, bytes]) -> None:
    """Keep policy inputs by digest, unless they are there already."""
    if inputs:
        connection.execute(
            _insert_new(connection, _INPUT),
            [
                {"tenant_id": tenant, "digest": digest, "canonical": question}
                for digest, question in inputs.items()
            ],
        )


def open_exchanges(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Remember exchanges whose outcome is owed."""
    if rows:
        connection.execute(_INSERT_OPEN, rows)


def close_exchanges(connection: Connection, tenant: UUID, exchange_ids: list[str]) -> int:
    """Forget exchanges whose outcome is recorded; how many of them were open."""
    if not exchange_ids:
        return 0
    found = {"tenant": tenant, "exchanges": exchange_ids}
    return connection.execute(_CLOSE, found).rowcount


def worker_seen(connection: Connection, worker: UUID, at: datetime) -> None:
    """Note that a worker lives."""
    changed = connection.execute(
        update(_WORKER).where(_WORKER.c.id == worker).values(seen_at=at)
    ).rowcount
    if not changed:
        connection.execute(_insert_new(connection, _WORKER), {"id": worker, "seen_at": at})


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


def head(connection: Connection, tenant: UUID) -> tuple[int, bytes]:
    """The size and frontier of the tenant's tree, not locked."""
    row = connection.execute(
        select(_HEAD.c.size, _HEAD.c.frontier).where(_HEAD.c.tenant_id == tenant)
    ).first()
    return (int(row[0]), bytes(row[1])) if row else (0, b"")


def entries(connection: Connection, tenant: UUID, *, first: int = 0) -> Iterator[Row[Any]]:
    """Every entry from `first` on, in order, read in pages."""
    page = 2_000
    while True:
        rows = connection.execute(
            select(_ENTRY)
            .where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.sequence >= first)
            .order_by(_ENTRY.c.sequence)
            .limit(page)
        ).all()
        yield from rows
        if len(rows) < page:
            return
        first = rows[-1].sequence + 1


def leaf_hashes(connection: Connection, tenant: UUID, size: int) -> list[bytes]:
    """The hashes of the first `size` entries, in order."""
    query = (
        select(_ENTRY.c.leaf_hash)
        .where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.sequence < size)
        .order_by(_ENTRY.c.sequence)
    )
    return [bytes(leaf) for leaf in connection.scalars(query)]


def checkpoints(connection: Connection, tenant: UUID) -> list[Row[Any]]:
    """The tenant's checkpoints, smallest first."""
    return list(
        connection.execute(
            select(_CHECKPOINT)
            .where(_CHECKPOINT.c.tenant_id == tenant)
            .order_by(_CHECKPOINT.c.size)
        )
    )


def latest_checkpoint(connection: Connection, tenant: UUID) -> Row[Any] | None:
    """The tenant's newest checkpoint."""
    return connection.execute(
        select(_CHECKPOINT)
        .where(_CHECKPOINT.c.tenant_id == tenant)
        .order_by(_CHECKPOINT.c.size.desc())
        .limit(1)
    ).first()


def add_checkpoint(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a checkpoint, unless one of that size is there."""
    connection.execute(_insert_new(connection, _CHECKPOINT), row)
