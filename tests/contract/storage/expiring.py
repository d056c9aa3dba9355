"""A tenant with a log whose entries grow old."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import log_tables
from gateway.retention.erase import Erasure
from gateway.retention.expire import Expiry
from gateway.retention.holds import Holds
from gateway.retention.schedule import Periods
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.audit.verdict import Verdict
    from gateway.core.clock import SystemClock
    from gateway.db.session import Database
    from gateway.retention.expire import Report

SECRET = RootSecret(b"r" * 32)
RETAIN = {"id": "1", "type": "retain", "params": {"days": 183}}
RIGHTS: dict[str, Any] = {"owner": "customer", "restrictions": []}
EMMA = "p_" + "e" * 22


class World:
    """One tenant's log, and the rooms around it."""

    def __init__(self, database: Database, clock: SystemClock) -> None:
        self.database, self.clock = database, clock
        self.tenant = TenantId(a_tenant(database, "acme").id)
        self.ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        self.ledger.start()
        self.log = DecisionLog(database, SECRET, clock)
        self.holds, self.periods = Holds(database, clock), Periods(database, clock)
        self.expiry = self.another_job()

    def another_job(self) -> Expiry:
        """The job, as another process runs it."""
        erasure = Erasure(
            self.database, self.ledger, self.holds, SECRET, self.clock, lambda _: False
        )
        return Expiry(
            self.database, self.ledger, self.clock, erasure.erase_ended, pause_seconds=0.001
        )

    def restart(self) -> None:
        """Another worker: it remembers nothing."""
        self.ledger.stop()
        self.ledger = Ledger(self.database, SECRET, self.clock, uuid7(), record_seconds=5)
        self.ledger.start()
        self.expiry = self.another_job()

    def exchange(
        self,
        days: int,
        question: bytes = b'{"q":1}',
        who: str = EMMA,
        *,
        high: bool = False,
        rights: dict[str, Any] = RIGHTS,
        ledger: Ledger | None = None,
    ) -> str:
        """An exchange of so many days ago, with its decision, outcome and rights record.

        `ledger` is who writes it, unless this worker does.
        """
        writer = ledger or self.ledger
        at, name = self.clock.now() - timedelta(days=days), exchange_id()
        said = {
            "decision": {"obligations": [RETAIN] if high else [], "reasons": []},
            "input_digest": hashlib.sha256(question).hexdigest(),
        }
        decision = Entry("decision", at, said, name, effect="permit", principal=who)
        writer.record_decision(self.tenant, decision, question)
        ended: dict[str, Any] = {
            "fulfilled": ["retain"] if high else [],
            "rights": rights,
            "output": {"digest": "d", "delivered_digest": "d", "labels": []},
            "provider": {"request_id": "", "status": 200},
        }
        outcome = Entry("outcome", at, ended, name, status="completed", principal=who)
        writer.record_outcome(self.tenant, outcome)
        return name

    def run(self) -> Report:
        """Run the job."""
        report = self.expiry.run(self.tenant)
        assert report is not None
        return report

    def rows(self) -> list[Any]:
        """The log's rows."""
        with self.database.connection(self.tenant) as connection:
            return list(log_tables.entries(connection, self.tenant))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.database.connection(self.tenant) as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)

    def verified(self) -> Verdict:
        """The verdict on the log where it lies, once sealed."""
        self.log.seal(self.tenant)
        return self.log.verify(self.tenant)

    def as_owner(self, statement: str) -> None:
        """Somebody with full access to the database."""
        with self.database.engine.begin() as connection:
            connection.execute(text(statement))
