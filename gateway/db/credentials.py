"""Gateway keys and web sessions: digests only, so that a stolen table signs nobody in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from sqlalchemy import LargeBinary, Table, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.principals import PrincipalRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session


_AT_ONCE = 500
"""Keys asked about in one query."""


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
    last_used_on: Mapped[date | None]
    """The day, in UTC, and no more: by the minute, a key's holder could be matched with the
    pseudonym of a decision."""


class WebSession(TenantRow):
    """A person signed in to the pages."""

    __tablename__ = "web_session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """Keyed digest of the id in the cookie."""

    principal_id: Mapped[UUID]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def still_good(connection: Connection, tenant: UUID, digests: Sequence[bytes]) -> set[bytes]:
    """Which of these keys are unrevoked, with an active holder."""
    query = (
        select(GatewayKey.digest)
        .join(
            PrincipalRecord,
            (PrincipalRecord.tenant_id == GatewayKey.tenant_id)
            & (PrincipalRecord.id == GatewayKey.principal_id),
        )
        .where(
            GatewayKey.tenant_id == tenant,
            GatewayKey.revoked_at.is_(None),
            PrincipalRecord.active.is_(True),
        )
    )
    found: set[bytes] = set()
    for at in range(0, len(digests), _AT_ONCE):
        some = query.where(GatewayKey.digest.in_(digests[at : at + _AT_ONCE]))
        found.update(map(bytes, connection.scalars(some)))
    return found


def keys_and_holders(session: Session) -> list[tuple[GatewayKey, PrincipalRecord]]:
    """The tenant's keys with those who hold them, newest first."""
    query = (
        select(GatewayKey, PrincipalRecord)
        .join(
            PrincipalRecord,
            (PrincipalRecord.tenant_id == GatewayKey.tenant_id)
            & (PrincipalRecord.id == GatewayKey.principal_id),
        )
        .order_by(GatewayKey.created_at.desc(), GatewayKey.id.desc())
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def holders_of_keys_by(session: Session, giver: str) -> set[UUID]:
    """Who holds a key, not revoked, that somebody of that pseudonym gave out."""
    given = select(GatewayKey.principal_id).where(
        GatewayKey.created_by == giver, GatewayKey.revoked_at.is_(None)
    )
    return set(session.scalars(given))


def note_uses(connection: Connection, tenant: UUID, used: Mapping[bytes, date]) -> None:
    """Keep the day on which each of these keys was used; never an earlier one than is kept."""
    table = cast("Table", GatewayKey.__table__)
    statement = (
        update(table)
        .where(
            table.c.tenant_id == tenant,
            table.c.digest == bindparam("key_digest"),
            or_(table.c.last_used_on.is_(None), table.c.last_used_on < bindparam("used_on")),
        )
        .values(last_used_on=bindparam("used_on"))
    )
    rows = [{"key_digest": digest, "used_on": day} for digest, day in used.items()]
    connection.execute(statement, rows)


def key_by_id(session: Session, key_id: UUID) -> GatewayKey | None:
    """The key of that id."""
    return session.scalar(select(GatewayKey).where(GatewayKey.id == key_id))
