"""Batches: many requests in one file, worked through one by one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RUNNING, CANCELLING = "in_progress", "cancelling"
COMPLETED, CANCELLED, EXPIRED, FAILED = "completed", "cancelled", "expired", "failed"


class Batch(TenantRow):
    """One batch. Its requests and answers are sealed content; here stands how far it is."""

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_tenant_id_principal_id", "tenant_id", "principal_id"),
        Index("ix_batch_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID]
    credential: Mapped[str]
    credential_id: Mapped[str]
    """What it was handed in with: no longer valid, it stops the batch."""

    endpoint: Mapped[str]
    input_file: Mapped[str]
    purpose: Mapped[str]
    language: Mapped[str]
    status: Mapped[str]
    output_file: Mapped[str]
    """Empty until there is one."""

    error_file: Mapped[str]
    total: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    leased_until: Mapped[datetime]
    """Until when a worker has taken it; one that was killed lets it go by this."""

    ended_at: Mapped[datetime | None]


def find(session: Session, principal: UUID, identifier: str) -> Batch | None:
    """A batch of this principal."""
    return session.scalar(
        select(Batch).where(Batch.id == identifier, Batch.principal_id == principal)
    )


def by_id(session: Session, identifier: str) -> Batch | None:
    """The batch of that name."""
    return session.scalar(select(Batch).where(Batch.id == identifier))


def of_principal(session: Session, principal: UUID, limit: int) -> list[Batch]:
    """Somebody's batches, newest first."""
    mine = select(Batch).where(Batch.principal_id == principal)
    return list(session.scalars(mine.order_by(Batch.created_at.desc()).limit(limit)))


def take(session: Session, now: datetime, until: datetime) -> Batch | None:
    """A batch that nobody works on, taken until then."""
    waiting = (
        select(Batch)
        .where(Batch.status.in_((RUNNING, CANCELLING)), Batch.leased_until <= now)
        .order_by(Batch.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(waiting)
    if row is not None:
        row.leased_until = until
    return row


def expire(session: Session, before: datetime) -> int:
    """Delete the rows of batches that ended long ago; how many. Their content is gone already."""
    gone = delete(Batch).where(Batch.expires_at <= before)
    return len(session.scalars(gone.returning(Batch.id)).all())
