"""People and workloads. The only table that knows a name; the decision log has pseudonyms."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import JSON, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class PrincipalRecord(TenantRow):
    """A person or a workload of one tenant."""

    __tablename__ = "principal"
    __table_args__ = (
        Index(
            "uq_principal_tenant_id_issuer_subject", "tenant_id", "issuer", "subject", unique=True
        ),
        Index("uq_principal_tenant_id_email", "tenant_id", "email", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    """The identity provider's own name for the person; unique with `issuer`."""

    email: Mapped[str | None]
    """Lower case."""

    display_name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(JSON)
    groups: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool]
    created_at: Mapped[datetime]


def by_subject(session: Session, issuer: str, subject: str) -> PrincipalRecord | None:
    """The person whom `issuer` calls `subject`."""
    return session.scalar(
        select(PrincipalRecord).where(
            PrincipalRecord.issuer == issuer, PrincipalRecord.subject == subject
        )
    )


def by_email(session: Session, email: str) -> PrincipalRecord | None:
    """The person with that address, whatever its case."""
    return session.scalar(select(PrincipalRecord).where(PrincipalRecord.email == email.lower()))


def by_name(session: Session, kind: str, name: str) -> PrincipalRecord | None:
    """The workload of that name."""
    return session.scalar(
        select(PrincipalRecord).where(
            PrincipalRecord.kind == kind, PrincipalRecord.display_name == name
        )
    )


def by_id(session: Session, principal: UUID) -> PrincipalRecord | None:
    """The person or workload of that id."""
    return session.scalar(select(PrincipalRecord).where(PrincipalRecord.id == principal))


def every_id(session: Session) -> list[UUID]:
    """The ids of all of the tenant's people and workloads."""
    return list(session.scalars(select(PrincipalRecord.id)))


def locked(session: Session, principal: UUID) -> PrincipalRecord | None:
    """The same, shared-locked until the transaction ends: nobody deletes it meanwhile."""
    query = select(PrincipalRecord).where(PrincipalRecord.id == principal)
    return session.scalar(query.with_for_update(read=True))
