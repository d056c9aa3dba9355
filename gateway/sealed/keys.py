"""Keys of people, wrapped by keys of tenants, wrapped by the master key; and turning them over."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from gateway.db import principals, sealed
from gateway.db.sealed import PersonKey, TenantKey
from gateway.errors import SealingUnavailable
from gateway.sealed.envelope import (
    Unsealable,
    new_key,
    person_place,
    seal,
    tenant_place,
    unseal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database
    from gateway.sealed.master import MasterKey

_REMEMBERED_SECONDS = 60.0
_BATCH = 200


class Keys:
    """Gives out people's keys. Tenants' keys are remembered for a minute, people's never."""

    def __init__(self, master: MasterKey, clock: Clock) -> None:
        """Keys under `master`."""
        self._master = master
        self._clock = clock
        self._remembered: dict[tuple[UUID, int], tuple[float, bytes]] = {}
        self._lock = Lock()

    def person(self, session: Session, tenant: TenantId, principal: UUID) -> bytes | None:
        """A person's key; None when there is none, or none any more.

        Raises:
            SealingUnavailable: it cannot be unwrapped.
        """
        row = sealed.person_key(session, principal)
        return None if row is None else self._unwrapped(session, tenant, row)

    def person_for_sealing(
        self, session: Session, tenant: TenantId, principal: UUID
    ) -> bytes | None:
        """A person's key, made when there is none yet; None when the person is gone.

        The person's row is locked meanwhile: an erasure comes before or after, never between.

        Raises:
            SealingUnavailable: it cannot be wrapped or unwrapped.
        """
        if principals.locked(session, principal) is None:
            return None
        known = self.person(session, tenant, principal)
        if known is not None:
            return known
        key = new_key()
        version, above = self._newest(session, tenant)
        session.add(
            PersonKey(
                tenant_id=tenant,
                principal_id=principal,
                wrapped=seal(above, key, person_place(tenant, principal)),
                tenant_key=version,
                created_at=self._clock.now(),
            )
        )
        return key

    def add_tenant_key(self, session: Session, tenant: TenantId) -> int:
        """Make a new tenant key, which wraps from now on; its version."""
        newest = sealed.tenant_keys(session)
        version = newest[0].version + 1 if newest else 1
        wrapped, wrapped_by = self._master.wrap(new_key(), tenant_place(tenant, version))
        session.add(
            TenantKey(
                tenant_id=tenant,
                version=version,
                wrapped=wrapped,
                wrapped_by=wrapped_by,
                created_at=self._clock.now(),
            )
        )
        session.flush()
        return version

    def rewrap_people(self, session: Session, tenant: TenantId, version: int) -> int:
        """Wrap some people's keys with the tenant key of `version`; how many."""
        rows = sealed.wrapped_by_others(session, version, _BATCH)
        above = self._tenant(session, tenant, version)
        for row in rows:
            key = self._unwrapped(session, tenant, row)
            row.wrapped = seal(above, key, person_place(tenant, row.principal_id))
            row.tenant_key = version
        return len(rows)

    def rewrap_tenant_keys(self, session: Session, tenant: TenantId) -> int:
        """Wrap the tenant's keys with the newest master key; how many."""
        rows = sealed.tenant_keys(session)
        for row in rows:
            place = tenant_place(tenant, row.version)
            key = self._master.unwrap(bytes(row.wrapped), row.wrapped_by, place)
            row.wrapped, row.wrapped_by = self._master.wrap(key, place)
        return len(rows)

    def _newest(self, session: Session, tenant: TenantId) -> tuple[int, bytes]:
        rows = sealed.tenant_keys(session)
        version = rows[0].version if rows else self.add_tenant_key(session, tenant)
        return version, self._tenant(session, tenant, version)

    def _unwrapped(self, session: Session, tenant: TenantId, row: PersonKey) -> bytes:
        above = self._tenant(session, tenant, row.tenant_key)
        try:
            return unseal(above, bytes(row.wrapped), person_place(tenant, row.principal_id))
        except Unsealable as error:
            raise SealingUnavailable from error

    def _tenant(self, session: Session, tenant: TenantId, version: int) -> bytes:
        now = self._clock.monotonic()
        with self._lock:
            known = self._remembered.get((tenant, version))
        if known is not None and now - known[0] < _REMEMBERED_SECONDS:
            return known[1]
        row = sealed.tenant_key(session, version)
        if row is None:
            raise SealingUnavailable
        place = tenant_place(tenant, version)
        key = self._master.unwrap(bytes(row.wrapped), row.wrapped_by, place)
        with self._lock:
            self._remembered[tenant, version] = (now, key)
        return key


def rotate_tenant_key(
    database: Database, keys: Keys, tenant: TenantId
) -> Iterator[tuple[int, int]]:
    """Make a new tenant key and wrap every person's key with it, while traffic goes on.

    Yields how many are done and how many there are. What was stopped halfway goes on with the
    next rotation; the old key goes once nobody's key needs it (`gateway.retention.expire`).

    Raises:
        SealingUnavailable, StorageUnavailable: it stopped; everything still opens.
    """
    with database.tenant_session(tenant, write=True) as session:
        version = keys.add_tenant_key(session, tenant)
        total = sealed.count_others(session, version)
    done = 0
    yield done, total
    while True:
        with database.tenant_session(tenant, write=True) as session:
            step = keys.rewrap_people(session, tenant, version)
        if not step:
            return
        done += step
        yield done, max(done, total)
