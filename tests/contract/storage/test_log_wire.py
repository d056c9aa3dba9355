"""P1 on the wire: a PostgreSQL that hangs, cuts, warns, refuses, or takes no writes."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from gateway.audit import doubts
from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import log_tables
from gateway.db.log_postgres import PostgresWriter
from gateway.db.log_wire import Wire
from gateway.db.session import Database
from gateway.errors import AuditUnavailable, StorageUnavailable
from tests.contract.storage.test_write_ahead import until
from tests.factories import a_tenant
from tests.simulators.between import Between, Cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.clock import SystemClock

SECRET = RootSecret(b"r" * 32)
PATIENCE = 1.0
COMMITTED, ROLLED_BACK = b"C\0\0\0\x0bCOMMIT\0", b"C\0\0\0\x0dROLLBACK\0"
"""The server's answers to a commit, as they stand on the wire."""

pytestmark = pytest.mark.postgres


class World:
    """A ledger that speaks to PostgreSQL through something between, and a straight way to look."""

    def __init__(self, url: str, between: Between, clock: SystemClock) -> None:
        self.between, self.clock, self.straight = between, clock, Database(url)
        self.tenant = TenantId(a_tenant(self.straight, "acme").id)
        self.database = Database(between.url)
        self.ledger = Ledger(
            self.database, SECRET, clock, uuid7(), record_seconds=2 * PATIENCE
        )  # fmt: skip
        self.ledger.start()

    def decide(self, **document: Any) -> int:
        """Record a permit; its place."""
        said = {"x": 1, **document}
        entry = Entry("decision", self.clock.now(), said, exchange_id(), effect="permit")
        return self.ledger.record_decision(self.tenant, entry, b"{}")

    def refused(self) -> float:
        """A permit cannot be recorded; how long that took."""
        begun = time.monotonic()
        with pytest.raises(AuditUnavailable):
            self.decide()
        return time.monotonic() - begun

    def statuses(self) -> list[str]:
        """What the log says, entry by entry."""
        with self.straight.connection(self.tenant) as connection:
            rows = list(log_tables.entries(connection, self.tenant))
        return [row.status or row.effect for row in rows]

    def settled(self) -> bool:
        """Whether no doubt is open, in time."""
        return until(lambda: not self.ledger._doubts)

    def intact(self) -> bool:
        """Whether the log verifies."""
        return DecisionLog(self.straight, SECRET, self.clock).verify(self.tenant).intact

    def as_owner(self, statement: str) -> None:
        """Somebody with full access to the database."""
        with self.straight.engine.begin() as connection:
            connection.execute(text(statement))

    @contextmanager
    def configured(self, name: str, value: str) -> Iterator[None]:
        """The whole server is configured so, and every session knows."""
        admin = create_engine(self.straight.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            time.sleep(0.3)
            yield
            connection.execute(text(f"ALTER SYSTEM RESET {name}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            time.sleep(0.3)
        admin.dispose()

    def close(self) -> None:
        """End it."""
        self.between.running.set()
        self.ledger.stop()
        self.database.dispose()
        self.straight.dispose()


@pytest.fixture
def world(migrated_postgres_url: str, clock: SystemClock) -> Iterator[World]:
    """A tenant, with one entry recorded: the connection stands and is idle."""
    with Between(migrated_postgres_url) as between:
        made = World(migrated_postgres_url, between, clock)
        assert made.decide() == 0
        yield made
        made.close()


def at_first(sign: bytes, then: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A hook that lets everything through, but for the first piece that has `sign` in it."""
    left = iter([True])

    def hook(data: bytes) -> bytes:
        return then(data) if sign in data and next(left, False) else data

    return hook


def cut(_data: bytes) -> bytes:
    """End the connection; the piece is lost."""
    raise Cut


class TestSilent:
    def test_a_server_that_hangs_is_given_up_and_the_writer_lives(self, world: World) -> None:
        """
        What is sent is taken and never answered: refused in time; once it answers, all is well.
        """
        world.between.running.clear()
        took = world.refused()
        free = until(lambda: world.ledger._busy_since is None)
        world.between.running.set()

        assert took < 2 * PATIENCE + 1
        assert free
        assert world.decide() == 1
        assert world.settled()
        assert world.intact()

    def test_a_server_that_hangs_at_the_commit_leaves_no_lie(self, world: World) -> None:
        """
        The commit is done and its answer never comes: refused, looked into and corrected.
        """

        def hang(data: bytes) -> bytes:
            world.between.running.clear()
            return data

        world.between.to_client = at_first(COMMITTED, hang)
        took = world.refused()
        assert until(lambda: world.ledger._busy_since is None)
        world.between.running.set()

        assert took < 2 * PATIENCE + 1
        assert world.settled()
        assert world.statuses() == ["permit", "permit", doubts.NOT_ACTED_ON]
        assert world.intact()

    def test_a_server_that_hangs_when_it_is_greeted(self, world: World) -> None:
        """
        Even the first word of a new connection is waited for no longer than its bound.
        """
        raw = world.database.driver_connection(5)
        world.between.running.clear()
        begun = time.monotonic()
        with pytest.raises(StorageUnavailable):
            Wire(raw, 0.3)

        assert time.monotonic() - begun < 2
        assert raw.closed

    def test_a_line_that_takes_little_at_a_time(self, world: World) -> None:
        """
        P10: a group larger than what the line takes at once is sent whole, in many pieces.
        """

        def slowly(data: bytes) -> bytes:
            time.sleep(0.002)
            return data

        world.between.to_server = slowly

        assert world.decide(said="y" * 8_000_000) == 1
        assert world.intact()


class TestCut:
    @pytest.mark.parametrize("sign", [b"lock\0", b"entries\0"])
    def test_before_the_commit_nothing_is_written(self, world: World, sign: bytes) -> None:
        """
        The line breaks while an answer is waited for; without a commit there is no correction.
        """
        world.between.to_server = at_first(sign, cut)
        if sign == b"entries\0":
            world.refused()
            assert world.settled()
            assert world.statuses() == ["permit"]
        # A connection that broke before anything was written is made anew by itself.
        assert world.decide() == 1
        assert world.statuses() == ["permit", "permit"]

    def test_a_commit_whose_answer_was_lost(self, world: World) -> None:
        """
        The server committed; the answer is lost with the line: the log takes the permit back.
        """
        world.between.to_client = at_first(COMMITTED, cut)
        world.refused()

        assert world.settled()
        assert world.statuses() == ["permit", "permit", doubts.NOT_ACTED_ON]
        assert world.intact()

    def test_a_server_that_cannot_be_reached_is_unavailable(self, postgres_url: str) -> None:
        """
        Nobody listens: that is the database's fault, not the entry's, and is not tried for each.
        """
        with Between(postgres_url) as between:
            url = between.url
        database = Database(url)
        writer = PostgresWriter(database, log_tables.NOBODY)
        with pytest.raises(StorageUnavailable), writer.locked(uuid7(), 1):
            pass
        database.dispose()


class TestSaid:
    def test_notes_and_changed_parameters_between_are_no_answers(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        P7: a trigger that talks and changes a reported parameter; its words are in no log.
        """
        world.as_owner(
            "CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE NOTICE 'of Globex'; PERFORM pg_notify('x', 'y'); "
            "PERFORM set_config('application_name', 'other', true); RETURN NEW; END $$"
        )
        world.as_owner(
            "CREATE TRIGGER talk AFTER INSERT ON log_entry FOR EACH ROW EXECUTE FUNCTION talk()"
        )
        with caplog.at_level(logging.DEBUG):
            places = [world.decide() for _ in range(3)]

        assert places == [1, 2, 3]
        assert "Globex" not in caplog.text

    def test_a_commit_that_was_rolled_back(self, world: World) -> None:
        """
        Only the word COMMIT means that it holds.
        """
        world.between.to_client = at_first(
            COMMITTED, lambda data: data.replace(COMMITTED, ROLLED_BACK)
        )
        world.refused()

        assert world.settled()
        assert world.statuses() == ["permit", "permit", doubts.NOT_ACTED_ON]

    def test_an_error_in_one_statement_undoes_all_of_them(self, world: World) -> None:
        """
        The server refuses what comes after the entries: nothing stands, and the next is fine.
        """
        world.as_owner("ALTER TABLE open_exchange ADD CONSTRAINT no CHECK (model <> '') NOT VALID")
        world.refused()
        world.as_owner("ALTER TABLE open_exchange DROP CONSTRAINT no")

        assert world.settled()
        assert world.statuses() == ["permit"]
        assert world.decide() == 1

    def test_a_statement_that_is_cancelled(self, world: World) -> None:
        """
        An operator cancels the writer's statement: refused, not written, and not corrected.
        """
        with world.straight.connection(world.tenant, write=True) as connection:
            log_tables.lock_head(connection, world.tenant)
            writing = PostgresWriter(world.database, log_tables.NOBODY)
            with (
                cancelling(world),
                pytest.raises(StorageUnavailable),
                writing.locked(world.tenant, 5),
            ):
                raise AssertionError("it has the lock")

        assert world.decide() == 1


class TestUnfit:
    def test_a_server_that_takes_no_writes_is_unavailable(self, world: World) -> None:
        """
        A failover ended at a server in recovery: a new connection is tried once, then refused.
        """
        accepted = world.between.accepted
        with world.configured("default_transaction_read_only", "on"):
            world.refused()
            failing = set(world.ledger._failing)
            tried = world.between.accepted - accepted

        assert failing == {world.tenant}
        assert tried == 1
        assert world.settled()
        assert world.decide() == 1

    def test_a_commit_that_no_standby_has_is_not_taken_for_durable(self, world: World) -> None:
        """
        The server gives up waiting for its standby, says so in a warning, and answers COMMIT.
        """
        with world.configured("synchronous_standby_names", "'elsewhere'"):
            world.refused()

        assert world.settled()
        assert world.statuses() == ["permit", "permit", doubts.NOT_ACTED_ON]
        assert world.decide() == 3
        assert world.intact()

    def test_what_the_driver_says_by_itself_is_no_refusal_of_the_entry(self, world: World) -> None:
        """
        Its memory has run out, or it lost its place in what comes: who knows what was done.
        """
        world.between.to_client = at_first(
            COMMITTED, lambda data: data.replace(COMMITTED, b"\x01" + COMMITTED[1:])
        )
        world.refused()

        assert world.settled()
        assert world.statuses() == ["permit", "permit", doubts.NOT_ACTED_ON]

    def test_who_has_the_lock_and_says_nothing_loses_it(self, world: World) -> None:
        """
        A gateway that was stopped halfway does not keep the others from the log.
        """
        stopped, other = (
            PostgresWriter(world.database, log_tables.NOBODY),
            PostgresWriter(world.database, log_tables.NOBODY),
        )
        with pytest.raises(StorageUnavailable), stopped.locked(world.tenant, 0.3) as held:
            with other.locked(world.tenant, 3) as free:
                assert free.head[0] == 1
            held.said(0, "")
        other.close()


@contextmanager
def cancelling(world: World) -> Iterator[None]:
    """Cancel, from now on, whatever waits for a lock."""
    ended = threading.Event()

    def cancel() -> None:
        while not ended.wait(0.05):
            world.as_owner(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )

    thread = threading.Thread(target=cancel)
    thread.start()
    yield
    ended.set()
    thread.join()
