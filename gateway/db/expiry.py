"""Taking out what the decision log need not keep any more, in small steps.

An entry that expires loses everything but its place, time and leaf hash: the tree
still stands on them. The database itself refuses entries that must still be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    BigInteger,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.db.decision_log import SPARSE, LogEntry, PolicyInput
from gateway.db.keeping import KeptRights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_ENTRY, _INPUT, _RIGHTS = (
    cast("Table", mapped.__table__) for mapped in (LogEntry, PolicyInput, KeptRights)
)
EXPIRED = "expired"
"""The kind of an entry that has expired."""

_BLANK = {
    "canonical": None,
    "kind": EXPIRED,
    **dict.fromkeys(("exchange_id", "effect", "status", "model", "principal", "rules"), ""),
}
_PAGE = 2_000


class StillKept(Exception):
    """The database refused: an entry among them must still be kept."""


def page(
    connection: Connection, tenant: UUID, kinds: Sequence[str], after: int, limit: int
) -> list[Row[Any]]:
    """Entries of these kinds after a position, in order; they are none that each request leaves.

    Each kind by itself, in the order of its index: together they would be looked for from the
    log's beginning on, through all that has expired before.
    """
    parts = [
        select(_ENTRY)
        .where(
            _ENTRY.c.tenant_id == tenant, _ENTRY.c.kind == kind, SPARSE, _ENTRY.c.sequence > after
        )
        .order_by(_ENTRY.c.sequence)
        .limit(limit)
        .subquery()
        for kind in kinds
    ]
    found = union_all(*(select(part) for part in parts)).subquery()
    return list(connection.execute(select(found).order_by(found.c.sequence).limit(limit)))


def exchanges(
    connection: Connection, tenant: UUID, after: tuple[str, int], limit: int
) -> list[Row[Any]]:
    """Decisions and outcomes after an exchange's id and a position, ordered by the two.

    The ids follow time, and an entry that has expired has none: so these are found oldest first,
    without looking through what has expired before. `after` is ``("", 0)`` at first.
    """
    exchange, sequence = after
    query = select(_ENTRY).where(
        _ENTRY.c.tenant_id == tenant,
        _ENTRY.c.kind.in_(("decision", "outcome")),
        _ENTRY.c.exchange_id >= exchange if exchange else _ENTRY.c.exchange_id > "",
        or_(_ENTRY.c.exchange_id > exchange, _ENTRY.c.sequence > sequence),
    )
    order = (_ENTRY.c.exchange_id, _ENTRY.c.sequence)
    return list(connection.execute(query.order_by(*order).limit(limit)))


def unhurried(connection: Connection) -> None:
    """Let this transaction become durable soon after its end, not before it.

    On PostgreSQL within three times ``wal_writer_delay`` (its documentation, "Asynchronous
    Commit"): a crash can undo it, but leaves no half of it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def blank(connection: Connection, tenant: UUID, sequences: list[int]) -> None:
    """Take these entries' contents out.

    Raises:
        StillKept: the database would not have one of them; nothing was changed.
    """
    if connection.dialect.name == "postgresql":
        wanted = bindparam("sequences", sequences, ARRAY(BigInteger))
        done = connection.scalar(select(func.proviso_expire(wanted)))
    else:
        done = connection.execute(
            update(_ENTRY)
            .where(
                _ENTRY.c.tenant_id == tenant,
                _ENTRY.c.sequence.in_(sequences),
                _ENTRY.c.canonical.is_not(None),
            )
            .values(_BLANK)
        ).rowcount
    if done != len(sequences):
        raise StillKept


def keep_rights(
    connection: Connection, tenant: UUID, records: Iterable[tuple[str, bytes, datetime]]
) -> None:
    """Keep the rights records of outputs whose entries go: exchange, canonical bytes, time."""
    rows = [
        {"tenant_id": tenant, "exchange_id": exchange, "canonical": canonical, "at": at}
        for exchange, canonical, at in records
    ]
    if rows:
        connection.execute(insert(_RIGHTS), rows)


def forget_inputs(connection: Connection, tenant: UUID, before: datetime, limit: int) -> int:
    """Delete policy inputs last asked before then, at most so many; how many.

    One that a writer notes again just now is left alone: neither waits for the other in a circle.
    """
    old = (
        select(_INPUT.c.digest)
        .where(_INPUT.c.tenant_id == tenant, _INPUT.c.seen_at < before)
        .order_by(_INPUT.c.seen_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = delete(_INPUT).where(_INPUT.c.tenant_id == tenant, _INPUT.c.digest.in_(old))
    return connection.execute(gone).rowcount


def entries_of(connection: Connection, tenant: UUID, pseudonym: str) -> Iterator[Row[Any]]:
    """Every entry about what one principal did or had done, in order, read in pages."""
    after = -1
    while True:
        query = (
            select(_ENTRY)
            .where(
                _ENTRY.c.tenant_id == tenant,
                _ENTRY.c.principal == pseudonym,
                _ENTRY.c.sequence > after,
            )
            .order_by(_ENTRY.c.sequence)
            .limit(_PAGE)
        )
        rows = connection.execute(query).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].sequence
