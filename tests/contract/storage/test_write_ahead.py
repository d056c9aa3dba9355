"""P1 with teeth: a database that hangs, is gone, is full, or loses its own answer."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from gateway.audit import doubts
from gateway.audit.entries import Entry, administration
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import log_tables, migrate
from gateway.db.log_plain import Plain
from gateway.db.log_wire import Wire
from gateway.db.session import Database
from gateway.errors import AuditUnavailable, StorageUnavailable
from gateway.jobs.reconcile import Reconciler
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock

SECRET = RootSecret(b"r" * 32)
QUESTION = b'{"asked":1}'
PATIENCE = 0.4


@pytest.fixture
def tenant(database: Database) -> TenantId:
    """An organisation."""
    return TenantId(a_tenant(database, "acme").id)


@pytest.fixture
def ledger(database: Database, clock: SystemClock) -> Iterator[Ledger]:
    """A ledger that waits for less than half a second."""
    made = Ledger(database, SECRET, clock, uuid7(), record_seconds=PATIENCE)
    made.start()
    yield made
    made.stop()


def decision(clock: SystemClock, exchange: str) -> Entry:
    """A permit."""
    return Entry("decision", clock.now(), {"x": 1}, exchange, effect="permit")


def outcome(clock: SystemClock, exchange: str) -> Entry:
    """A good end."""
    return Entry("outcome", clock.now(), {"code": "ok"}, exchange, status="completed")


def said(database: Database, tenant: TenantId) -> list[tuple[str, str]]:
    """What the log says, entry by entry."""
    with database.connection(tenant) as connection:
        found = [json.loads(row.canonical) for row in log_tables.entries(connection, tenant)]
    return [(item["kind"], item["status"] or item["effect"]) for item in found]


def until(condition: Callable[[], bool], seconds: float = 8) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@contextmanager
def held(database: Database, tenant: TenantId) -> Iterator[None]:
    """Another session holds the lock that the writer needs."""
    with database.connection(tenant, write=True) as connection:
        log_tables.lock_head(connection, tenant)
        yield


class TestHangs:
    def test_refused_in_time_red_while_it_lasts_and_honest_afterwards(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        Somebody holds the lock: callers are refused within their bound, readiness turns red, and
        whatever was written all the same is taken back by a correction.
        """
        refused: list[float] = []

        def record() -> None:
            start = time.monotonic()
            with pytest.raises(AuditUnavailable):
                ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
            refused.append(time.monotonic() - start)

        with held(database, tenant):
            threads = [threading.Thread(target=record) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(6)
            red = until(lambda: not ledger.writable(), 3)

        assert len(refused) == 4
        assert max(refused) < PATIENCE * 6
        assert red
        assert until(ledger.writable)
        entries = said(database, tenant)
        assert entries.count(("decision", "permit")) == entries.count(
            ("correction", doubts.NOT_ACTED_ON)
        )

    def test_a_new_start_after_the_lock_is_gone(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        When the lock is gone the same writer goes on, with no gap in the numbers.
        """
        with held(database, tenant), pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        assert until(ledger.writable)

        ledger.record_event(tenant, administration(clock.now(), "p_x", "key.created", "k"))
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact


class TestTooLate:
    @pytest.fixture
    def slow_commit(self, monkeypatch: pytest.MonkeyPatch, ledger: Ledger) -> threading.Event:
        """The next group is written, but its commit ends only when the event is set."""
        gate, write = threading.Event(), ledger._write

        def slowly(*arguments: Any) -> None:
            write(*arguments)
            gate.wait(10)

        monkeypatch.setattr(ledger, "_write", slowly)
        return gate

    def test_an_outcome_nobody_waited_for_is_taken_back(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        request: pytest.FixtureRequest,
    ) -> None:
        """
        The outcome says completed, its caller had given up and released nothing: the log says so
        in one more entry.
        """
        exchange = exchange_id()
        ledger.record_decision(tenant, decision(clock, exchange), QUESTION)
        gate: threading.Event = request.getfixturevalue("slow_commit")
        with pytest.raises(AuditUnavailable):
            ledger.record_outcome(tenant, outcome(clock, exchange))
        gate.set()

        assert until(lambda: len(said(database, tenant)) == 3)
        assert said(database, tenant)[1:] == [
            ("outcome", "completed"),
            ("correction", doubts.NOT_RELEASED),
        ]
        with database.connection(tenant) as connection:
            last = [json.loads(row.canonical) for row in log_tables.entries(connection, tenant)][-1]
        assert (last["corrects"], last["exchange"], last["said"]) == (1, exchange, "completed")

    def test_a_decision_nobody_waited_for_is_closed_soon(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        slow_commit: threading.Event,
    ) -> None:
        """
        A permit that was not acted on is corrected, and its exchange closed by the next
        reconciliation although its worker lives.
        """
        with pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        slow_commit.set()
        assert until(lambda: len(said(database, tenant)) == 2)
        second = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        second.start()
        reconciler = Reconciler(
            database, second, clock, uuid7(), silent_seconds=0, longest_seconds=600
        )
        closed = reconciler.run()
        second.stop()

        assert closed == 1
        assert [kind for kind, _ in said(database, tenant)] == ["decision", "correction", "outcome"]


@contextmanager
def losing_an_answer(database: Database, *, written: bool) -> Iterator[None]:
    """The next commit's answer never comes: the connection breaks after it, or before."""
    left = iter([True])
    answers = Wire.answers

    def broken(wire: Wire, seconds: float) -> dict[str, Any]:
        if not ("commit" in wire._owed and next(left, False)):
            return answers(wire, seconds)
        if written:
            answers(wire, seconds)
            raise StorageUnavailable
        with socket.socket(fileno=os.dup(wire._server.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)
        return answers(wire, seconds)

    run = Plain.run

    def refused(plain: Plain, name: str, *values: Any) -> Any:
        if not (name == "commit" and next(left, False)):
            return run(plain, name, *values)
        if written:
            run(plain, name, *values)
        raise sqlite3.OperationalError("the connection is gone")

    owner, name, instead = (Plain, "run", refused) if database.sqlite else (Wire, "answers", broken)
    with mock.patch.object(owner, name, instead):
        yield


class TestLostAnswer:
    @pytest.mark.parametrize("kind", ["decision", "outcome", "administration"])
    def test_a_commit_whose_answer_was_lost_is_looked_into(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        kind: str,
    ) -> None:
        """
        The database committed and the connection broke before it could say so: the caller is
        refused, and the writer finds the entry and corrects it.
        """
        exchange = exchange_id()
        if kind == "outcome":
            ledger.record_decision(tenant, decision(clock, exchange), QUESTION)

        with losing_an_answer(database, written=True), pytest.raises(AuditUnavailable):
            if kind == "decision":
                ledger.record_decision(tenant, decision(clock, exchange), QUESTION)
            elif kind == "outcome":
                ledger.record_outcome(tenant, outcome(clock, exchange))
            else:
                entry = administration(clock.now(), "p_x", "key.created", "k")
                ledger.record_event(tenant, entry)
        code = {"administration": doubts.UNCONFIRMED, **doubts.CODES}[kind]

        assert until(lambda: ("correction", code) in said(database, tenant))
        assert until(ledger.writable)
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact

    def test_a_commit_that_failed_is_not_corrected(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        Where the entry was never written there is nothing to take back.
        """
        with losing_an_answer(database, written=False), pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        assert until(ledger.writable)

        assert said(database, tenant) == []
        assert ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION) == 0


class TestFull:
    def test_a_full_disk_is_a_refusal_and_readiness_is_red(
        self, tmp_path: Path, clock: SystemClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        SQLite may not grow any more: nothing is recorded, so nothing may be sent; with room again
        the log goes on where it was.
        """
        url = f"sqlite:///{tmp_path / 'full.db'}"
        migrate.upgrade(url)
        database = Database(url)
        tenant = TenantId(a_tenant(database, "acme").id)
        room, run = [1 << 30], Plain.run

        def limited(plain: Plain, name: str, *values: Any) -> Any:
            plain._connection.execute(f"PRAGMA max_page_count={room[0]}")
            return run(plain, name, *values)

        monkeypatch.setattr(Plain, "run", limited)
        ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        ledger.start()
        first = ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        room[0] = 1  # SQLite takes the present size instead: no page more
        big = Entry("decision", clock.now(), {"x": "y" * 20_000}, exchange_id(), effect="permit")
        with pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, big, QUESTION)
        room[0] = 1 << 30
        assert until(ledger.writable)
        second = ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        ledger.stop()
        intact = DecisionLog(database, SECRET, clock).verify(tenant).intact
        database.dispose()

        assert (first, second, intact) == (0, 1, True)


@pytest.mark.postgres
class TestGone:
    def test_a_database_that_is_gone_and_comes_back(
        self, migrated_postgres_url: str, postgres_server: str, clock: SystemClock
    ) -> None:
        """
        Connections are cut and no new ones let in: refused, red; afterwards all is well.
        """
        database = Database(migrated_postgres_url)
        tenant = TenantId(a_tenant(database, "acme").id)
        ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=2)
        ledger.start()
        ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        name = urlsplit(migrated_postgres_url).path.removeprefix("/")
        admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")

        def let_in(allowed: str) -> None:
            with admin.connect() as connection:
                connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"))
                connection.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname=:n"),
                    {"n": name},
                )

        let_in("false")
        with pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION)
        red = until(lambda: not ledger.writable(), 3)
        let_in("true")
        assert red
        assert until(ledger.writable)
        assert ledger.record_decision(tenant, decision(clock, exchange_id()), QUESTION) == 1
        ledger.stop()
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact
        database.dispose()
        admin.dispose()
