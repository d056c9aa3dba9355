"""Where outputs are found again: keyed digests and sketches of them, never the outputs.

Everything here is derived from the decision log, by position, and can be made anew from it.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    union,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.decision_log import LogEntry
from gateway.db.keeping import unrestricted
from gateway.db.prepared import Prepared, PreparedNew

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection, Dialect, Subquery
    from sqlalchemy.orm import Session


class RightsOutput(TenantRow):
    """One output, or one part of an output, that has a rights record."""

    __tablename__ = "rights_output"
    __table_args__ = (
        Index("ix_rights_output_tenant_id_digest", "tenant_id", "digest"),
        Index("ix_rights_output_tenant_id_received", "tenant_id", "received"),
        Index("ix_rights_output_tenant_id_at", "tenant_id", "at"),
    )

    exchange_id: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its place among the outputs of the exchange, from 0."""

    kind: Mapped[str]
    """``text``, ``image``, ``audio``, ``video`` or ``file``."""

    principal: Mapped[str]
    """The pseudonym of whoever asked for it; empty once the log's entry has expired."""

    at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Of the output as released: of media SHA-256, of text keyed."""

    received: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Of media as the provider sent them, SHA-256; empty for text."""

    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    """What near copies share most of, keyed; empty where none could be made."""


class RightsBlock(TenantRow):
    """Imprints of some outputs of a kind, one after the other, and whose they are.

    A block is filled before the next one is begun. Whoever looks for what is alike reads the
    imprints of all of them: sixteen bytes an output.
    """

    __tablename__ = "rights_block"

    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Its place among the blocks of the kind, from 0."""

    newest: Mapped[datetime]
    """When the last of its outputs was made."""

    imprints: Mapped[bytes] = mapped_column(LargeBinary)
    names: Mapped[str]
    """A line each, in the same order: exchange and part, with a blank between."""


class RightsCursor(TenantRow):
    """How far a tenant's log has been read into the index."""

    __tablename__ = "rights_cursor"

    position: Mapped[int] = mapped_column(BigInteger)
    """The first position that has not been read."""


_OUTPUT, _BLOCK, _CURSOR, _ENTRY = (
    cast("Table", mapped.__table__)
    for mapped in (RightsOutput, RightsBlock, RightsCursor, LogEntry)
)


_BEHIND = (
    select(_ENTRY.c.sequence)
    .where(
        _ENTRY.c.tenant_id == bindparam("tenant"),
        _ENTRY.c.kind == "outcome",
        _ENTRY.c.sequence
        >= func.coalesce(
            select(_CURSOR.c.position)
            .where(_CURSOR.c.tenant_id == bindparam("tenant"))
            .scalar_subquery(),
            0,
        ),
    )
    # In order, or PostgreSQL may look for it from the log's beginning.
    .order_by(_ENTRY.c.sequence)
    .limit(1)
)
_LOCK = (
    select(_CURSOR.c.position).where(_CURSOR.c.tenant_id == bindparam("tenant")).with_for_update()
)
_UNREAD = (
    select(_ENTRY.c.sequence, _ENTRY.c.canonical)
    .where(
        _ENTRY.c.tenant_id == bindparam("tenant"),
        _ENTRY.c.kind == "outcome",
        _ENTRY.c.sequence >= bindparam("position"),
    )
    .order_by(_ENTRY.c.sequence)
    .limit(bindparam("most"))
)
_MOVE = (
    update(_CURSOR)
    .where(_CURSOR.c.tenant_id == bindparam("tenant"))
    .values(position=bindparam("to"))
)


_LAST = (
    select(_BLOCK.c.number, _BLOCK.c.imprints, _BLOCK.c.names)
    .where(_BLOCK.c.tenant_id == bindparam("tenant"), _BLOCK.c.kind == bindparam("of"))
    .order_by(_BLOCK.c.number.desc())
    .limit(1)
)
_FILL = (
    update(_BLOCK)
    .where(
        _BLOCK.c.tenant_id == bindparam("tenant"),
        _BLOCK.c.kind == bindparam("of"),
        _BLOCK.c.number == bindparam("at"),
    )
    .values(newest=bindparam("newest"), imprints=bindparam("imprints"), names=bindparam("names"))
)

IN_A_BLOCK = 256
"""Imprints of a block: as much as is written once more for an output that comes alone."""


class OutputRow(NamedTuple):
    """A row of `RightsOutput`, without its tenant."""

    exchange_id: str
    part: int
    kind: str
    principal: str
    at: datetime
    digest: bytes
    received: bytes
    sketch: bytes


