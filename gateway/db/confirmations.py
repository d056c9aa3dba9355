"""A person's own word on what a rule asks them to confirm: kept, and good for a day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session


class Confirmation(TenantRow):
    """A person has confirmed one code for one purpose. Rows are only ever added."""

    __tablename__ = "confirmation"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    channel: Mapped[str]
    """How it was given: ``page`` or ``api``."""


_CONFIRMED: Table = Confirmation.__table__  # type: ignore[assignment]
_STANDING = (
    select(_CONFIRMED.c.code)
    .where(
        _CONFIRMED.c.tenant_id == bindparam("tenant"),
        _CONFIRMED.c.principal_id == bindparam("principal"),
        _CONFIRMED.c.purpose == bindparam("purpose"),
        _CONFIRMED.c.at > bindparam("since"),
    )
    .distinct()
)


def standing(
    connection: Connection, tenant: UUID, principal: UUID, purpose: str, since: datetime
) -> list[str]:
    """The codes that `principal` confirmed for `purpose` since then."""
    wanted = {"tenant": tenant, "principal": principal, "purpose": purpose, "since": since}
    return list(connection.scalars(_STANDING, wanted))


def of_person(session: Session, principal: UUID, since: datetime) -> list[Confirmation]:
    """What a person confirmed since then, newest first."""
    query = (
        select(Confirmation)
        .where(Confirmation.principal_id == principal, Confirmation.at > since)
        .order_by(Confirmation.at.desc())
    )
    return list(session.scalars(query))
