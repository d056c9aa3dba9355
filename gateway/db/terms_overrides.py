"""What a tenant has agreed with a provider beyond its standard terms, with evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

APPROVED, WITHDRAWN = "approved", "withdrawn"


class TermsOverride(TenantRow):
    """One override as it was proposed; it holds once a second person has approved it."""

    __tablename__ = "terms_override"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tier: Mapped[str]
    kind: Mapped[str]
    """``contract``, or ``setting`` for an opt-out that was switched off."""

    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    models: Mapped[list[str]] = mapped_column(JSON)
    features_excluded: Mapped[list[str]] = mapped_column(JSON)
    document: Mapped[str]
    """Name of the signed document or screenshot."""

    document_sha256: Mapped[str]
    signed_on: Mapped[date]
    """The day of the signature, or on which the setting was switched."""

    setting: Mapped[str]
    set_by: Mapped[str]
    proposed_by: Mapped[str]
    proposer_id: Mapped[UUID]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class TermsOverrideDecision(TenantRow):
    """A second person's approval, or a withdrawal. Rows are only ever added."""

    __tablename__ = "terms_override_decision"

    override_id: Mapped[UUID] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


def every(session: Session) -> list[TermsOverride]:
    """The tenant's overrides, oldest first."""
    return list(
        session.scalars(select(TermsOverride).order_by(TermsOverride.proposed_at, TermsOverride.id))
    )


def decisions(session: Session) -> list[TermsOverrideDecision]:
    """What was decided about them, oldest first."""
    return list(
        session.scalars(select(TermsOverrideDecision).order_by(TermsOverrideDecision.decided_at))
    )
