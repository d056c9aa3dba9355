"""Legal holds: what must not go while a matter is open. A hold wins over everything here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import uuid7
from gateway.core.values import dataclass
from gateway.db import keeping, tenants
from gateway.db.keeping import LegalHold
from gateway.errors import Conflict, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

CONTENT, ENTRIES, IDENTITY = "content", "entries", "identity"
EVERYTHING = "all"
PARTS = (EVERYTHING, CONTENT, ENTRIES, IDENTITY)


@dataclass(frozen=True, slots=True)
class Held:
    """What the holds in force keep from going."""

    holds: tuple[LegalHold, ...]

    def over(self, part: str, principal: UUID | None = None) -> list[LegalHold]:
        """The holds over a part of one person's things; without a person, over the tenant's."""
        return [
            hold
            for hold in self.holds
            if hold.part in (EVERYTHING, part) and hold.principal_id in (None, principal)
        ]

    def people(self, part: str) -> list[UUID]:
        """The people whose own things of that part are held."""
        return [
            hold.principal_id
            for hold in self.holds
            if hold.principal_id is not None and hold.part in (EVERYTHING, part)
        ]

    def pseudonyms(self, part: str) -> set[str]:
        """The same, by pseudonym."""
        named = (hold for hold in self.holds if hold.principal_id is not None)
        return {hold.pseudonym for hold in named if hold.part in (EVERYTHING, part)}


def settled(session: Session, tenant: TenantId) -> Held:
    """What is held, in a transaction that deletes: no other hold is set before it ends."""
    return Held(tuple(keeping.settled_holds(session, tenant)))


class Holds:
    """Sets and releases holds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Holds in `database`."""
        self._database = database
        self._clock = clock

    def add(
        self,
        tenant: TenantId,
        person: tuple[UUID, str] | None,
        *,
        part: str,
        matter: str,
        by: str,
        note: Callable[[], object],
    ) -> LegalHold:
        """Hold what one person (id and pseudonym) has, or what the whole tenant has.

        `note` records that before it is done.

        Raises:
            InvalidRequest: no matter is named, or there is no such part.
        """
        if part not in PARTS or not matter.strip():
            raise InvalidRequest(f"A hold names a matter and one part of {', '.join(PARTS)}.")
        principal, pseudonym = person or (None, "")
        hold = LegalHold(
            tenant_id=tenant,
            id=uuid7(),
            principal_id=principal,
            pseudonym=pseudonym,
            part=part,
            matter=matter.strip()[:200],
            set_by=by,
            set_at=self._clock.now(),
        )
        note()
        with self._database.tenant_session(tenant, write=True) as session:
            # Whatever deletes just now ends first; what comes after sees the hold.
            tenants.lock(session, tenant)
            session.add(hold)
        return hold

    def release(
        self, tenant: TenantId, identifier: UUID, by: str, note: Callable[[], object]
    ) -> LegalHold:
        """End a hold; what is past its time goes with the next run. `note` records it first.

        Raises:
            NotFound: there is no such hold.
            Conflict: it has been released before.
        """
        with self._database.tenant_session(tenant) as session:
            self._in_force(session, identifier)
        note()
        with self._database.tenant_session(tenant, write=True) as session:
            hold = self._in_force(session, identifier)
            hold.released_at, hold.released_by = self._clock.now(), by
        return hold

    @staticmethod
    def _in_force(session: Session, identifier: UUID) -> LegalHold:
        hold = keeping.hold_by_id(session, identifier)
        if hold is None:
            raise NotFound("There is no such hold.")
        if hold.released_at is not None:
            raise Conflict("This hold has been released before.")
        return hold

    def list(self, tenant: TenantId, *, active: bool = True) -> Iterable[LegalHold]:
        """The tenant's holds, newest first."""
        with self._database.tenant_session(tenant) as session:
            return keeping.holds(session, active=active)

    def held(self, tenant: TenantId) -> Held:
        """What the holds in force keep from going."""
        with self._database.tenant_session(tenant) as session:
            return Held(tuple(keeping.holds(session)))
