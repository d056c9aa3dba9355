"""Gateway keys and web sessions: digests only, so that a stolen table signs nobody in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.principals import PrincipalRecord
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session


class GatewayKey(TenantRow):
    """A key for the API, bound to one principal."""

    __tablename__ = "gateway_key"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed digest of the key; the key itself was shown once and is not kept."""

    id: Mapped[UUID]
    principal_id: Mapped[UUID]
    label: Mapped[str]
    hint: Mapped[str]
    """The last characters, so that people can tell their keys apart."""

    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]


class WebSession(TenantRow):
    """A person signed in to the pages."""

    __tablename__ = "web_session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed digest of the id in the cookie."""

    principal_id: Mapped[UUID]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


_KEY_HOLDER = (
    select(
        GatewayKey.id.label("key_id"),
        PrincipalRecord.id.label("principal_id"),
        PrincipalRecord.kind,
        PrincipalRecord.email,
        PrincipalRecord.display_name,
        PrincipalRecord.roles,
        PrincipalRecord.groups,
        TenantRecord.id.label("tenant_id"),
        TenantRecord.slug,
        TenantRecord.name,
        TenantRecord.demo,
        TenantRecord.language,
    )
    .join(
        PrincipalRecord,
        (PrincipalRecord.tenant_id == GatewayKey.tenant_id)
        & (PrincipalRecord.id == GatewayKey.principal_id),
    )
    .join(TenantRecord, TenantRecord.id == GatewayKey.tenant_id)
    .where(
        GatewayKey.tenant_id == bindparam("tenant"),
        GatewayKey.digest == bindparam("digest"),
        GatewayKey.revoked_at.is_(None),
        PrincipalRecord.active.is_(True),
    )
)


def key_holder(connection: Connection, tenant: UUID, digest: bytes) -> Row[*tuple[Any, ...]] | None:
    """Who holds the unrevoked key of that digest, with the tenant: one query, on every request."""
    return connection.execute(_KEY_HOLDER, {"tenant": tenant, "digest": digest}).first()


def keys_of(session: Session, principal_id: UUID | None = None) -> list[GatewayKey]:
    """The tenant's keys, newest first; of one principal when named."""
    query = select(GatewayKey).order_by(GatewayKey.created_at.desc())
    if principal_id is not None:
        query = query.where(GatewayKey.principal_id == principal_id)
    return list(session.scalars(query))


def key_by_id(session: Session, key_id: UUID) -> GatewayKey | None:
    """The key of that id."""
    return session.scalar(select(GatewayKey).where(GatewayKey.id == key_id))
