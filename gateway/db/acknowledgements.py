"""Who has read which version of the code of use: proof for rule ET-08."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection, ScalarSelect
    from sqlalchemy.orm import Session

CODE_OF_USE = "code_of_use"


class Acknowledgement(TenantRow):
    """A person has accepted one version of one document. Rows are only ever added."""

    __tablename__ = "acknowledgement"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    channel: Mapped[str]
    """How it was given: ``page``, ``api`` or ``cli``."""


def accepted_version(tenant: Any, principal: Any) -> ScalarSelect[Any]:
    """The newest version of the code of use that a principal accepted, as part of a query."""
    return (
        select(func.max(Acknowledgement.version))
        .where(
            Acknowledgement.tenant_id == tenant,
            Acknowledgement.principal_id == principal,
            Acknowledgement.document == CODE_OF_USE,
        )
        .scalar_subquery()
    )


def required_and_accepted(connection: Connection, tenant: UUID, principal: UUID) -> tuple[int, int]:
    """The version of the code of use that is required, and the newest one accepted (0: none)."""
    accepted = accepted_version(tenant, principal)
    row = connection.execute(
        select(TenantRecord.code_version, accepted).where(TenantRecord.id == tenant)
    ).one()
    return int(row[0]), int(row[1] or 0)


def accept(session: Session, row: Acknowledgement) -> None:
    """Add an acknowledgement; accepting the same version again changes nothing."""
    known = session.scalar(
        select(Acknowledgement.version).where(
            Acknowledgement.principal_id == row.principal_id,
            Acknowledgement.document == row.document,
            Acknowledgement.version == row.version,
        )
    )
    if known is None:
        session.add(row)
