"""Closing what a crash left open (promise P1): every decision gets its one outcome.

An exchange is left open when its worker died, or could not reach the database at
the end. Recording the outcome and closing the exchange are one transaction in the
ledger, and only an open exchange can be closed: whoever comes second is refused,
be it another worker's job or the lost worker itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.core.exchange import Outcome, OutcomeStatus
from gateway.core.identifiers import TenantId
from gateway.db import log_tables, tenants
from gateway.errors import AuditUnavailable
from gateway.pep.records import outcome_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database

CODE = "exchange.interrupted"
_FORGOTTEN = timedelta(days=1)


class Reconciler:
    """Finds exchanges nobody works on any more, and closes them as failed."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        worker_id: UUID,
        *,
        silent_seconds: float,
        longest_seconds: float,
    ) -> None:
        """A worker silent for `silent_seconds` is gone; no exchange lasts `longest_seconds`."""
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._worker_id = worker_id
        self._silent = timedelta(seconds=silent_seconds)
        self._longest = timedelta(seconds=longest_seconds)

    def beat(self) -> None:
        """Say that this worker lives."""
        with self._database.connection(None, write=True) as connection:
            now = self._clock.now()
            log_tables.worker_seen(connection, self._worker_id, now)
            log_tables.forget_workers(connection, now - _FORGOTTEN)

    def run(self) -> int:
        """Close what is left open; how many exchanges that were."""
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        return sum(self._close(tenant) for tenant in known)

    def _close(self, tenant: TenantId) -> int:
        closed = 0
        for row in self._left_open(tenant):
            outcome = Outcome(status=OutcomeStatus.FAILED, code=CODE)
            entry = outcome_entry(
                row.exchange_id, row.principal, row.model, outcome, self._clock.now()
            )
            try:
                self._ledger.record_outcome(tenant, entry)
            except AuditUnavailable:
                continue  # somebody else has closed it, or the next run will
            closed += 1
        return closed

    def _left_open(self, tenant: TenantId) -> Iterator[log_tables.OpenRow]:
        now = self._clock.now()
        with self._database.connection(None) as connection:
            living = log_tables.living_workers(connection, now - self._silent)
        with self._database.connection(tenant) as connection:
            rows = log_tables.open_rows(connection, tenant, now - self._silent)
        for row in rows:
            if row.worker_id not in living or row.opened_at < now - self._longest:
                yield row
