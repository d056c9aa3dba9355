"""Giving a tenant's log to a receiver, in order, and going on where it stopped.

At least once: the cursor moves only after the receiver has taken the records, so a crash in
between gives them again, and the receiver drops them by id. No transaction is open while the
receiver takes its time, and a lease keeps two workers from sending the same at once.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.audit.entries import administration
from gateway.audit.outflow import sinks
from gateway.audit.outflow.record import read
from gateway.audit.outflow.sinks import LONGEST_SECONDS, SinkUnavailable
from gateway.core.identifiers import TenantId
from gateway.core.values import dataclass
from gateway.db import outflow_tables, tenants

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event
    from uuid import UUID

    from gateway.audit.ledger import Ledger
    from gateway.audit.outflow.formats import Format
    from gateway.audit.outflow.sinks import Sink
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.evidence_sections import SinkSettings
    from gateway.telemetry import Metrics

_LOG = logging.getLogger(__name__)
BATCH = 500
LEASE = timedelta(seconds=LONGEST_SECONDS + 30)
_BATCHES_A_RUN = 20
"""Most batches one sink is given before the next sink has its turn."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A named sink, what it understands, and whose logs it may have (promise P4)."""

    name: str
    sink: Sink
    form: Format
    tenants: frozenset[str]
    """Short names. A tenant that is not here is not sent."""


class Shipper:
    """Brings logs to receivers."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        worker_id: UUID,
        receivers: Mapping[str, Receiver],
        metrics: Metrics,
    ) -> None:
        """`worker_id` holds the lease; `receivers` are named as in the settings."""
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._worker_id = worker_id
        self._receivers = receivers
        self._metrics = metrics

    def run(self) -> int:
        """Give every receiver what is new in its tenants' logs; how many entries."""
        with self._database.directory_session() as session:
            known = {item.slug: TenantId(item.id) for item in tenants.every(session)}
        given = 0
        for receiver in self._receivers.values():
            for slug in sorted(receiver.tenants & known.keys()):
                try:
                    moved = self.ship(known[slug], receiver.name, _BATCHES_A_RUN)
                    self._metrics.outflow_given(slug, receiver.name).inc(moved)
                    given += moved
                except SinkUnavailable as error:
                    # Its other tenants' entries would fare no better: next receiver.
                    _LOG.warning("sink %s takes nothing", receiver.name, exc_info=error)
                    self._metrics.outflow_failed(slug, receiver.name).inc()
                    break
                finally:
                    self._note_lag(slug, known[slug], receiver.name)
        return given

    def _note_lag(self, slug: str, tenant: TenantId, name: str) -> None:
        with self._database.connection(tenant) as connection:
            entries, seconds = outflow_tables.lag(connection, tenant, name, self._clock.now())
        self._metrics.outflow_behind(slug, name).set(entries)
        self._metrics.outflow_age(slug, name).set(seconds)

    def ship(
        self, tenant: TenantId, name: str, batches: int = 0, ended: Event | None = None
    ) -> int:
        """Give one receiver what is new in one log, in at most `batches` pieces (0: all of it).

        Returns how many entries; none when another worker is at it. Stops when `ended` is set.

        Raises:
            SinkUnavailable: the receiver did not take a piece; the cursor stands before it.
            StorageUnavailable: the database did not answer.
            AuditUnavailable: that a new receiver begins could not be recorded; nothing was sent.
        """
        receiver = self._receivers[name]
        self._begin(tenant, receiver)
        # Looking takes no lease, so that an idle gateway writes nothing.
        with self._database.connection(tenant) as connection:
            behind, _ = outflow_tables.lag(connection, tenant, name, self._clock.now())
        if not behind:
            return 0
        given = done = 0
        try:
            while not (ended and ended.is_set()):
                moved = self._batch(tenant, receiver)
                given, done = given + moved, done + 1
                if moved < BATCH or done == batches:
                    break
        finally:
            with self._database.connection(tenant, write=True) as connection:
                outflow_tables.release(connection, tenant, name, self._worker_id)
        return given

    def _begin(self, tenant: TenantId, receiver: Receiver) -> None:
        """That a log goes to somebody new is itself in the log, before the first record leaves."""
        with self._database.connection(tenant) as connection:
            if outflow_tables.known(connection, tenant, receiver.name):
                return
        entry = administration(self._clock.now(), "gateway", "outflow.began", receiver.name)
        self._ledger.record_event(tenant, entry)
        with self._database.connection(tenant, write=True) as connection:
            outflow_tables.begin(connection, tenant, receiver.name, self._clock.now())

    def _batch(self, tenant: TenantId, receiver: Receiver) -> int:
        """Give the next piece and move the cursor behind it; how many entries that were."""
        with self._database.connection(tenant, write=True) as connection:
            first = outflow_tables.take(
                connection, tenant, receiver.name, self._worker_id, self._clock.now(), LEASE
            )
            if first is None:
                return 0
            records = read(connection, tenant, first, BATCH, asked=receiver.form.asked)
        if not records:
            return 0
        body = receiver.form.encode(records)
        if body:
            receiver.sink.give(body, receiver.form)
        following = records[-1].sequence + 1
        with self._database.connection(tenant, write=True) as connection:
            outflow_tables.move(
                connection, tenant, receiver.name, self._worker_id, following, self._clock.now()
            )
        return len(records)


def receivers(settings: Mapping[str, SinkSettings]) -> dict[str, Receiver]:
    """The configured receivers by name.

    Raises:
        ConfigurationError: one lacks what its kind needs.
    """
    return {
        name: Receiver(name, *sinks.made(name, item), frozenset(item.tenants))
        for name, item in settings.items()
    }