class Imprinted(NamedTuple):
    """An output, and what it is compared by before it is looked at."""

    kind: str
    exchange_id: str
    part: int
    at: datetime
    imprint: bytes


class _Reading:
    """The statements of the reader, compiled once for a driver."""

    def __init__(self, dialect: Dialect) -> None:
        self.behind, self.lock, self.unread, self.move, self.last, self.fill = (
            Prepared(statement, dialect)
            for statement in (_BEHIND, _LOCK, _UNREAD, _MOVE, _LAST, _FILL)
        )
        self.output, self.block, self.cursor = (
            PreparedNew(table, dialect, shared, columns)
            for table, shared, columns in (
                (_OUTPUT, ("tenant_id",), OutputRow._fields),
                (_BLOCK, ("tenant_id", "kind"), ("number", "newest", "imprints", "names")),
                (_CURSOR, ("tenant_id",), ("position",)),
            )
        )


_reading = lru_cache(maxsize=8)(_Reading)


def behind(connection: Connection, tenant: UUID) -> bool:
    """Whether there is an outcome that has not been read; takes no lock."""
    found = _reading(connection.dialect).behind.run(connection, {"tenant": tenant})
    return found.fetchone() is not None


def unread(connection: Connection, tenant: UUID, limit: int) -> list[tuple[int, bytes]]:
    """The next outcomes after the cursor, in order, each with its place; the cursor is locked."""
    ready = _reading(connection.dialect)
    cursor = ready.lock.run(connection, {"tenant": tenant}).fetchone()
    if cursor is None:
        ready.cursor.add(connection, (tenant,), [(0,)])
        cursor = ready.lock.run(connection, {"tenant": tenant}).fetchone()
    wanted = {"tenant": tenant, "position": cursor[0] if cursor else 0, "most": limit}
    rows = ready.unread.run(connection, wanted).fetchall()
    return [(int(row[0]), bytes(row[1])) for row in rows]


def add(connection: Connection, tenant: UUID, outputs: Sequence[OutputRow]) -> None:
    """Add outputs; what is there already stays as it is."""
    _reading(connection.dialect).output.add(connection, (tenant,), outputs)


def lay(connection: Connection, tenant: UUID, items: Sequence[Imprinted]) -> None:
    """Lay imprints behind those of their kind; whoever calls holds the cursor's lock."""
    for kind in sorted({item.kind for item in items}):
        _lay(connection, tenant, kind, [item for item in items if item.kind == kind])


def _lay(connection: Connection, tenant: UUID, kind: str, items: Sequence[Imprinted]) -> None:
    ready = _reading(connection.dialect)
    last = ready.last.run(connection, {"tenant": tenant, "of": kind}).fetchone()
    number, laid, names = (int(last[0]), bytes(last[1]), last[2]) if last else (-1, b"", "")
    room = IN_A_BLOCK - 1 - names.count("\n") if last else 0
    if more := items[:room]:
        newest, imprints, named = _block(more)
        values = {"newest": newest, "imprints": laid + imprints, "names": f"{names}\n{named}"}
        ready.fill.run(connection, {"tenant": tenant, "of": kind, "at": number, **values})
    starts = range(room, len(items), IN_A_BLOCK)
    blocks = [
        (number + at, *_block(items[start : start + IN_A_BLOCK]))
        for at, start in enumerate(starts, 1)
    ]
    ready.block.add(connection, (tenant, kind), blocks)


def _block(items: Sequence[Imprinted]) -> tuple[datetime, bytes, str]:
    """When the last of some was made, their imprints, their names."""
    names = "\n".join([f"{item.exchange_id} {item.part}" for item in items])
    return items[-1].at, b"".join([item.imprint for item in items]), names


def clear_blocks(connection: Connection, tenant: UUID) -> None:
    """Take all imprints away, to lay them anew; the cursor is locked until the transaction ends."""
    _reading(connection.dialect).lock.run(connection, {"tenant": tenant})
    connection.execute(delete(_BLOCK).where(_BLOCK.c.tenant_id == tenant))


def sketched(
    connection: Connection, tenant: UUID, after: tuple[str, int], limit: int
) -> list[OutputRow]:
    """Outputs that have a sketch, in the order of their names, after one of them."""
    wanted = [_OUTPUT.c[name] for name in OutputRow._fields]
    rows = connection.execute(
        select(*wanted)
        .where(
            _OUTPUT.c.tenant_id == tenant,
            _OUTPUT.c.sketch != b"",
            tuple_(_OUTPUT.c.exchange_id, _OUTPUT.c.part) > tuple_(*map(literal, after)),
        )
        .order_by(_OUTPUT.c.exchange_id, _OUTPUT.c.part)
        .limit(limit)
    )
    return [OutputRow(*row) for row in rows]


