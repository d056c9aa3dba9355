"""Answers that providers keep: whose they are, what the provider calls them, and what they hold."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class StoredResponse(TenantRow):
    """One kept answer of OpenAI's Responses API. Its words are kept by the provider alone."""

    __tablename__ = "stored_response"
    __table_args__ = (
        Index("ix_stored_response_tenant_id_principal_id", "tenant_id", "principal_id"),
        Index("ix_stored_response_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The name callers know it by; what stands for what in it is sealed under that name."""

    principal_id: Mapped[UUID]
    exchange_id: Mapped[str]
    """The exchange that asked for it."""

    provider: Mapped[str]
    """The catalogue's name of who keeps it."""

    alias: Mapped[str]
    """The model that was to answer, as callers call it."""

    upstream_id: Mapped[str]
    """The provider's name for it. No caller learns it: it would be a key to others' answers."""

    previous: Mapped[str]
    """The name of the one it goes on with; empty when it begins a conversation."""

    format: Mapped[str]
    """What form of text was asked for: ``text``, or one for programs."""

    labels: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was found in the conversation up to it: the sections ``data`` and ``signals``."""

    background: Mapped[bool]
    """Whether it was asked for without waiting."""

    counted: Mapped[bool]
    """Whether what it used stands in an outcome."""

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def find(session: Session, principal: UUID, identifier: str) -> StoredResponse | None:
    """One of this principal's."""
    return session.scalar(
        select(StoredResponse).where(
            StoredResponse.id == identifier, StoredResponse.principal_id == principal
        )
    )


def of_principal(session: Session, principal: UUID) -> list[StoredResponse]:
    """All of somebody's, oldest first."""
    mine = select(StoredResponse).where(StoredResponse.principal_id == principal)
    return list(session.scalars(mine.order_by(StoredResponse.created_at)))


def past(
    session: Session, before: datetime, held: Iterable[UUID], limit: int
) -> list[StoredResponse]:
    """Some whose time is over and that no hold keeps, oldest first."""
    due = select(StoredResponse).where(
        StoredResponse.expires_at <= before, StoredResponse.principal_id.not_in(list(held))
    )
    return list(session.scalars(due.order_by(StoredResponse.expires_at).limit(limit)))


def relabel(session: Session, identifier: str, labels: dict[str, Any]) -> None:
    """Say what more was found in the conversation."""
    found = update(StoredResponse).where(StoredResponse.id == identifier)
    session.execute(found.values(labels=labels))


def unfetched(session: Session, before: datetime, limit: int) -> list[StoredResponse]:
    """Some that were begun before then, that nobody waited for and nobody fetched."""
    left = select(StoredResponse).where(
        StoredResponse.counted.is_(False), StoredResponse.created_at <= before
    )
    return list(session.scalars(left.order_by(StoredResponse.created_at).limit(limit)))


def forget(session: Session, identifier: str) -> bool:
    """Delete the row of one; whether it was there."""
    gone = delete(StoredResponse).where(StoredResponse.id == identifier)
    return session.scalar(gone.returning(StoredResponse.id)) is not None


def count(session: Session, identifier: str, *, counted: bool) -> bool:
    """Say whether what one used is counted; whether that is news."""
    news = (
        update(StoredResponse)
        .where(StoredResponse.id == identifier, StoredResponse.counted != counted)
        .values(counted=counted)
    )
    return session.scalar(news.returning(StoredResponse.id)) is not None
