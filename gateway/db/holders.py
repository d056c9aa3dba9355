"""Who stands behind a key, a verified token or a web session: one query each, on every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from gateway.db.credentials import GatewayKey, WebSession
from gateway.db.prepared import PreparedSelect
from gateway.db.principals import PrincipalRecord
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session

    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

_AT_ONCE = 500
"""People asked about in one query."""

_HOLDER = (
    PrincipalRecord.id.label("principal_id"),
    PrincipalRecord.kind,
    PrincipalRecord.email,
    PrincipalRecord.display_name,
    PrincipalRecord.roles,
    PrincipalRecord.groups,
    PrincipalRecord.active,
    TenantRecord.id.label("tenant_id"),
    TenantRecord.slug,
    TenantRecord.name,
    TenantRecord.demo,
    TenantRecord.language,
    TenantRecord.erasures,
)

_BY_KEY = (
    select(GatewayKey.id.label("key_id"), GatewayKey.last_used_on, *_HOLDER)
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

_BY_SUBJECT = (
    select(*_HOLDER)
    .join(TenantRecord, TenantRecord.id == PrincipalRecord.tenant_id)
    .where(
        PrincipalRecord.tenant_id == bindparam("tenant"),
        PrincipalRecord.issuer == bindparam("issuer"),
        PrincipalRecord.subject == bindparam("subject"),
    )
)

_BY_ID = (
    select(*_HOLDER)
    .join(TenantRecord, TenantRecord.id == PrincipalRecord.tenant_id)
    .where(
        PrincipalRecord.tenant_id == bindparam("tenant"),
        PrincipalRecord.id == bindparam("principal"),
    )
)

_BY_SESSION = (
    select(*_HOLDER, WebSession.seen_at, WebSession.expires_at)
    .join(
        PrincipalRecord,
        (PrincipalRecord.tenant_id == WebSession.tenant_id)
        & (PrincipalRecord.id == WebSession.principal_id),
    )
    .join(TenantRecord, TenantRecord.id == WebSession.tenant_id)
    .where(
        WebSession.tenant_id == bindparam("tenant"),
        WebSession.digest == bindparam("digest"),
        PrincipalRecord.active.is_(True),
    )
)


class KeyHolder(NamedTuple):
    """An unrevoked key with who holds it, and the tenant."""

    key_id: UUID
    last_used_on: date | None
    principal_id: UUID
    kind: str
    email: str | None
    display_name: str
    roles: list[str]
    groups: list[str]
    active: bool
    tenant_id: UUID
    slug: str
    name: str
    demo: bool
    language: str
    erasures: int


class KeyHolders:
    """Finds who holds a key. It is asked on every request, so no layer is left between."""

    def __init__(self, database: Database) -> None:
        """In `database`."""
        self._database = database
        self._query = PreparedSelect(_BY_KEY, database.engine.dialect)

    def find(self, tenant: TenantId, digest: bytes) -> tuple[Any, ...] | None:
        """The row of the unrevoked key of that digest; `read` says what it means.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        return self._database.first(tenant, self._query, {"tenant": tenant, "digest": digest})

    def read(self, row: tuple[Any, ...]) -> KeyHolder:
        """What a row that was found says."""
        return KeyHolder(*self._query.values(row))


def subject_holder(
    connection: Connection, tenant: UUID, issuer: str, subject: str
) -> Row[*tuple[Any, ...]] | None:
    """The person whom `issuer` calls `subject`, active or not, with the tenant."""
    return connection.execute(
        _BY_SUBJECT, {"tenant": tenant, "issuer": issuer, "subject": subject}
    ).first()


def principal_holder(
    connection: Connection, tenant: UUID, principal: UUID
) -> Row[*tuple[Any, ...]] | None:
    """The principal of that id, active or not, with the tenant."""
    return connection.execute(_BY_ID, {"tenant": tenant, "principal": principal}).first()


def still_active(connection: Connection, tenant: UUID, people: Sequence[UUID]) -> set[UUID]:
    """Which of these principals are active."""
    query = select(PrincipalRecord.id).where(
        PrincipalRecord.tenant_id == tenant, PrincipalRecord.active.is_(True)
    )
    found: set[UUID] = set()
    for at in range(0, len(people), _AT_ONCE):
        found.update(
            connection.scalars(query.where(PrincipalRecord.id.in_(people[at : at + _AT_ONCE])))
        )
    return found


def session_holder(
    connection: Connection, tenant: UUID, digest: bytes
) -> Row[*tuple[Any, ...]] | None:
    """The active person of a web session, with the tenant and the session's times."""
    return connection.execute(_BY_SESSION, {"tenant": tenant, "digest": digest}).first()


def add_unless_there(session: Session, person: PrincipalRecord) -> bool:
    """Add a person; False when another request has just added the same one."""
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        return False
    return True


def session_seen(session: Session, digest: bytes, at: datetime) -> None:
    """Note that a web session was used."""
    session.execute(update(WebSession).where(WebSession.digest == digest).values(seen_at=at))


def end_session(session: Session, digest: bytes) -> None:
    """Delete a web session."""
    session.execute(delete(WebSession).where(WebSession.digest == digest))


def end_sessions_before(session: Session, *, expired: datetime, seen: datetime) -> None:
    """Delete web sessions that have expired, or were last seen before `seen`."""
    session.execute(
        delete(WebSession).where((WebSession.expires_at < expired) | (WebSession.seen_at < seen))
    )
