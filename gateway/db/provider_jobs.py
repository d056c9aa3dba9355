"""Jobs that run at providers: whose they are, and what the provider calls them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class ProviderJob(TenantRow):
    """One job, such as a film that is being made. What it is made from is not kept."""

    __tablename__ = "provider_job"
    __table_args__ = (
        Index("ix_provider_job_tenant_id_principal_id", "tenant_id", "principal_id"),
        Index("ix_provider_job_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The name callers know it by."""

    principal_id: Mapped[UUID]
    exchange_id: Mapped[str]
    """The exchange that began it."""

    alias: Mapped[str]
    """The model, as callers call it."""

    upstream_id: Mapped[str]
    """The provider's name for it. No caller learns it: it would be a key to others' jobs."""

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def find(session: Session, principal: UUID, identifier: str) -> ProviderJob | None:
    """A job of this principal."""
    return session.scalar(
        select(ProviderJob).where(
            ProviderJob.id == identifier, ProviderJob.principal_id == principal
        )
    )


def of_principal(session: Session, principal: UUID, limit: int) -> list[ProviderJob]:
    """Somebody's jobs, newest first."""
    mine = select(ProviderJob).where(ProviderJob.principal_id == principal)
    return list(session.scalars(mine.order_by(ProviderJob.created_at.desc()).limit(limit)))


def forget(session: Session, identifier: str) -> None:
    """Delete the row of a job."""
    session.execute(delete(ProviderJob).where(ProviderJob.id == identifier))


def expire(session: Session, before: datetime, held: Iterable[UUID], limit: int) -> int:
    """Delete some rows of jobs that providers no longer keep, but the held's; how many."""
    others = ProviderJob.principal_id.not_in(list(held))
    due = select(ProviderJob.id).where(ProviderJob.expires_at <= before, others).limit(limit)
    names = list(session.scalars(due))
    for name in names:
        forget(session, name)
    return len(names)
