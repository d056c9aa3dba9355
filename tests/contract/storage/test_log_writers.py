"""The ledger's own way to the log, on both databases: what is written, and what is not."""

from __future__ import annotations

import logging
import signal
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.tail import Tail, hashed
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import log_plain, log_tables, migrate
from gateway.db.log_group import Group
from gateway.db.session import Database
from gateway.errors import AuditUnavailable, StorageUnavailable
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock

SECRET = RootSecret(b"r" * 32)
WORKER = uuid7()


@pytest.fixture
def tenant(database: Database) -> TenantId:
    """An organisation."""
    return TenantId(a_tenant(database, "acme").id)


@pytest.fixture
def ledger(database: Database, clock: SystemClock) -> Iterator[Ledger]:
    """A running ledger."""
    made = Ledger(database, SECRET, clock, WORKER, record_seconds=10)
    made.start()
    yield made
    made.stop()


def decision(at: datetime, model: str = "m", **said: str) -> Entry:
    """A permit with something in every column."""
    return Entry(
        "decision", at, dict(said), exchange_id(), effect="permit", model=model,
        principal="p_Ünïcode", rules=("IP-05", "PD-01"),
    )  # fmt: skip


class TestWritten:
    def test_every_column_is_what_was_said(
        self, database: Database, ledger: Ledger, tenant: TenantId
    ) -> None:
        """
        Texts beyond ASCII, the microsecond, a moment before 2000 and one of another zone.
        """
        moments = [
            datetime(1969, 7, 20, 20, 17, 40, 1, UTC),
            datetime(2026, 11, 26, 12, 0, 0, 999_999, timezone(timedelta(hours=5, minutes=30))),
        ]
        entries = [decision(at, model="模型 🙂") for at in moments]
        for entry in entries:
            ledger.record_decision(tenant, entry, b'{"asked":1}')
        with database.connection(tenant) as connection:
            rows = list(log_tables.entries(connection, tenant))
            later = datetime(2100, 1, 1, tzinfo=UTC)
            opened = log_tables.open_rows(connection, tenant, later)
            kept = connection.execute(text("SELECT canonical FROM policy_input")).scalars().all()

        assert [row.recorded_at for row in rows] == moments
        for row, entry in zip(rows, entries, strict=True):
            assert bytes(row.canonical) == entry.encoded(tenant)
            assert (row.model, row.principal) == ("模型 🙂", "p_Ünïcode")
            assert (row.effect, row.status, row.rules) == ("permit", "", ",IP-05,PD-01,")
        assert [(row.exchange_id, row.worker_id, row.opened_at) for row in opened] == [
            (entry.exchange_id, WORKER, entry.at) for entry in entries
        ]
        assert [bytes(item) for item in kept] == [b'{"asked":1}']
        assert DecisionLog(database, SECRET, ledger._clock).verify(tenant).intact

    def test_a_group_lies_by_kind_and_is_read_by_place(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        Small entries share SQLite's pages, whatever came between them; the log's order stays.
        """
        entries = []
        for _ in range(3):
            begun = decision(clock.now())
            ended = Entry("outcome", clock.now(), {}, begun.exchange_id, status="completed")
            entries += [begun, ended]
        writer, tail = log_plain.writer(database, WORKER), Tail(SECRET)
        with writer.locked(tenant, 5) as log:
            lines = hashed(tenant, entries)
            placed = tail.place(tenant, log.head, lines)
            log.write(Group(placed.first, lines, placed.head))
        writer.close()
        with database.connection(tenant) as connection:
            rows = [(row.sequence, row.kind) for row in log_tables.entries(connection, tenant)]
            if database.sqlite:
                lie = connection.scalars(text("SELECT kind FROM log_entry ORDER BY rowid")).all()
                assert lie == ["decision"] * 3 + ["outcome"] * 3

        assert rows == list(enumerate(["decision", "outcome"] * 3))
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact

    @pytest.mark.parametrize("exchanges", [1, 8, 20])
    def test_sixteen_entries_are_as_many_statements_as_one(
        self, tmp_path: Path, clock: SystemClock, exchanges: int
    ) -> None:
        """
        On SQLite, where each statement costs more than what it adds; all of them are written, and
        each outcome closes its exchange.
        """
        url = f"sqlite:///{tmp_path / 'log.db'}"
        migrate.upgrade(url)
        database = Database(url)
        tenant = TenantId(a_tenant(database, "acme").id)
        begun = [decision(clock.now()) for _ in range(exchanges)]
        ended = [Entry("outcome", clock.now(), {}, item.exchange_id) for item in begun[1:]]
        lines, tail = hashed(tenant, [*begun, *ended]), Tail(SECRET)
        writer, sent = log_plain.PlainWriter(database, WORKER), list[str]()
        with writer.locked(tenant, 5) as log:
            writer._connection.set_trace_callback(sent.append)  # type: ignore[union-attr]
            placed = tail.place(tenant, log.head, lines)
            log.write(Group(placed.first, lines, placed.head))
        writer.close()
        with database.connection(tenant) as connection:
            rows = [bytes(row.canonical) for row in log_tables.entries(connection, tenant)]
            opened = log_tables.open_rows(connection, tenant, datetime(2100, 1, 1, tzinfo=UTC))
        database.dispose()

        assert rows == [line.canonical for line in lines]
        assert [row.exchange_id for row in opened] == [begun[0].exchange_id]
        adding = [statement for statement in sent if "INTO log_entry" in statement]
        assert len(adding) == -(-len(lines) // 16)
        assert len(sent) - len(adding) <= 4

    def test_a_group_larger_than_any_buffer(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        P10: tens of megabytes at once are written whole, and nobody waits for ever.
        """
        places: list[int] = []

        def record() -> None:
            entry = decision(clock.now(), said="y" * 500_000)
            places.append(ledger.record_decision(tenant, entry, b"{}"))

        threads = [threading.Thread(target=record) for _ in range(48)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(places) == list(range(48))
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact


class TestNotWritten:
    def test_what_the_database_refuses_is_alone_and_in_no_log(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """
        P7: an exchange that is open already cannot be opened again; the refusal shows no row.
        """
        entry = decision(clock.now(), said="Globex")
        assert ledger.record_decision(tenant, entry, b"{}") == 0
        with caplog.at_level(logging.DEBUG), pytest.raises(AuditUnavailable):
            ledger.record_decision(tenant, entry, b"{}")

        assert ledger.record_decision(tenant, decision(clock.now()), b"{}") == 1
        assert "decision log not written" in caplog.text
        assert "Globex" not in caplog.text
        assert entry.exchange_id not in caplog.text
        assert DecisionLog(database, SECRET, clock).verify(tenant).intact


@pytest.mark.postgres
class TestBroken:
    def test_a_connection_that_broke_while_idle_costs_nobody_anything(
        self, migrated_postgres_url: str, clock: SystemClock
    ) -> None:
        """
        The server was restarted, or a firewall forgot: the next entry goes over a new one.
        """
        database = Database(migrated_postgres_url)
        tenant = TenantId(a_tenant(database, "acme").id)
        ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        ledger.start()
        places = [ledger.record_decision(tenant, decision(clock.now()), b"{}")]
        with database.engine.connect() as connection:
            cut = connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ).all()
        places.append(ledger.record_decision(tenant, decision(clock.now()), b"{}"))
        ledger.stop()
        database.dispose()

        assert cut
        assert places == [0, 1]


class TestPatience:
    def test_a_lock_that_is_not_given_is_waited_for_so_long(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        And no longer: whoever asked has gone by then.
        """
        with holding(database, tenant, 2.0) as held:
            began = time.monotonic()
            writer = log_plain.writer(database, WORKER)
            with pytest.raises(StorageUnavailable), writer.locked(tenant, 0.3):
                pass

            assert 0.2 < time.monotonic() - began < 1.5
            assert held.is_alive()

    def test_signals_make_nobody_give_up_sooner(self, database: Database, tenant: TenantId) -> None:
        """
        A profiler, or whatever else sends many, cuts short every nap of somebody who waits.
        """
        before = signal.signal(signal.SIGUSR1, lambda *_: None)
        writer = log_plain.writer(database, WORKER)
        try:
            with holding(database, tenant, 0.7, rouse=threading.get_ident()) as held:
                with writer.locked(tenant, 10) as log:
                    size = log.head[0]
                held.join()
        finally:
            signal.signal(signal.SIGUSR1, before)
            writer.close()

        assert size == 0


@contextmanager
def holding(
    database: Database, tenant: TenantId, seconds: float, rouse: int = 0
) -> Iterator[threading.Thread]:
    """Another thread has the log's lock for so long, and wakes the thread `rouse` all the while."""
    locked = threading.Event()

    def hold() -> None:
        with database.connection(tenant, write=True) as connection:
            log_tables.lock_head(connection, tenant)
            locked.set()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if rouse:
                    signal.pthread_kill(rouse, signal.SIGUSR1)
                time.sleep(0.0005 if rouse else 0.05)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert locked.wait(5)
        yield thread
    finally:
        thread.join()
