"""A second person's word: what a colleague may do until when, and who answers for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, Table, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.credentials import GatewayKey

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.orm import Session


class Approval(TenantRow):
    """One code approved for one principal. People stand here under their pseudonyms."""

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_tenant_id_principal_expires_at", "tenant_id", "principal", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    principal: Mapped[str]
    """The pseudonym of who is approved: approving does not tell the approver a name."""

    purpose: Mapped[str]
    """The purpose it is good for; empty means each."""

    code: Mapped[str]
    reason: Mapped[str]
    approver: Mapped[str]
    """The pseudonym of who approved."""

    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


_APPROVAL: Table = Approval.__table__  # type: ignore[assignment]
_KEY: Table = GatewayKey.__table__  # type: ignore[assignment]
_BY_WHO_HOLDS_A_KEY = exists().where(
    _KEY.c.tenant_id == _APPROVAL.c.tenant_id,
    _KEY.c.principal_id == bindparam("holder"),
    _KEY.c.created_by == _APPROVAL.c.approver,
    _KEY.c.revoked_at.is_(None),
)
"""Whether who approved has given out a key of the principal's that still opens the gateway."""

_STANDING = (
    select(_APPROVAL.c.code)
    .where(
        _APPROVAL.c.tenant_id == bindparam("tenant"),
        _APPROVAL.c.principal == bindparam("principal"),
        _APPROVAL.c.purpose.in_(("", bindparam("purpose"))),
        _APPROVAL.c.expires_at > bindparam("now"),
        _APPROVAL.c.revoked_at.is_(None),
        # Who knows the key could have asked with it: then there was no second person.
        ~_BY_WHO_HOLDS_A_KEY,
    )
    .distinct()
)


def standing(
    connection: Connection,
    tenant: UUID,
    principal: str,
    holder: UUID,
    purpose: str,
    now: datetime,
) -> list[str]:
    """The codes that others approved for the principal of that pseudonym, and that still count.

    `holder` is the same principal's id, by which its keys are known.
    """
    wanted = {
        "tenant": tenant, "principal": principal, "holder": holder, "purpose": purpose, "now": now,
    }  # fmt: skip
    return list(connection.scalars(_STANDING, wanted))


def by_id(session: Session, approval: UUID) -> Approval | None:
    """The approval of that id."""
    return session.scalar(select(Approval).where(Approval.id == approval))


def take_back(session: Session, wanted: UUID, at: datetime, by: str) -> bool:
    """Write down who took an approval back, unless somebody has before; whether this one counts."""
    changed = (
        update(Approval)
        .where(Approval.id == wanted, Approval.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
        .returning(Approval.id)
    )
    return bool(session.scalars(changed).all())


def count_reasons(session: Session, pseudonym: str) -> int:
    """How many approvals of or by that pseudonym say why."""
    said = (
        select(func.count()).select_from(Approval).where(_about(pseudonym), Approval.reason != "")
    )
    return session.scalar(said) or 0


def forget_reasons(session: Session, pseudonym: str) -> None:
    """Take out why, which is free text and may name people; who approved what stays."""
    session.execute(update(Approval).where(_about(pseudonym)).values(reason=""))


def _about(pseudonym: str) -> ColumnElement[bool]:
    return or_(Approval.principal == pseudonym, Approval.approver == pseudonym)


def alike(session: Session, row: Approval, now: datetime) -> list[Approval]:
    """What counts now and says the same as `row`, itself among it: two may have been at it."""
    same = select(Approval).where(
        Approval.principal == row.principal,
        Approval.code == row.code,
        Approval.purpose == row.purpose,
        Approval.expires_at > now,
        Approval.revoked_at.is_(None),
    )
    return list(session.scalars(same.order_by(Approval.at)))


def current(session: Session, now: datetime, principal: str = "") -> list[Approval]:
    """Approvals that count now, newest first; of one pseudonym when named."""
    query = select(Approval).where(Approval.expires_at > now, Approval.revoked_at.is_(None))
    if principal:
        query = query.where(Approval.principal == principal)
    return list(session.scalars(query.order_by(Approval.at.desc())))


def every(session: Session, limit: int = 200) -> list[Approval]:
    """The newest approvals, spent and revoked ones too."""
    return list(session.scalars(select(Approval).order_by(Approval.at.desc()).limit(limit)))
