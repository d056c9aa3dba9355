"""What an organisation is, as far as rules ask: where it is established, and how large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.acknowledgements import accepted_version
from gateway.db.base import TenantRow
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session


class TenantProfile(TenantRow):
    """The profile of one tenant. Without a row nothing is known, which rules read strictly."""

    __tablename__ = "tenant_profile"

    establishments: Mapped[list[str]] = mapped_column(JSON)
    """As `gateway.attributes.seats` reads them: ``EU``, ``EEA``, ``UK``, or a country's code."""

    works_council: Mapped[bool]
    revenue: Mapped[str]
    """The band of yearly revenue in US dollars: ``under_1m``, ``over_1m`` or ``unknown``."""


_STANDING = (
    select(
        TenantRecord.code_version,
        accepted_version(bindparam("tenant"), bindparam("principal")).label("accepted"),
        TenantProfile.establishments,
        TenantProfile.works_council,
        TenantProfile.revenue,
    )
    .outerjoin(TenantProfile, TenantProfile.tenant_id == TenantRecord.id)
    .where(TenantRecord.id == bindparam("tenant"))
)


def of_tenant(session: Session) -> TenantProfile | None:
    """The profile of the session's tenant, when one was recorded."""
    return session.scalar(select(TenantProfile))


def standing(connection: Connection, tenant: UUID, principal: UUID) -> Row[Any]:
    """The tenant's profile, and how `principal` stands with its code of use: one query."""
    return connection.execute(_STANDING, {"tenant": tenant, "principal": principal}).one()
