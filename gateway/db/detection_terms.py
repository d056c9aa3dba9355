"""What a tenant tells the gateway to look for: its dictionaries and its patterns."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class TenantDictionary(TenantRow):
    """One list of terms, such as the staff directory."""

    __tablename__ = "tenant_dictionary"

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    any_case: Mapped[bool]
    whole_words: Mapped[bool]
    count: Mapped[int]
    """How many terms are searched for; a person is written in two ways."""

    content: Mapped[bytes]
    """The terms and the people's facts, packed (`gateway.content.term_files`)."""

    edition: Mapped[UUID]
    """New with every change, so that a worker sees that there was one."""

    set_at: Mapped[datetime]
    set_by: Mapped[str]


class TenantPattern(TenantRow):
    """One shape of a number or code, in RE2 syntax."""

    __tablename__ = "tenant_pattern"

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    expression: Mapped[str]
    edition: Mapped[UUID]
    set_at: Mapped[datetime]
    set_by: Mapped[str]


def editions(session: Session) -> frozenset[UUID]:
    """What is in force, without its content: equal as long as nothing has changed."""
    return frozenset(
        edition
        for table in (TenantDictionary, TenantPattern)
        for edition in session.scalars(select(table.edition))
    )


def dictionaries(session: Session) -> Sequence[TenantDictionary]:
    """All dictionaries of the tenant, by name."""
    return session.scalars(select(TenantDictionary).order_by(TenantDictionary.name)).all()


def patterns(session: Session) -> Sequence[TenantPattern]:
    """All patterns of the tenant, by name."""
    return session.scalars(select(TenantPattern).order_by(TenantPattern.name)).all()


def dictionary(session: Session, name: str) -> TenantDictionary | None:
    """The dictionary of that name."""
    return session.scalar(select(TenantDictionary).where(TenantDictionary.name == name))


def pattern(session: Session, name: str) -> TenantPattern | None:
    """The pattern of that name."""
    return session.scalar(select(TenantPattern).where(TenantPattern.name == name))


def terms_beside(session: Session, name: str) -> int:
    """How many terms the tenant has in dictionaries other than this one."""
    counts = session.scalars(select(TenantDictionary.count).where(TenantDictionary.name != name))
    return sum(counts)
