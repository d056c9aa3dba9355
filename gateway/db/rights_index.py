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
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.decision_log import LogEntry
from gateway.db.keeping import unrestricted
from gateway.db.prepared import Prepared, PreparedNew

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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


class RightsBand(TenantRow):
    """One sixteenth of a sketch: outputs that share one are worth comparing."""

    __tablename__ = "rights_band"
    # All of it is its key: beside a tree of the key, one of the rows would be the same once more.
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    exchange_id: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RightsCursor(TenantRow):
    """How far a tenant's log has been read into the index."""

    __tablename__ = "rights_cursor"

    position: Mapped[int] = mapped_column(BigInteger)
    """The first position that has not been read."""


_OUTPUT, _BAND, _CURSOR, _ENTRY = (
    cast("Table", mapped.__table__) for mapped in (RightsOutput, RightsBand, RightsCursor, LogEntry)
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


BandRow = tuple[str, int, int, str, int]
"""A row of `RightsBand`, without its tenant: kind, band, value, exchange and part."""

_BAND_COLUMNS = ("kind", "band", "value", "exchange_id", "part")


class _Reading:
    """The statements of the reader, compiled once for a driver."""

    def __init__(self, dialect: Dialect) -> None:
        self.behind, self.lock, self.unread, self.move = (
            Prepared(statement, dialect) for statement in (_BEHIND, _LOCK, _UNREAD, _MOVE)
        )
        self.output, self.band, self.cursor = (
            PreparedNew(table, dialect, ("tenant_id",), columns)
            for table, columns in (
                (_OUTPUT, OutputRow._fields),
                (_BAND, _BAND_COLUMNS),
                (_CURSOR, ("position",)),
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


def add(
    connection: Connection, tenant: UUID, outputs: Sequence[OutputRow], bands: Sequence[BandRow]
) -> None:
    """Add outputs and their bands; what is there already stays as it is."""
    ready = _reading(connection.dialect)
    ready.output.add(connection, (tenant,), outputs)
    ready.band.add(connection, (tenant,), bands)


def move_cursor(connection: Connection, tenant: UUID, position: int) -> None:
    """Note that the log has been read up to there."""
    _reading(connection.dialect).move.run(connection, {"tenant": tenant, "to": position})


def reset_cursor(connection: Connection, tenant: UUID) -> None:
    """Read the tenant's log anew from its start."""
    connection.execute(delete(_CURSOR).where(_CURSOR.c.tenant_id == tenant))
    connection.execute(insert(_CURSOR), {"tenant_id": tenant, "position": 0})


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


def alike(
    session: Session, kind: str, bands: Sequence[int], principal: str | None, limit: int
) -> list[RightsOutput]:
    """Outputs of a kind that share most bands, the likeliest first."""
    # One question for each band: of all at once SQLite would read every band of the kind.
    held = union_all(
        *(
            select(RightsBand.exchange_id, RightsBand.part).where(
                RightsBand.tenant_id == _tenant(session),
                RightsBand.kind == kind,
                RightsBand.band == band,
                RightsBand.value == value,
            )
            for band, value in enumerate(bands)
        )
    ).subquery()
    shared = (
        select(held.c.exchange_id, held.c.part, func.count().label("count"))
        .group_by(held.c.exchange_id, held.c.part)
        .subquery()
    )
    query = (
        select(RightsOutput)
        .join(shared, _same_part(shared))
        .where(RightsOutput.kind == kind, _whose(principal))
        .order_by(shared.c.count.desc(), RightsOutput.at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def forget_names(connection: Connection, tenant: UUID, exchanges: Sequence[str]) -> None:
    """Take out who asked, for exchanges whose entries expire."""
    connection.execute(
        update(_OUTPUT)
        .where(_OUTPUT.c.tenant_id == tenant, _OUTPUT.c.exchange_id.in_(exchanges))
        .values(principal="")
    )


def forget_before(session: Session, moment: datetime) -> int:
    """Delete what is older than that; how many outputs."""
    old = select(RightsOutput.exchange_id).where(RightsOutput.at < moment)
    old = old.where(RightsOutput.tenant_id == _tenant(session))
    session.execute(delete(RightsBand).where(RightsBand.exchange_id.in_(old)))
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
