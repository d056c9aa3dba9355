"""What reads each tenant's requests: the shared detectors, and those for its own terms.

Terms are in the database. A tenant's are loaded with its first request, which waits for them: until
they are at work nothing of that tenant passes. Afterwards they are looked at again and again in
the background, so that a change counts within seconds and without a restart; when they cannot be
read, those that are known stay.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from gateway.content.dictionaries import Dictionary, Shape, TenantTerms, detectors
from gateway.content.directory import Directory
from gateway.content.term_files import unpack
from gateway.core.values import dataclass
from gateway.db import detection_terms as table
from gateway.errors import InvalidTerms

if TYPE_CHECKING:
    from uuid import UUID

    from gateway.content.request import RequestReader
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

WATCH_SECONDS = 3.0
_FORGOTTEN_SECONDS = 3_600.0
"""A tenant that asked nothing for so long is loaded anew when it does."""


@dataclass(slots=True)
class _Held:
    """What one tenant has, and when it was last asked for."""

    reader: RequestReader
    editions: frozenset[UUID]
    used: float


class TenantReaders:
    """A reader of requests for each tenant."""

    def __init__(self, shared: RequestReader, database: Database, clock: Clock) -> None:
        """`shared` is what every tenant has."""
        self.shared = shared
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._loading: dict[TenantId, Lock] = {}
        self._held: dict[TenantId, _Held] = {}

    def of(self, tenant: TenantId) -> RequestReader:
        """What reads the requests of `tenant`.

        Raises:
            StorageUnavailable: its terms are not known and cannot be read.
            InvalidTerms: they break a limit.
        """
        held = self._held.get(tenant)
        if held is None:
            held = self._first(tenant)
        held.used = self._clock.monotonic()
        return held.reader

    def refresh(self) -> None:
        """Load what has changed; forget tenants that have not asked for long.

        Raises:
            StorageUnavailable: the database did not answer; what is known stays.
            InvalidTerms: so do the terms of a tenant whose new ones break a limit.
        """
        now = self._clock.monotonic()
        broken: InvalidTerms | None = None
        for tenant, held in list(self._held.items()):
            if now - held.used > _FORGOTTEN_SECONDS:
                with self._lock:
                    self._held.pop(tenant, None)
                    self._loading.pop(tenant, None)
                continue
            try:
                self._renew(tenant, held)
            except InvalidTerms as error:  # the other tenants' are looked at all the same
                broken = error
        if broken is not None:
            raise broken

    def _renew(self, tenant: TenantId, held: _Held) -> None:
        with self._database.tenant_session(tenant) as session:
            current = table.editions(session)
        if current != held.editions:
            self._held[tenant] = self._loaded(tenant, held.used)

    def _first(self, tenant: TenantId) -> _Held:
        with self._lock:
            turn = self._loading.setdefault(tenant, Lock())
        with turn:
            held = self._held.get(tenant)
            if held is None:
                held = self._held[tenant] = self._loaded(tenant, self._clock.monotonic())
            return held

    def _loaded(self, tenant: TenantId, used: float) -> _Held:
        with self._database.tenant_session(tenant) as session:
            editions = table.editions(session)
            lists = table.dictionaries(session) if editions else ()
            shapes = table.patterns(session) if editions else ()
        read = [unpack(row.content) for row in lists]
        terms = TenantTerms(
            tuple(
                Dictionary(row.name, row.type, listed.terms, row.any_case, row.whole_words)
                for row, listed in zip(lists, read, strict=True)
            ),
            tuple(Shape(row.name, row.expression, row.type) for row in shapes),
        )
        employees = [person for listed in read for person in listed.employees]
        directory = Directory(employees) if employees else None
        reader = self.shared.apart(detectors(terms), directory)
        return _Held(reader, editions, used)
