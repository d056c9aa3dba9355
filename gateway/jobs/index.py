"""Following the log, and noting the words that its decisions are found by.

Beside the log, so that no request waits for it: a page looks at the entries
themselves for what is not noted yet. A second behind at most, while it runs.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.identifiers import TenantId
from gateway.db import outflow_tables, postings, search_words, tenants
from gateway.db.outflow_tables import INDEXER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from gateway.core.catalogue import Catalogue
    from gateway.core.clock import Clock
    from gateway.db.session import Database

BATCH = 1_000
_BATCHES_A_RUN = 20
"""Most pieces of one tenant's log in a run, before the next tenant has its turn."""


class Indexer:
    """Indexes every tenant's log."""

    def __init__(self, database: Database, clock: Clock, catalogue: Catalogue) -> None:
        """Costs are reckoned at the prices of `catalogue`."""
        self._database = database
        self._clock = clock
        self._catalogue = catalogue

    def run(self) -> int:
        """Index what is new in every log; how many entries."""
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        return sum(self.index(tenant, _BATCHES_A_RUN) for tenant in known)

    def index(self, tenant: TenantId, batches: int = 0) -> int:
        """Index what is new in one log, in at most `batches` pieces (0: all of it).

        Returns how many entries; none where another worker is at it.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        # Looking takes no lock, so that an idle gateway writes nothing.
        with self._database.connection(tenant) as connection:
            behind, _ = outflow_tables.lag(connection, tenant, INDEXER, self._clock.now())
        done = count = 0
        while behind:
            step = self._step(tenant)
            count, done = count + step, done + 1
            if step < BATCH or done == batches:
                break
        return count

    def _step(self, tenant: TenantId) -> int:
        with self._database.connection(tenant, write=True) as connection:
            now = self._clock.now()
            outflow_tables.begin(connection, tenant, INDEXER, now)
            first = outflow_tables.lock(connection, tenant, INDEXER, wait=False)
            if first is None:
                return 0
            rows = outflow_tables.said_from(connection, tenant, first, BATCH)
            if rows:
                self._note(connection, tenant, rows)
                outflow_tables.place(connection, tenant, INDEXER, rows[-1][0] + 1, now)
            return len(rows)

    def _note(
        self, connection: Connection, tenant: UUID, rows: Sequence[tuple[int, bytes]]
    ) -> None:
        places: dict[str, int] = {}
        # Words only: a thousand documents at once would be work for the collector.
        outcomes: list[tuple[str, set[str]]] = []
        found: dict[str, list[int]] = defaultdict(list)
        times: dict[int, datetime] = {}
        for at, canonical in rows:
            said = orjson.loads(canonical)
            if said["kind"] == "decision":
                places[said["exchange"]] = at
                times[at] = datetime.fromisoformat(said["at"])
                for word in search_words.of_decision(said):
                    found[word].append(at)
            elif said["kind"] == "outcome":
                words = search_words.of_outcome(said, self._microcents(said))
                outcomes.append((said["exchange"], words))
        earlier = [exchange for exchange, _ in outcomes if exchange not in places]
        places |= outflow_tables.decisions_of(connection, tenant, earlier)
        for exchange, words in outcomes:
            place = places.get(exchange)
            if place is not None:
                for word in words:
                    found[word].append(place)
        postings.add(connection, tenant, found, times)

    def _microcents(self, said: dict[str, Any]) -> int:
        model, usage = self._catalogue.find(said["model"]), said.get("usage", {})
        if model is None:
            return 0
        return int(
            usage.get("input_tokens", 0) * model.price.input
            + usage.get("output_tokens", 0) * model.price.output
        )
