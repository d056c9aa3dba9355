"""The degraded mode on both databases: answered meanwhile, and afterwards no difference."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gateway.audit.degraded import SpooledLedger
from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.replay import Replay, Spooled
from gateway.audit.spool import Spool
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import log_tables
from gateway.errors import AuditUnavailable, GatewayError
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock
    from gateway.db.session import Database

SECRET = RootSecret(b"r" * 32)
KEY = b"k" * 32
QUESTION = b'{"q":1}'


class World:
    """A tenant that wants the mode, and one that does not."""

    def __init__(self, database: Database, clock: SystemClock, folder: Path) -> None:
        self.database, self.clock, self.folder = database, clock, folder
        self.tenant = TenantId(a_tenant(database, "acme").id)
        self.other = TenantId(a_tenant(database, "globex").id)
        self.ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=0.4)
        self.ledger.start()
        self.log = DecisionLog(database, SECRET, clock)
        self.spool = Spool(folder, KEY, 10_000_000)
        self.recorder = self.a_recorder(self.spool)
        self.recorder.drain()

    def a_recorder(self, spool: Spool) -> SpooledLedger:
        """What the pipeline records with."""
        return SpooledLedger(self.ledger, spool, self.database, self.clock, ["acme"])

    def decision(self, name: str) -> Entry:
        """A permit."""
        said = {"purpose": "general", "findings": [{"type": "EMAIL", "count": 1}]}
        return Entry("decision", self.clock.now(), said, name, effect="permit", rules=("IP-05",))

    def outcome(self, name: str, status: str = "completed") -> Entry:
        """How it ended."""
        return Entry("outcome", self.clock.now(), {"code": "ok"}, name, status=status)

    def exchange(self, tenant: TenantId | None = None, ended: threading.Event | None = None) -> str:
        """A whole exchange; the output is released when it is over, or at `ended`."""
        name, whose = exchange_id(), tenant or self.tenant
        self.recorder.record_decision(whose, self.decision(name), QUESTION)
        if ended is not None:
            ended.wait(10)
        self.recorder.record_outcome(whose, self.outcome(name))
        return name

    @contextmanager
    def down(self) -> Iterator[None]:
        """The database answers questions and takes no entries: somebody holds the log."""
        with self.database.engine.connect() as connection:
            if self.database.sqlite:
                connection.execution_options(proviso_write=True)
            with connection.begin():
                if not self.database.sqlite:
                    connection.execute(text("LOCK TABLE log_entry IN EXCLUSIVE MODE"))
                yield

    def drain(self) -> int:
        """Until nothing waits, as the job does."""
        count = 0
        for _ in range(100):
            try:
                count += self.recorder.drain()
            except GatewayError:
                continue
            if not self.recorder.degraded:
                return count
        raise AssertionError("it still waits")

    def said(self, kind: str) -> list[str]:
        """The exchanges that entries of a kind are about."""
        with self.database.connection(self.tenant) as connection:
            rows = log_tables.entries(connection, self.tenant)
            return sorted(row.exchange_id for row in rows if row.kind == kind)

    def actions(self) -> list[str]:
        """What administration entries say."""
        with self.database.connection(self.tenant) as connection:
            rows = log_tables.entries(connection, self.tenant)
            return [row.status for row in rows if row.kind == "administration"]

    def left_open(self) -> int:
        """How many exchanges have no outcome."""
        later = self.clock.now() + timedelta(days=1)
        with self.database.connection(self.tenant) as connection:
            return len(log_tables.open_rows(connection, self.tenant, later))

    def intact(self) -> bool:
        """Whether the log verifies."""
        self.log.seal(self.tenant)
        return self.log.verify(self.tenant).intact


@pytest.fixture
def world(database: Database, clock: SystemClock, tmp_path: Path) -> Iterator[World]:
    """Both tenants, and a running ledger."""
    made = World(database, clock, tmp_path / "spool")
    yield made
    made.ledger.stop()


class TestOn:
    def test_nothing_is_refused_and_nothing_differs(self, world: World) -> None:
        """
        Sixteen callers through an outage and out of it: every exchange stands once, with its
        outcome, whether it began before, in or after; the log verifies; no file is left.
        """
        before = [world.exchange()]
        ended = threading.Event()
        with ThreadPoolExecutor(32) as callers:
            crossing = [callers.submit(world.exchange, None, ended) for _ in range(8)]
            while len(world.said("decision")) < 1 + 8:
                time.sleep(0.01)
            with world.down():
                within = [callers.submit(world.exchange) for _ in range(100)]
                done = [item.result(30) for item in within]
                degraded = world.recorder.degraded
                ended.set()
                done += [item.result(30) for item in crossing]
            after = [callers.submit(world.exchange) for _ in range(20)]
            world.drain()
            names = sorted(before + done + [item.result(30) for item in after])
        world.drain()

        assert degraded
        assert world.said("decision") == world.said("outcome") == names
        # What was acted on is never denied, even where the ledger had written it all the same.
        assert world.said("correction") == []
        assert world.left_open() == 0
        assert world.intact()
        assert list(world.folder.iterdir()) == []

    def test_the_outage_itself_is_in_the_log(self, world: World) -> None:
        """
        An auditor sees that entries came by the file.
        """
        with world.down():
            world.exchange()
        world.drain()

        assert "spool.drained" in world.actions()

    def test_an_outcome_follows_its_decision(self, world: World) -> None:
        """
        The database is back between the two: the outcome waits behind the decision.
        """
        name = exchange_id()
        with world.down():
            world.recorder.record_decision(world.tenant, world.decision(name), QUESTION)
        place = world.recorder.record_outcome(world.tenant, world.outcome(name))
        world.drain()

        assert place == -1
        assert world.said("outcome") == [name]
        assert world.intact()

    def test_who_was_closed_by_another_worker_is_said_too(self, world: World) -> None:
        """
        One outcome an exchange, and what really happened is not lost.
        """
        name = exchange_id()
        world.ledger.record_decision(world.tenant, world.decision(name), QUESTION)
        world.ledger.record_outcome(world.tenant, world.outcome(name, "failed"))
        waited = Spooled(world.tenant, world.outcome(name), None)
        Replay(world.ledger, world.database, world.clock).run([waited])

        assert world.said("outcome") == [name]
        assert "outcome.late" in world.actions()

    def test_replaying_again_adds_nothing(self, world: World) -> None:
        """
        A crash in the middle of it: what is in the log already is not put there twice.
        """
        with world.down():
            for _ in range(5):
                world.exchange()
            waiting = [Spooled.unpacked(item) for item in world.spool.records()]
        world.drain()
        again = Replay(world.ledger, world.database, world.clock).run(waiting)

        assert again == 0
        assert len(world.said("decision")) == len(world.said("outcome")) == 5

    def test_a_dead_workers_file_is_drained_by_another(self, world: World) -> None:
        """
        Killed in the outage: the next process puts its entries into the log.
        """
        with world.down():
            names = sorted(world.exchange() for _ in range(3))
        world.spool.close()
        world.recorder = world.a_recorder(Spool(world.folder, KEY, 10_000_000))
        world.drain()

        assert world.said("decision") == world.said("outcome") == names
        assert list(world.folder.iterdir()) == []

    def test_a_damaged_file_is_set_aside(self, world: World) -> None:
        """
        What stands before the damage is put into the log; the file stays, and health says so.
        """
        with world.down():
            name = world.exchange()
            world.exchange()
        world.spool.close()
        (path,) = world.folder.iterdir()
        raw = bytearray(path.read_bytes())
        raw[-1] ^= 1
        path.write_bytes(raw)
        world.recorder = world.a_recorder(Spool(world.folder, KEY, 10_000_000))
        world.drain()

        assert name in world.said("outcome")
        assert not world.recorder.sound
        assert [item.suffix for item in world.folder.iterdir()] == [".damaged"]
        assert world.intact()


class TestOff:
    def test_who_has_not_asked_for_it_is_refused(self, world: World) -> None:
        """
        P1 as ever: another tenant's request is refused, and nothing of it waits anywhere.
        """
        with world.down(), pytest.raises(AuditUnavailable):
            world.exchange(world.other)

        assert world.spool.size == 0

    def test_a_full_file_refuses(self, world: World) -> None:
        """
        P1, P10: where neither database nor file takes it, there is no permit.
        """
        world.recorder = world.a_recorder(Spool(world.folder, KEY, 10))
        world.recorder.drain()
        name = exchange_id()
        with world.down():
            world.recorder.record_decision(world.tenant, world.decision(name), QUESTION)
            with pytest.raises(AuditUnavailable):
                world.exchange()

    def test_an_outcome_without_a_decision_is_no_reason_to_spool(self, world: World) -> None:
        """
        The database answers well: there is nothing to close.
        """
        with pytest.raises(AuditUnavailable):
            world.recorder.record_outcome(world.tenant, world.outcome(exchange_id()))

        assert not world.recorder.degraded
