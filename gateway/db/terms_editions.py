"""Every edition of the provider terms that was relied on: public facts, no tenant's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TermsEdition(Base):
    """From when on one signed edition served. Rows are only ever added, and verified when read."""

    __tablename__ = "terms_edition"

    kept_at: Mapped[datetime] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the manifest, in hex."""

    version: Mapped[str]
    content: Mapped[bytes]
    """The manifest and the files, compressed."""


def newest_first(
    session: Session, known_at: datetime | None = None, *, limit: int | None = None
) -> list[TermsEdition]:
    """Editions kept up to that moment, the newest first."""
    statement = select(TermsEdition).order_by(TermsEdition.kept_at.desc()).limit(limit)
    if known_at is not None:
        statement = statement.where(TermsEdition.kept_at <= known_at)
    return list(session.scalars(statement))
