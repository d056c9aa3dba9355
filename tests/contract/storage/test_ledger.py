"""P1 and P6 at the ledger: durable or refused, contiguous, and one outcome for each decision."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import expiry, log_tables
from gateway.errors import AuditUnavailable
from gateway.jobs.reconcile import CODE, Reconciler
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.db.session import Database

QUESTION = b'{"asked":1}'
SECRET = RootSecret(b"r" * 32)


def decision(clock: SystemClock, exchange: str = "") -> Entry:
    """A decision about a new exchange."""
    return Entry("decision", clock.now(), {"x": 1}, exchange or exchange_id(), effect="permit")


def outcome(clock: SystemClock, exchange: str) -> Entry:
    """The outcome of an exchange."""
    return Entry("outcome", clock.now(), {"code": "ok"}, exchange, status="completed")


@pytest.fixture
def tenant(database: Database) -> TenantId:
    """An organisation."""
    return TenantId(a_tenant(database, "acme").id)


@pytest.fixture
def ledger(database: Database, clock: SystemClock) -> Iterator[Ledger]:
    """A running ledger."""
    made = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def log(database: Database, clock: SystemClock) -> DecisionLog:
    """The log as auditors see it."""
    return DecisionLog(database, SECRET, clock)


class TestDurable:
    def test_positions_are_contiguous_from_zero(
        self, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        Entries get the next position, in the order they are recorded.
        """
        exchange = exchange_id()

        assert ledger.record_decision(tenant, decision(clock, exchange), QUESTION) == 0
        assert ledger.record_outcome(tenant, outcome(clock, exchange)) == 1
        assert ledger.record_decision(tenant, decision(clock), QUESTION) == 2

    def test_many_writers_at_once(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        log: DecisionLog,
    ) -> None:
        """
        Two workers with many threads on one tenant leave one contiguous log with a right root.
        """
        second = Ledger(database, SECRET, clock, uuid7(), record_seconds=10)
        second.start()

        def work(writer: Ledger) -> None:
            for _ in range(10):
                exchange = exchange_id()
                writer.record_decision(tenant, decision(clock, exchange), QUESTION)
                writer.record_outcome(tenant, outcome(clock, exchange))

        threads = [threading.Thread(target=work, args=(writer,)) for writer in (ledger, second) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        second.stop()
        log.seal(tenant)
        verdict = log.verify(tenant)

        assert verdict.intact
        assert verdict.size == 160

    def test_equal_questions_are_kept_once(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        What the policy was asked is stored by content, not by request.
        """
        for _ in range(5):
            ledger.record_decision(tenant, decision(clock), QUESTION)
        ledger.record_decision(tenant, decision(clock), b'{"asked":2}')
        with database.connection(tenant) as connection:
            kept = connection.scalar(text("SELECT count(*) FROM policy_input"))

        assert kept == 2

    def test_a_question_that_retention_took_is_kept_again(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        P8: a worker that has long been running does not take it for granted that it is there.
        """
        clock = Ahead()
        ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        ledger.start()
        ledger.record_decision(tenant, decision(clock), QUESTION)
        with database.connection(tenant, write=True) as connection:
            expiry.forget_inputs(connection, tenant, clock.now() + timedelta(days=1), 10)
        clock.ahead = timedelta(seconds=100_000)
        ledger.record_decision(tenant, decision(clock), QUESTION)
        ledger.stop()
        with database.connection(tenant) as connection:
            kept = connection.scalar(text("SELECT count(*) FROM policy_input"))

        assert kept == 1


class Ahead(SystemClock):
    """A clock that can be put forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        """The machine's, and so much more."""
        return super().now() + self.ahead


class TestRefused:
    def test_an_outcome_needs_an_open_exchange(
        self, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        A second outcome, or one without a decision, is refused: exactly one for each decision.
        """
        exchange = exchange_id()
        ledger.record_decision(tenant, decision(clock, exchange), QUESTION)
        ledger.record_outcome(tenant, outcome(clock, exchange))

        with pytest.raises(AuditUnavailable):
            ledger.record_outcome(tenant, outcome(clock, exchange))
        with pytest.raises(AuditUnavailable):
            ledger.record_outcome(tenant, outcome(clock, exchange_id()))

    def test_one_bad_entry_does_not_take_others_with_it(
        self, ledger: Ledger, tenant: TenantId, clock: SystemClock, log: DecisionLog
    ) -> None:
        """
        In a group, an entry that cannot be written fails alone.
        """
        bad = Entry("decision", clock.now(), {"x": 0.5}, exchange_id())
        results: list[Any] = []

        def record(entry: Entry) -> None:
            try:
                results.append(ledger.record_decision(tenant, entry, QUESTION))
            except AuditUnavailable:
                results.append("refused")

        entries = [bad, *(decision(clock) for _ in range(7))]
        threads = [threading.Thread(target=record, args=(entry,)) for entry in entries]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(results, key=str) == [0, 1, 2, 3, 4, 5, 6, "refused"]
        assert log.verify(tenant).intact

    def test_a_stopped_ledger_refuses(
        self, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        After the end nothing is promised.
        """
        ledger.stop()

        with pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock), QUESTION)
        assert not ledger.writable()

    def test_no_tables_no_promise(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        When the database cannot take the entry, the caller is told and the ledger lives on.
        """
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE log_entry RENAME TO gone"))
        with pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock), QUESTION)
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO log_entry"))

        assert ledger.record_decision(tenant, decision(clock), QUESTION) == 0


class TestReconciled:
    def test_what_a_dead_worker_left_open_is_closed_once(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        log: DecisionLog,
    ) -> None:
        """
        After a crash the open exchanges of silent workers get one failed outcome each.
        """
        dead = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        dead.start()
        for _ in range(3):
            dead.record_decision(tenant, decision(clock), QUESTION)
        dead.stop()
        living = uuid7()
        reconciler = Reconciler(
            database, ledger, clock, living, silent_seconds=0, longest_seconds=600
        )
        first, second = reconciler.run(), reconciler.run()
        with database.connection(tenant) as connection:
            ends = [
                json.loads(row.canonical)
                for row in log_tables.entries(connection, tenant)
                if row.kind == "outcome"
            ]

        assert (first, second) == (3, 0)
        assert [(item["status"], item["code"]) for item in ends] == [("failed", CODE)] * 3
        assert log.verify(tenant).intact

    def test_a_living_worker_is_left_alone(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        A slow exchange of a worker that still beats is not taken from it.
        """
        worker = uuid7()
        ledger = Ledger(database, SECRET, clock, worker, record_seconds=5)
        ledger.start()
        ledger.record_decision(tenant, decision(clock), QUESTION)
        reconciler = Reconciler(
            database, ledger, clock, worker, silent_seconds=30, longest_seconds=600
        )
        reconciler.beat()
        closed = reconciler.run()
        ledger.stop()

        assert closed == 0


class TestReadiness:
    def test_writable_is_a_real_write(self, ledger: Ledger) -> None:
        """
        The probe writes, so that a full disk or a read-only database turns it red.
        """
        assert ledger.writable()
