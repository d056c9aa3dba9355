"""Restriction of processing (GDPR Art. 18, 21): kept, and used in no report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.db import keeping
from gateway.db.keeping import Restriction
from gateway.errors import Conflict, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database


class Restrictions:
    """Sets and lifts restrictions. Reports leave the person's rows out from the next query on."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Restrictions in `database`."""
        self._database = database
        self._clock = clock

    def add(
        self,
        tenant: TenantId,
        principal: UUID,
        pseudonym: str,
        *,
        reason: str,
        by: str,
        note: Callable[[], object],
    ) -> None:
        """Restrict the use of one person's rows; `note` records that before it is done.

        Raises:
            InvalidRequest: no reason is given.
            Conflict: it is restricted already.
        """
        if not reason.strip():
            raise InvalidRequest("A restriction says why.", param="reason")
        if self.on(tenant, principal):
            raise Conflict("The use of this person's rows is restricted already.")
        note()
        with self._database.tenant_session(tenant, write=True) as session:
            session.merge(
                Restriction(
                    tenant_id=tenant,
                    principal_id=principal,
                    pseudonym=pseudonym,
                    reason=reason.strip()[:200],
                    set_by=by,
                    set_at=self._clock.now(),
                )
            )

    def lift(self, tenant: TenantId, principal: UUID, note: Callable[[], object]) -> None:
        """Lift a person's restriction; `note` records that before it is done.

        Raises:
            NotFound: there is none.
        """
        if not self.on(tenant, principal):
            raise NotFound("The use of this person's rows is not restricted.")
        note()
        with self._database.tenant_session(tenant, write=True) as session:
            row = keeping.restriction_of(session, principal)
            if row is not None:
                session.delete(row)

    def on(self, tenant: TenantId, principal: UUID) -> bool:
        """Whether the use of a person's rows is restricted."""
        with self._database.tenant_session(tenant) as session:
            return keeping.restriction_of(session, principal) is not None
