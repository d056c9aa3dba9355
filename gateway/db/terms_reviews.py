"""Which facts about providers' terms a named person has confirmed, for which tenant."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TermsReview(TenantRow):
    """One confirmation of one fact. Rows are only ever added: the newest counts."""

    __tablename__ = "terms_review"

    tier: Mapped[str] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(primary_key=True)
    reviewed_at: Mapped[datetime] = mapped_column(primary_key=True)
    value_digest: Mapped[str]
    """SHA-256 of the fact as it was read; another value needs another review."""

    reviewed_by: Mapped[str]
    expires_at: Mapped[datetime]


def every(session: Session) -> list[TermsReview]:
    """The tenant's reviews, oldest first."""
    return list(session.scalars(select(TermsReview).order_by(TermsReview.reviewed_at)))
