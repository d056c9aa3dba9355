"""What a tenant has stated itself about a contract: corrections, and agreements on file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TermsStatement(TenantRow):
    """One statement of a named person. Rows are only ever added: the newest counts."""

    __tablename__ = "terms_statement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tier: Mapped[str]
    fact: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str]
    """What it was read in: a title, an address, or the name of a document."""

    document_sha256: Mapped[str]
    """SHA-256 of that document, in hex; empty where there is none."""

    value_digest: Mapped[str]
    """SHA-256 of the statement together with the one it corrects, as a review of it carries."""

    said_by: Mapped[str]
    said_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def every(session: Session) -> list[TermsStatement]:
    """The tenant's statements, oldest first."""
    return list(
        session.scalars(select(TermsStatement).order_by(TermsStatement.said_at, TermsStatement.id))
    )
