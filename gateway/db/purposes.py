"""The purpose register: what a tenant uses generative AI for, and on which footing.

The record of processing activities asks for it (GDPR Art. 5(1)(b), 6, 30), and the
register of high-risk uses stands in it too (AI Act Art. 26).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, Table, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.principals import PrincipalRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session


class PurposeRecord(TenantRow):
    """One purpose of one tenant."""

    __tablename__ = "purpose"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    legal_basis: Mapped[str]
    """A ground of GDPR Art. 6(1), or empty: none recorded."""

    balancing_note: Mapped[str]
    """Where the balancing of interests is kept, or what it came to (Art. 6(1)(f))."""

    art9_condition: Mapped[str]
    """A condition of GDPR Art. 9(2), or empty."""

    publication: Mapped[str]
    audience: Mapped[str]
    domain: Mapped[str]
    decides_about_person: Mapped[bool]
    reviewer_id: Mapped[UUID | None]
    """The named person who reviews decisions about people."""

    editor_id: Mapped[UUID | None]
    """The named person who answers for what is published (AI Act Art. 50(4))."""

    commercial: Mapped[bool]
    trains_model: Mapped[bool]
    training_exception: Mapped[str]
    human_statement: Mapped[str]
    """Who contributes what beside the machine; empty: nothing stated."""

    safety_or_medical: Mapped[bool]
    use_case_id: Mapped[str]
    """Its number in the register of use cases; empty: not registered."""

    overseers: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the principals who oversee the use case."""

    workers_informed_on: Mapped[date | None]
    assessment_id: Mapped[str]
    likeness_consent: Mapped[str]
    """Where the consent of the people shown or heard is kept; empty: none recorded."""

    groups: Mapped[list[str]] = mapped_column(JSON)
    """Groups whose members may name it; empty means everybody in the tenant."""

    state: Mapped[str]
    """``active`` or ``stopped``."""

    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


_PURPOSE: Table = PurposeRecord.__table__  # type: ignore[assignment]
_BY_CODE = select(_PURPOSE).where(
    _PURPOSE.c.tenant_id == bindparam("tenant"), _PURPOSE.c.code == bindparam("code")
)
_PEOPLE: Table = PrincipalRecord.__table__  # type: ignore[assignment]
_ACTIVE = select(_PEOPLE.c.id).where(
    _PEOPLE.c.tenant_id == bindparam("tenant"),
    _PEOPLE.c.active.is_(True),
    _PEOPLE.c.id.in_(bindparam("ids", expanding=True)),
)


def find(connection: Connection, tenant: UUID, code: str) -> Row[Any] | None:
    """The tenant's purpose of that code."""
    return connection.execute(_BY_CODE, {"tenant": tenant, "code": code}).first()


def still_here(connection: Connection, tenant: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` who are active people of the tenant: who has left reviews nothing."""
    wanted = list(ids)
    if not wanted:
        return set()
    return set(connection.scalars(_ACTIVE, {"tenant": tenant, "ids": wanted}))


def by_code(session: Session, code: str) -> PurposeRecord | None:
    """The purpose of that code."""
    return session.scalar(select(PurposeRecord).where(PurposeRecord.code == code))


def every(session: Session) -> list[PurposeRecord]:
    """The tenant's purposes, by code."""
    return list(session.scalars(select(PurposeRecord).order_by(PurposeRecord.code)))
