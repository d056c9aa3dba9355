"""Batches: many requests in one file, worked through one by one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import JSON, Index, delete, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
    """The address each of its requests is for; with it, the API in whose form all of it stands."""

    passed_on: Mapped[dict[str, str]] = mapped_column(JSON)
    """Headers that belong to the requests, by name."""

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
    cancelling_at: Mapped[datetime | None]
    """When its person asked to have it stopped."""

    problem: Mapped[str]
    """The code of the error that it failed with; empty while there is none."""


class Page(NamedTuple):
    """What of a list is asked for: so many, after or before the one of that name."""

    most: int
    after: str = ""
    before: str = ""


def find(
    session: Session, principal: UUID, identifier: str, endpoints: Collection[str]
) -> Batch | None:
    """A batch of this principal, for one of these addresses."""
    return session.scalar(
        select(Batch).where(
            Batch.id == identifier, Batch.principal_id == principal, Batch.endpoint.in_(endpoints)
        )
    )


def by_id(session: Session, identifier: str) -> Batch | None:
    """The batch of that name."""
    return session.scalar(select(Batch).where(Batch.id == identifier))


def of_principal(
    session: Session, principal: UUID, endpoints: Collection[str], page: Page
) -> tuple[list[Batch], bool]:
    """Somebody's batches for these addresses, newest first; and whether the list goes on.

    It goes on in the direction of the page: to older ones, or where it ends before a name, to
    newer ones. After a name that is not there stands nothing.
    """
    order = tuple_(Batch.created_at, Batch.id)
    rows = select(Batch).where(Batch.principal_id == principal, Batch.endpoint.in_(endpoints))
    named = page.before or page.after
    if named:
        known = find(session, principal, named, endpoints)
        if known is None:
            return [], False
        at = (known.created_at, known.id)
        rows = rows.where(order > at if page.before else order < at)
    by = (Batch.created_at, Batch.id) if page.before else (Batch.created_at.desc(), Batch.id.desc())
    found = list(session.scalars(rows.order_by(*by).limit(page.most + 1)))
    kept = found[: page.most]
    return kept[::-1] if page.before else kept, len(found) > page.most


def forget(session: Session, identifier: str) -> None:
    """Delete the row of a batch."""
    session.execute(delete(Batch).where(Batch.id == identifier))


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


def expire(session: Session, before: datetime, held: Iterable[UUID]) -> int:
    """Delete the rows of batches that ended long ago and are not of the held; how many.

    Their content is gone already.
    """
    gone = delete(Batch).where(Batch.expires_at <= before, Batch.principal_id.not_in(list(held)))
    return len(session.scalars(gone.returning(Batch.id)).all())
