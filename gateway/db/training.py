"""Which courses people have taken: proof of AI literacy (AI Act Art. 4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, Table, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.principals import PrincipalRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session


class TrainingRecord(TenantRow):
    """One course that one person completed. Rows are only ever added."""

    __tablename__ = "training_record"
    __table_args__ = (
        Index("ix_training_record_tenant_id_principal_id", "tenant_id", "principal_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID]
    course: Mapped[str]
    completed_on: Mapped[date]
    valid_until: Mapped[date]
    """The last day on which it counts."""

    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


_TRAINING: Table = TrainingRecord.__table__  # type: ignore[assignment]
_PEOPLE: Table = PrincipalRecord.__table__  # type: ignore[assignment]
_UNTIL = (
    select(_TRAINING.c.course, func.max(_TRAINING.c.valid_until))
    .where(
        _TRAINING.c.tenant_id == bindparam("tenant"),
        _TRAINING.c.principal_id == bindparam("principal"),
        _TRAINING.c.completed_on <= bindparam("today"),
    )
    .group_by(_TRAINING.c.course)
)
_FIRST_DAY = select(_PEOPLE.c.created_at).where(
    _PEOPLE.c.tenant_id == bindparam("tenant"), _PEOPLE.c.id == bindparam("principal")
)


def valid_until(
    connection: Connection, tenant: UUID, principal: UUID, today: date
) -> dict[str, date]:
    """The last day of each course that `principal` has completed by `today`."""
    found = connection.execute(
        _UNTIL, {"tenant": tenant, "principal": principal, "today": today}
    ).all()
    return {str(course): until for course, until in found}


def first_day(connection: Connection, tenant: UUID, principal: UUID) -> date | None:
    """The day on which `principal` became known here."""
    created: datetime | None = connection.scalar(
        _FIRST_DAY, {"tenant": tenant, "principal": principal}
    )
    return created.date() if created is not None else None


def every(session: Session) -> list[tuple[TrainingRecord, str]]:
    """The tenant's records, newest first, each with the person's address."""
    rows = session.execute(
        select(TrainingRecord, PrincipalRecord.email)
        .join(
            PrincipalRecord,
            (PrincipalRecord.id == TrainingRecord.principal_id)
            & (PrincipalRecord.tenant_id == TrainingRecord.tenant_id),
        )
        .order_by(TrainingRecord.completed_on.desc(), PrincipalRecord.email)
    )
    return [(record, email or "") for record, email in rows]