def move_cursor(connection: Connection, tenant: UUID, position: int) -> None:
    """Note that the log has been read up to there."""
    _reading(connection.dialect).move.run(connection, {"tenant": tenant, "to": position})


def reset_cursor(connection: Connection, tenant: UUID) -> None:
    """Read the tenant's log anew from its start."""
    connection.execute(delete(_CURSOR).where(_CURSOR.c.tenant_id == tenant))
    connection.execute(insert(_CURSOR), {"tenant_id": tenant, "position": 0})


def count(connection: Connection, tenant: UUID) -> int:
    """How many outputs there are."""
    query = select(func.count()).select_from(_OUTPUT).where(_OUTPUT.c.tenant_id == tenant)
    return connection.execute(query).scalar_one()


def exact(
    session: Session, digests: Iterable[bytes], principal: str | None, limit: int
) -> list[RightsOutput]:
    """Outputs with one of these digests, newest first; of one principal, or of all."""
    wanted = list(digests)
    # One question for each index: of both at once SQLite would read all outputs by their time.
    found = union(
        *(
            select(RightsOutput.exchange_id, RightsOutput.part).where(
                RightsOutput.tenant_id == _tenant(session), column.in_(wanted)
            )
            for column in (RightsOutput.digest, RightsOutput.received)
        )
    ).subquery()
    query = select(RightsOutput).join(found, _same_part(found)).where(_whose(principal))
    return list(session.scalars(query.order_by(RightsOutput.at.desc()).limit(limit)))


def imprints(session: Session, kind: str, blocks: int) -> Iterator[list[tuple[int, bytes]]]:
    """The imprints of all outputs of a kind, some blocks at once: number and bytes of each.

    Every block but the last has `IN_A_BLOCK` of them.
    """
    query = (
        select(RightsBlock.number, RightsBlock.imprints)
        .where(RightsBlock.kind == kind)
        .order_by(RightsBlock.number)
        .execution_options(yield_per=blocks)
    )
    for some in session.execute(query).partitions():
        yield [(row[0], row[1]) for row in some]


def named(
    session: Session, kind: str, places: Sequence[tuple[int, int]], principal: str | None
) -> list[RightsOutput]:
    """The outputs that lie there, by block and place in it; of one principal, or of all.

    Those whose time was over before that of their block are no longer among them, nor are places
    that are no more: the blocks may have been laid anew since they were read.
    """
    numbers = {number for number, _ in places}
    query = select(RightsBlock.number, RightsBlock.names).where(
        RightsBlock.kind == kind, RightsBlock.number.in_(numbers)
    )
    lines = {number: names.split("\n") for number, names in session.execute(query)}
    names = [
        lines[number][place].rpartition(" ")
        for number, place in places
        if place < len(lines.get(number, ()))
    ]
    wanted = {(exchange, int(part)) for exchange, _, part in names}
    outputs = select(RightsOutput).where(
        RightsOutput.exchange_id.in_({exchange for exchange, _ in wanted}), _whose(principal)
    )
    return [row for row in session.scalars(outputs) if (row.exchange_id, row.part) in wanted]


def forget_names(connection: Connection, tenant: UUID, exchanges: Sequence[str]) -> None:
    """Take out who asked, for exchanges whose entries expire."""
    connection.execute(
        update(_OUTPUT)
        .where(_OUTPUT.c.tenant_id == tenant, _OUTPUT.c.exchange_id.in_(exchanges))
        .values(principal="")
    )


def forget_before(session: Session, moment: datetime) -> int:
    """Delete what is older than that; how many outputs. A block goes with its last output."""
    session.execute(delete(RightsBlock).where(RightsBlock.newest < moment))
    gone = delete(RightsOutput).where(RightsOutput.at < moment).returning(RightsOutput.part)
    return len(session.scalars(gone).all())


def _same_part(found: Subquery) -> ColumnElement[bool]:
    return and_(RightsOutput.exchange_id == found.c.exchange_id, RightsOutput.part == found.c.part)


def _whose(principal: str | None) -> Any:
    if principal is not None:
        return RightsOutput.principal == principal
    return unrestricted(RightsOutput.principal)


def _tenant(session: Session) -> UUID:
    """The session's tenant, for subqueries: the wall of the session is put round the outer one."""
    tenant: UUID = session.tenant  # type: ignore[attr-defined]
    return tenant
