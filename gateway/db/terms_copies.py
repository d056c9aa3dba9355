"""Digests of the copies of sources that a tenant keeps, so that a change is noticed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TermsCopy(TenantRow):
    """A copy of a source as it was recorded. Rows are only ever added: the newest counts."""

    __tablename__ = "terms_copy"

    source: Mapped[str] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    name: Mapped[str]
    """The file's name; the copy itself stays with the tenant."""

    recorded_by: Mapped[str]


def every(session: Session) -> list[TermsCopy]:
    """The tenant's copies, oldest first."""
    return list(session.scalars(select(TermsCopy).order_by(TermsCopy.recorded_at)))
