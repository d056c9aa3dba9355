"""Where outputs are found again: keyed digests and sketches of them, never the outputs.

Everything here is derived from the decision log, by position, and can be made anew from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.decision_log import LogEntry
from gateway.db.keeping import unrestricted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy import Connection
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


def _insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; one whose key is there already is left alone."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def behind(connection: Connection, tenant: UUID) -> bool:
    """Whether there is an outcome that has not been read; takes no lock."""
    read = select(_CURSOR.c.position).where(_CURSOR.c.tenant_id == tenant).scalar_subquery()
    query = select(_ENTRY.c.sequence).where(
        _ENTRY.c.tenant_id == tenant,
        _ENTRY.c.kind == "outcome",
        _ENTRY.c.sequence >= func.coalesce(read, 0),
    )
    return connection.scalar(query.limit(1)) is not None


def unread(connection: Connection, tenant: UUID, limit: int) -> tuple[int, Sequence[Any]]:
    """The cursor, locked, and the next outcomes after it, in order."""
    query = select(_CURSOR.c.position).where(_CURSOR.c.tenant_id == tenant).with_for_update()
    position = connection.scalar(query)
    if position is None:
        _insert_new(connection, _CURSOR, [{"tenant_id": tenant, "position": 0}])
        position = connection.scalar(query) or 0
    rows = connection.execute(
        select(_ENTRY.c.sequence, _ENTRY.c.canonical)
        .where(
            _ENTRY.c.tenant_id == tenant, _ENTRY.c.kind == "outcome", _ENTRY.c.sequence >= position
        )
        .order_by(_ENTRY.c.sequence)
        .limit(limit)
    ).all()
    return position, rows


def add(
    connection: Connection,
    outputs: Sequence[dict[str, Any]],
    bands: Sequence[dict[str, Any]],
) -> None:
    """Add rows of `RightsOutput` and `RightsBand`; what is there already stays as it is."""
    _insert_new(connection, _OUTPUT, outputs)
    _insert_new(connection, _BAND, bands)


def move_cursor(connection: Connection, tenant: UUID, position: int) -> None:
    """Note that the log has been read up to there."""
    connection.execute(
        update(_CURSOR).where(_CURSOR.c.tenant_id == tenant).values(position=position)
    )


def reset_cursor(connection: Connection, tenant: UUID) -> None:
    """Read the tenant's log anew from its start."""
    connection.execute(delete(_CURSOR).where(_CURSOR.c.tenant_id == tenant))
    connection.execute(insert(_CURSOR), {"tenant_id": tenant, "position": 0})


def exact(
    session: Session, digests: Iterable[bytes], principal: str | None, limit: int
) -> list[RightsOutput]:
    """Outputs with one of these digests, newest first; of one principal, or of all."""
    wanted = list(digests)
    query = select(RightsOutput).where(
        or_(RightsOutput.digest.in_(wanted), RightsOutput.received.in_(wanted))
    )
    query = query.where(_whose(principal)).order_by(RightsOutput.at.desc()).limit(limit)
    return list(session.scalars(query))


def alike(
    session: Session, kind: str, bands: Sequence[int], principal: str | None, limit: int
) -> list[RightsOutput]:
    """Outputs of a kind that share most bands, the likeliest first."""
    shared = (
        select(RightsBand.exchange_id, RightsBand.part, func.count().label("count"))
        .where(
            RightsBand.kind == kind,
            or_(
                *(
                    and_(RightsBand.band == band, RightsBand.value == value)
                    for band, value in enumerate(bands)
                )
            ),
            RightsBand.tenant_id == _tenant(session),
        )
        .group_by(RightsBand.exchange_id, RightsBand.part)
        .subquery()
    )
    query = (
        select(RightsOutput)
        .join(
            shared,
            and_(
                RightsOutput.exchange_id == shared.c.exchange_id,
                RightsOutput.part == shared.c.part,
            ),
        )
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


def _whose(principal: str | None) -> Any:
    if principal is not None:
        return RightsOutput.principal == principal
    return unrestricted(RightsOutput.principal)


def _tenant(session: Session) -> UUID:
    """The session's tenant, for subqueries: the wall of the session is put round the outer one."""
    tenant: UUID = session.tenant  # type: ignore[attr-defined]
    return tenant
