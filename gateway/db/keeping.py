"""How long things are kept: periods, legal holds, restrictions, ended accounts, the last run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ColumnElement, LargeBinary, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from gateway.db import tenants
from gateway.db.base import TenantRow
from gateway.db.principals import PrincipalRecord

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RetentionPeriod(TenantRow):
    """A tenant's own period for one class; the database knows the bounds as well."""

    __tablename__ = "retention_period"

    class_name: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class LegalHold(TenantRow):
    """Something that must not go while a matter is open. It wins over retention and erasure."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("part IN ('all', 'content', 'entries', 'identity')", name="part"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    principal_id: Mapped[UUID | None]
    """Whose things are held; None holds the whole tenant's."""

    pseudonym: Mapped[str]
    part: Mapped[str]
    """``content``, ``entries``, ``identity`` or ``all``."""

    matter: Mapped[str]
    """A reference of the case, such as a file number; no names."""

    set_by: Mapped[str]
    set_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]


class Restriction(TenantRow):
    """A person whose rows may be kept and not used (GDPR Art. 18)."""

    __tablename__ = "restriction"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    pseudonym: Mapped[str]
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class AccountEnd(TenantRow):
    """When an account was first seen to have ended: from then its identity's period runs."""

    __tablename__ = "account_end"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class RetentionRun(TenantRow):
    """The newest run of the retention job; also the lease that keeps two from running."""

    __tablename__ = "retention_run"

    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    removed: Mapped[dict[str, Any]] = mapped_column(JSON)
    held: Mapped[dict[str, Any]] = mapped_column(JSON)


class KeptRights(TenantRow):
    """The rights record of an output whose entry has expired. It names nobody."""

    __tablename__ = "kept_rights"

    exchange_id: Mapped[str] = mapped_column(primary_key=True)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


def periods(session: Session) -> dict[str, RetentionPeriod]:
    """The tenant's own periods, by class."""
    return {row.class_name: row for row in session.scalars(select(RetentionPeriod))}


def holds(session: Session, *, active: bool = True) -> list[LegalHold]:
    """Holds, newest first; only those in force unless told otherwise."""
    query = select(LegalHold).order_by(LegalHold.set_at.desc())
    if active:
        query = query.where(LegalHold.released_at.is_(None))
    return list(session.scalars(query))


def settled_holds(session: Session, tenant: UUID) -> list[LegalHold]:
    """The holds in force, in a transaction that deletes: no other is set before it ends."""
    tenants.lock(session, tenant)
    return holds(session)


def holds_content(session: Session, principal: UUID) -> bool:
    """Whether a hold in force is over this person's content."""
    return any(
        hold.part in ("all", "content") and hold.principal_id in (None, principal)
        for hold in holds(session)
    )


def hold_by_id(session: Session, identifier: UUID) -> LegalHold | None:
    """The hold of that id."""
    return session.scalar(select(LegalHold).where(LegalHold.id == identifier))


def restriction_of(session: Session, principal: UUID) -> Restriction | None:
    """A person's restriction."""
    return session.scalar(select(Restriction).where(Restriction.principal_id == principal))


def unrestricted(pseudonym: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition of a report: nobody's rows whose use is restricted."""
    return pseudonym.not_in(select(Restriction.pseudonym))


def note_account_ends(session: Session, tenant: UUID, now: datetime) -> None:
    """Start the clock of accounts that have ended, and stop that of those that live again."""
    ended = set(
        session.scalars(select(PrincipalRecord.id).where(PrincipalRecord.active.is_(False)))
    )
    known = set(session.scalars(select(AccountEnd.principal_id)))
    session.add_all(
        AccountEnd(tenant_id=tenant, principal_id=item, seen_at=now) for item in ended - known
    )
    session.execute(delete(AccountEnd).where(AccountEnd.principal_id.in_(known - ended)))


def accounts_ended_before(session: Session, moment: datetime) -> list[UUID]:
    """Accounts whose end was seen before then."""
    return list(
        session.scalars(select(AccountEnd.principal_id).where(AccountEnd.seen_at <= moment))
    )


def last_run(session: Session) -> RetentionRun | None:
    """The newest run of the job."""
    return session.scalar(select(RetentionRun))


def take_lease(
    session: Session, tenant: UUID, now: datetime, *, stale: datetime, rested: datetime
) -> bool:
    """Begin a run, unless one has said after `stale` that it is at it, or any after `rested`."""
    fresh: dict[str, Any] = {"started_at": now, "finished_at": None, "removed": {}, "held": {}}
    if session.scalar(select(RetentionRun.started_at)) is None:
        session.add(RetentionRun(tenant_id=tenant, **fresh))
        return True
    over = (RetentionRun.started_at < stale) | RetentionRun.finished_at.is_not(None)
    free = over & (RetentionRun.started_at <= rested)
    taken = update(RetentionRun).where(free).values(**fresh).returning(RetentionRun.started_at)
    return bool(session.scalars(taken).all())


def renew_lease(session: Session, since: datetime, now: datetime) -> bool:
    """Say that the run which said so at `since` is still at it; False when another took over."""
    held = RetentionRun.started_at == since
    renewed = update(RetentionRun).where(held, RetentionRun.finished_at.is_(None))
    return bool(
        session.scalars(renewed.values(started_at=now).returning(RetentionRun.started_at)).all()
    )


def kept_rights(session: Session, exchange_id: str) -> KeptRights | None:
    """The rights record of an exchange whose entry has expired."""
    return session.scalar(select(KeptRights).where(KeptRights.exchange_id == exchange_id))


def forget_rights_before(session: Session, moment: datetime) -> int:
    """Delete rights records older than that; how many."""
    gone = delete(KeptRights).where(KeptRights.at < moment).returning(KeptRights.exchange_id)
    return len(session.scalars(gone).all())
