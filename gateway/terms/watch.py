"""What is looked at every half minute: the edition in the folder, and what has expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.db import tenants

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.telemetry import Metrics
    from gateway.terms.registry import TermsRegistry

WATCH_SECONDS = 30.0


class Watch:
    """Keeps the edition current and the operators told."""

    def __init__(
        self, registry: TermsRegistry, database: Database, clock: Clock, metrics: Metrics
    ) -> None:
        """Nothing is looked at before `run`."""
        self._registry = registry
        self._database = database
        self._clock = clock
        self._metrics = metrics

    def run(self) -> None:
        """Load a new edition if there is a good one, keep it, and count what has expired.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        good = self._registry.editions.reload()
        self._metrics.edition_refused.set(0 if good else 1)
        self._registry.editions.keep()
        with self._database.directory_session() as session:
            every = [record.value() for record in tenants.every(session)]
        now = self._clock.now()
        for tenant in every:
            count = self._registry.expired(tenant, now)
            self._metrics.expired_facts(tenant.slug).set(count)
