"""Kept content, sealed, and the wrapped keys that open it. No key stands here in the clear."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, delete, exists, func, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class ContentSetting(TenantRow):
    """Whether a tenant keeps content, on which impact assessment, and for how long."""

    __tablename__ = "content_setting"
    __table_args__ = (
        CheckConstraint("NOT kept OR length(dpia) > 0", name="dpia"),
        CheckConstraint("days BETWEEN 1 AND 30", name="days"),
    )

    kept: Mapped[bool]
    dpia: Mapped[str]
    """The reference of the data protection impact assessment (GDPR Art. 35)."""

    days: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class TenantKey(TenantRow):
    """A tenant's key that wraps its people's keys; itself wrapped by the master key."""

    __tablename__ = "tenant_key"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_by: Mapped[str]
    """Which master key wrapped it: its id, not the key."""

    created_at: Mapped[datetime]


class PersonKey(TenantRow):
    """One person's key, wrapped by a tenant key. Deleting the row erases what it sealed."""

    __tablename__ = "person_key"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    tenant_key: Mapped[int]
    """The version of the tenant key that wraps it."""

    created_at: Mapped[datetime]


class SealedContent(TenantRow):
    """One field of one exchange: nonce, ciphertext and tag."""

    __tablename__ = "sealed_content"
    __table_args__ = (
        Index("ix_sealed_content_tenant_id_principal_id", "tenant_id", "principal_id"),
        Index("ix_sealed_content_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    exchange_id: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def setting(session: Session) -> ContentSetting | None:
    """The tenant's setting; None means that it never turned content on."""
    return session.scalar(select(ContentSetting))


def tenant_keys(session: Session) -> list[TenantKey]:
    """The tenant's keys, newest first."""
    return list(session.scalars(select(TenantKey).order_by(TenantKey.version.desc())))


def tenant_key(session: Session, version: int) -> TenantKey | None:
    """The tenant key of that version."""
    return session.scalar(select(TenantKey).where(TenantKey.version == version))


def person_key(session: Session, principal: UUID) -> PersonKey | None:
    """A person's key."""
    return session.scalar(select(PersonKey).where(PersonKey.principal_id == principal))


def wrapped_by_others(session: Session, version: int, limit: int) -> list[PersonKey]:
    """Some keys that another version than this wraps, locked for re-wrapping."""
    query = select(PersonKey).where(PersonKey.tenant_key != version).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def count_others(session: Session, version: int) -> int:
    """How many keys another version than this wraps."""
    query = select(func.count()).select_from(PersonKey).where(PersonKey.tenant_key != version)
    return session.scalar(query) or 0


def forget_tenant_keys(session: Session, below: int) -> int:
    """Delete older tenant keys that wrap nobody's key any more; how many."""
    unused = ~exists().where(
        PersonKey.tenant_id == TenantKey.tenant_id, PersonKey.tenant_key == TenantKey.version
    )
    gone = delete(TenantKey).where(TenantKey.version < below, unused)
    return len(session.scalars(gone.returning(TenantKey.version)).all())


def content_of(session: Session, principal: UUID, field: str | None = None) -> list[SealedContent]:
    """What is kept of one person, or in one field of theirs, oldest first."""
    query = (
        select(SealedContent)
        .where(SealedContent.principal_id == principal)
        .order_by(SealedContent.kept_at, SealedContent.field.desc())
    )
    if field is not None:
        query = query.where(SealedContent.field == field)
    return list(session.scalars(query))


def piece(session: Session, exchange_id: str, field: str) -> SealedContent | None:
    """One field of one exchange."""
    return session.scalar(
        select(SealedContent).where(
            SealedContent.exchange_id == exchange_id, SealedContent.field == field
        )
    )


def pieces(session: Session, principal: UUID, exchange_id: str) -> list[SealedContent]:
    """Everything of one person that is kept under a name, by field."""
    mine = select(SealedContent).where(
        SealedContent.exchange_id == exchange_id, SealedContent.principal_id == principal
    )
    return list(session.scalars(mine.order_by(SealedContent.field)))


def discard(session: Session, exchange_id: str) -> None:
    """Delete what was kept of one exchange."""
    session.execute(delete(SealedContent).where(SealedContent.exchange_id == exchange_id))


def destroy_person(session: Session, principal: UUID) -> tuple[int, int]:
    """Delete a person's key and what it sealed; how many keys and pieces."""
    keys = session.scalars(
        delete(PersonKey).where(PersonKey.principal_id == principal).returning(PersonKey.wrapped)
    ).all()
    pieces = session.scalars(
        delete(SealedContent)
        .where(SealedContent.principal_id == principal)
        .returning(SealedContent.field)
    ).all()
    return len(keys), len(pieces)


def expire(session: Session, now: datetime, held: Iterable[UUID], limit: int) -> int:
    """Delete some pieces that are past their time and not of the held; how many."""
    due = (
        select(SealedContent.exchange_id, SealedContent.field, SealedContent.principal_id)
        .where(SealedContent.expires_at <= now, SealedContent.principal_id.not_in(list(held)))
        .limit(limit)
    )
    rows = session.execute(due).all()
    for row in rows:
        session.execute(
            delete(SealedContent).where(
                SealedContent.exchange_id == row.exchange_id, SealedContent.field == row.field
            )
        )
    return len(rows)


def destroy_idle_keys(session: Session, before: datetime, held: Iterable[UUID]) -> int:
    """Delete keys older than `before` that seal nothing any more; how many."""
    unused = ~exists().where(
        SealedContent.tenant_id == PersonKey.tenant_id,
        SealedContent.principal_id == PersonKey.principal_id,
    )
    gone = delete(PersonKey).where(
        unused, PersonKey.created_at < before, PersonKey.principal_id.not_in(list(held))
    )
    return len(session.scalars(gone.returning(PersonKey.principal_id)).all())
