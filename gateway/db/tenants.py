"""The directory of tenants: names and settings, no people and no content."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from gateway.core.identifiers import TenantId
from gateway.core.principal import Tenant
from gateway.db.base import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class TenantRecord(Base):
    """An organisation. The one table that is not inside a tenant."""

    __tablename__ = "tenant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    demo: Mapped[bool]
    """Whether synthetic provider terms are accepted for it."""

    language: Mapped[str]
    code_version: Mapped[int]
    """The version of the code of use that its people must have accepted."""

    created_at: Mapped[datetime]
    erasures: Mapped[int] = mapped_column(default=0)
    """How many people of it were erased."""

    def value(self) -> Tenant:
        """The tenant as the rest of the gateway knows it."""
        return Tenant(
            TenantId(self.id), self.slug, self.name, self.demo, self.language, self.erasures
        )


def by_slug(session: Session, slug: str) -> TenantRecord | None:
    """The tenant of that short name."""
    return session.scalar(select(TenantRecord).where(TenantRecord.slug == slug))


def lock(session: Session, tenant: UUID) -> None:
    """Let nobody else lock the tenant's row before this transaction ends; readers go on."""
    row = select(TenantRecord.id).where(TenantRecord.id == tenant)
    session.execute(row.with_for_update(key_share=True))


def note_erasure(session: Session, tenant: UUID) -> None:
    """Count a person of the tenant who is erased."""
    counted = update(TenantRecord).where(TenantRecord.id == tenant)
    session.execute(counted.values(erasures=TenantRecord.erasures + 1))


def every(session: Session) -> list[TenantRecord]:
    """All tenants, by short name."""
    return list(session.scalars(select(TenantRecord).order_by(TenantRecord.slug)))
