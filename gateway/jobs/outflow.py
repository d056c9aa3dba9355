"""What follows the log while the gateway runs: its receivers outside, and its own search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.outflow.shipper import Shipper, receivers
from gateway.jobs.index import Indexer
from gateway.jobs.runner import Job, Schedule

if TYPE_CHECKING:
    from uuid import UUID

    from gateway.audit.degraded import SpooledLedger
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.settings import Settings
    from gateway.telemetry import Metrics

INDEX_SECONDS = 1.0
DRAIN_SECONDS = 1.0


class Followers:
    """A schedule for each: a slow receiver holds up neither the others nor the heartbeat."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        worker_id: UUID,
        metrics: Metrics,
        spooled: SpooledLedger | None,
    ) -> None:
        """Nothing runs before `start`.

        Raises:
            ConfigurationError: a receiver lacks what its kind needs.
        """
        self.indexer = Indexer(database, clock, settings.catalogue())
        shippers = {
            name: Shipper(database, ledger, clock, worker_id, {name: receiver}, metrics)
            for name, receiver in receivers(settings.audit.sinks).items()
        }
        spools = [Job("spool", DRAIN_SECONDS, spooled.drain)] if spooled else []
        seconds = settings.audit.ship_seconds
        self._schedules = [
            Schedule([Job("search", INDEX_SECONDS, self.indexer.run)], clock),
            *(Schedule([job], clock) for job in spools),
            *(
                Schedule([Job(f"outflow {name}", seconds, shipper.run)], clock)
                for name, shipper in shippers.items()
            ),
        ]

    def start(self) -> None:
        """Start the threads; after a fork, in the child."""
        for schedule in self._schedules:
            schedule.start()

    def stop(self) -> None:
        """Let what is in hand finish, then end."""
        for schedule in self._schedules:
            schedule.stop()
