"""How far each receiver outside has been given each tenant's log."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, Table, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.decision_log import LogEntry, LogHead, PolicyInput
from gateway.db.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection


INDEXER = ":search"
"""The search's indexer among the cursors; no configured receiver can have a colon in its name."""


class OutflowCursor(TenantRow):
    """The next entry of a tenant's log that a sink has not been given.

    The holder sends; nobody else does while its lease runs. A holder that dies is followed by
    another when the lease is over, and what it sent without saying so is sent again.
    """

    __tablename__ = "outflow_cursor"

    sink: Mapped[str] = mapped_column(primary_key=True)
    following: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[UUID | None]
    held_until: Mapped[datetime]
    moved_at: Mapped[datetime]


_CURSOR, _ENTRY, _INPUT, _HEAD = (
    cast("Table", mapped.__table__) for mapped in (OutflowCursor, LogEntry, PolicyInput, LogHead)
)


def begin(connection: Connection, tenant: UUID, sink: str, at: datetime) -> bool:
    """Make the cursor of a new sink, at the log's beginning; False when it is there."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = {
        "tenant_id": tenant, "sink": sink, "following": 0, "holder": None,
        "held_until": at, "moved_at": at,
    }  # fmt: skip
    return bool(connection.execute(make(_CURSOR).on_conflict_do_nothing(), fresh).rowcount)


def take(
    connection: Connection, tenant: UUID, sink: str, holder: UUID, at: datetime, lease: timedelta
) -> int | None:
    """Become the one who sends for `lease`; where to go on, or None when another one does."""
    held = or_(_CURSOR.c.holder.is_(None), _CURSOR.c.holder == holder, _CURSOR.c.held_until < at)
    changed = connection.execute(
        update(_CURSOR)
        .where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink, held)
        .values(holder=holder, held_until=at + lease)
    ).rowcount
    return following(connection, tenant, sink) if changed else None


def lock(connection: Connection, tenant: UUID, sink: str, *, wait: bool) -> int | None:
    """Where the cursor stands, locked until the transaction ends.

    None when there is no such cursor, or when another has the lock and `wait` is not wanted.
    """
    query = select(_CURSOR.c.following).where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink)
    return connection.scalar(query.with_for_update(skip_locked=not wait))


def place(connection: Connection, tenant: UUID, sink: str, to: int, at: datetime) -> None:
    """Set a cursor that the caller has locked."""
    connection.execute(
        update(_CURSOR)
        .where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink)
        .values(following=to, moved_at=at)
    )


def lag(connection: Connection, tenant: UUID, sink: str, now: datetime) -> tuple[int, float]:
    """How many entries a sink has not been given, and the seconds since the first of them."""
    start = following(connection, tenant, sink)
    size = connection.scalar(select(_HEAD.c.size).where(_HEAD.c.tenant_id == tenant)) or 0
    if size <= start:
        return 0, 0.0
    since = connection.scalar(
        select(_ENTRY.c.recorded_at).where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.sequence == start)
    )
    return size - start, max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def known(connection: Connection, tenant: UUID, sink: str) -> bool:
    """Whether the sink has a cursor."""
    query = select(_CURSOR.c.sink).where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink)
    return connection.scalar(query) is not None


def following(connection: Connection, tenant: UUID, sink: str) -> int:
    """The next entry that the sink has not been given; 0 for a sink nobody knows."""
    found = connection.scalar(
        select(_CURSOR.c.following).where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink)
    )
    return int(found or 0)


def move(
    connection: Connection, tenant: UUID, sink: str, holder: UUID, to: int, at: datetime
) -> bool:
    """Say that everything before `to` was given; False when another holder has taken over."""
    return bool(
        connection.execute(
            update(_CURSOR)
            .where(
                _CURSOR.c.tenant_id == tenant,
                _CURSOR.c.sink == sink,
                _CURSOR.c.holder == holder,
                _CURSOR.c.following < to,
            )
            .values(following=to, moved_at=at)
        ).rowcount
    )


def release(connection: Connection, tenant: UUID, sink: str, holder: UUID) -> None:
    """Let another one send."""
    connection.execute(
        update(_CURSOR)
        .where(_CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == sink, _CURSOR.c.holder == holder)
        .values(holder=None)
    )


def entries_from(
    connection: Connection,
    tenant: UUID,
    first: int,
    limit: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[Any]:
    """At most `limit` entries from `first` on, in order; of a period, where one is given.

    Entries that have expired are passed over: there is nothing left to say of them.
    """
    query = (
        select(_ENTRY.c.sequence, _ENTRY.c.recorded_at, _ENTRY.c.canonical, _ENTRY.c.leaf_hash)
        .where(_ENTRY.c.tenant_id == tenant, _ENTRY.c.sequence >= first)
        .where(_ENTRY.c.canonical.is_not(None))
        .order_by(_ENTRY.c.sequence)
        .limit(limit)
    )
    if since is not None:
        query = query.where(_ENTRY.c.recorded_at >= since)
    if until is not None:
        query = query.where(_ENTRY.c.recorded_at < until)
    return connection.execute(query).all()


_NEXT = (
    select(_ENTRY.c.sequence, _ENTRY.c.canonical)
    .where(
        _ENTRY.c.tenant_id == bindparam("tenant"),
        _ENTRY.c.sequence >= bindparam("first"),
        _ENTRY.c.canonical.is_not(None),
    )
    .order_by(_ENTRY.c.sequence)
    .limit(bindparam("most"))
)
_next = lru_cache(maxsize=8)(partial(Prepared, _NEXT))


def said_from(
    connection: Connection, tenant: UUID, first: int, limit: int
) -> list[tuple[int, bytes]]:
    """As `entries_from`, but only where they stand and what they say: for the gateway's own use."""
    wanted = {"tenant": tenant, "first": first, "most": limit}
    rows = _next(connection.dialect).run(connection, wanted).fetchall()
    return [(int(at), bytes(canonical)) for at, canonical in rows]


def decisions_of(connection: Connection, tenant: UUID, exchanges: list[str]) -> dict[str, int]:
    """Where the decisions of these exchanges stand."""
    if not exchanges:
        return {}
    # The kind is not asked for: SQLite would then read every decision of the log for these few.
    rows = connection.execute(
        select(_ENTRY.c.exchange_id, _ENTRY.c.kind, _ENTRY.c.sequence).where(
            _ENTRY.c.tenant_id == tenant, _ENTRY.c.exchange_id.in_(exchanges)
        )
    )
    return {row.exchange_id: row.sequence for row in rows if row.kind == "decision"}


def leaves_about(
    connection: Connection, tenant: UUID, exchanges: list[str]
) -> dict[tuple[str, str], bytes]:
    """The leaf hashes of what the log says about these exchanges, by exchange and kind."""
    rows = connection.execute(
        select(_ENTRY.c.exchange_id, _ENTRY.c.kind, _ENTRY.c.leaf_hash).where(
            _ENTRY.c.tenant_id == tenant, _ENTRY.c.exchange_id.in_(exchanges)
        )
    )
    return {(row.exchange_id, row.kind): bytes(row.leaf_hash) for row in rows}


def questions(connection: Connection, tenant: UUID, digests: Iterable[bytes]) -> dict[bytes, bytes]:
    """What policies were asked, by digest; labels only."""
    wanted = list(digests)
    if not wanted:
        return {}
    rows = connection.execute(
        select(_INPUT.c.digest, _INPUT.c.canonical).where(
            _INPUT.c.tenant_id == tenant, _INPUT.c.digest.in_(wanted)
        )
    )
    return {bytes(row.digest): bytes(row.canonical) for row in rows}
