"""Who asked who stands behind a pseudonym, who agreed, and until when it can be read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Unmasking(TenantRow):
    """One request. It names the pseudonym and never the person."""

    __tablename__ = "unmasking"
    __table_args__ = (
        CheckConstraint("hours BETWEEN 1 AND 72", name="hours"),
        CheckConstraint("approved_by <> asked_by", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pseudonym: Mapped[str]
    reason: Mapped[str]
    hours: Mapped[int]
    asked_by: Mapped[UUID]
    asker: Mapped[str]
    """The asker's own pseudonym; so is `approver`."""

    asked_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    """Who agreed. Without `expires_at` it stands in no log yet, and nobody reads anything."""

    approver: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    shown: Mapped[int]
    """How often it was read."""


def by_id(session: Session, identifier: UUID) -> Unmasking | None:
    """The request of that id."""
    return session.scalar(select(Unmasking).where(Unmasking.id == identifier))


def claim(session: Session, identifier: UUID, approved_by: UUID, approver: str) -> bool:
    """Write down who agrees, unless somebody has before; whether this one counts."""
    changed = (
        update(Unmasking)
        .where(Unmasking.id == identifier, Unmasking.approved_by.is_(None))
        .values(approved_by=approved_by, approver=approver)
        .returning(Unmasking.id)
    )
    return bool(session.scalars(changed).all())


def release(session: Session, identifier: UUID) -> None:
    """Let somebody agree anew, because it could not be recorded who did."""
    claimed = update(Unmasking).where(Unmasking.id == identifier)
    session.execute(claimed.values(approved_by=None, approver=None))


def approve(session: Session, identifier: UUID, at: datetime, expires_at: datetime) -> None:
    """From now on both may read it, until it ends."""
    claimed = update(Unmasking).where(Unmasking.id == identifier)
    session.execute(claimed.values(approved_at=at, expires_at=expires_at))


def count_shown(session: Session, identifier: UUID) -> None:
    """Count one more reading."""
    more = Unmasking.shown + 1
    session.execute(update(Unmasking).where(Unmasking.id == identifier).values(shown=more))


def newest(session: Session, limit: int = 200) -> list[Unmasking]:
    """The tenant's requests, newest first."""
    query = select(Unmasking).order_by(Unmasking.asked_at.desc(), Unmasking.id.desc())
    return list(session.scalars(query.limit(limit)))


def forget_before(session: Session, asked: datetime) -> int:
    """Delete requests asked before then; how many."""
    return len(
        session.scalars(
            delete(Unmasking).where(Unmasking.asked_at < asked).returning(Unmasking.id)
        ).all()
    )
