"""Receivers get everything, in order, at least once; and only what they may have."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.outflow import periods
from gateway.audit.outflow.shipper import BATCH, Shipper, receivers
from gateway.audit.outflow.sinks import SinkUnavailable
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import outflow_tables
from gateway.evidence_sections import SinkSettings
from gateway.telemetry import Metrics
from tests.factories import a_tenant
from tests.simulators.siem import Siem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock
    from gateway.db.session import Database

SECOND = timedelta(seconds=1)
QUESTION = b'{"asked":1}'
SECRET = RootSecret(b"r" * 32)


@pytest.fixture
def siem() -> Iterator[Siem]:
    """A receiver."""
    with Siem() as simulator:
        yield simulator


@pytest.fixture
def ledger(database: Database, clock: SystemClock) -> Iterator[Ledger]:
    """A running ledger."""
    made = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tenant(database: Database, ledger: Ledger, clock: SystemClock) -> TenantId:
    """An organisation with three entries in its log."""
    found = TenantId(a_tenant(database, "acme").id)
    fill(ledger, found, clock, 3)
    return found


def fill(ledger: Ledger, tenant: TenantId, clock: SystemClock, count: int) -> None:
    """Add decisions."""
    for _ in range(count):
        said = {"input_digest": hashlib.sha256(QUESTION).hexdigest()}
        entry = Entry("decision", clock.now(), said, exchange_id(), effect="permit")
        ledger.record_decision(tenant, entry, QUESTION)


def shipper(database: Database, ledger: Ledger, clock: SystemClock, **sinks: object) -> Shipper:
    """What sends to these sinks."""
    found = {name: SinkSettings.model_validate(item) for name, item in sinks.items()}
    return Shipper(database, ledger, clock, uuid7(), receivers(found), Metrics())


def http(siem: Siem, **more: object) -> dict[str, object]:
    """The settings of a sink that posts to the simulator."""
    return {"kind": "http", "url": siem.url, "token": "t0ken", "tenants": ["acme"], **more}


class TestDelivery:
    def test_everything_once_and_in_order(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        All entries arrive with the bearer token, the beginning of the outflow among them; the
        next run brings only what is new.
        """
        ships = shipper(database, ledger, clock, siem=http(siem))
        first = ships.run()
        fill(ledger, tenant, clock, 2)
        second, third = ships.run(), ships.run()

        assert (first, second, third) == (4, 2, 0)
        assert [line["sequence"] for line in siem.lines()] == [0, 1, 2, 3, 4, 5]
        assert siem.lines()[3]["entry"]["action"] == "outflow.began"
        assert {headers["Authorization"] for headers, _ in siem.posts} == {"Bearer t0ken"}

    def test_a_log_longer_than_a_piece(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        Pieces follow one another without gap or overlap.
        """
        fill(ledger, tenant, clock, BATCH)
        given = shipper(database, ledger, clock, siem=http(siem)).ship(tenant, "siem")

        assert given == BATCH + 4
        assert [line["sequence"] for line in siem.lines()] == list(range(BATCH + 4))

    def test_what_was_not_taken_is_given_again(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        A receiver that is down for longer than the retries leaves the cursor where it stood.
        """
        ships = shipper(database, ledger, clock, siem=http(siem))
        siem.failing = 4
        with pytest.raises(SinkUnavailable):
            ships.ship(tenant, "siem")
        assert cursor(database, tenant) == 0
        ships.ship(tenant, "siem")

        assert len(siem.lines()) == 4
        assert cursor(database, tenant) == 4

    def test_a_lost_answer_doubles_and_deduplicates(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        The receiver kept a piece and its answer was lost: it comes again, under the same ids.
        """
        siem.swallowing = 1
        shipper(database, ledger, clock, siem=http(siem)).ship(tenant, "siem")
        lines = siem.lines()

        assert len(lines) == 8
        assert len({line["id"] for line in lines}) == 4

    def test_two_workers_do_not_send_at_once(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        While one holds the lease the other sends nothing; when the lease is over it goes on.
        """
        ships = shipper(database, ledger, clock, siem=http(siem))
        other = uuid7()
        with database.connection(tenant, write=True) as connection:
            outflow_tables.begin(connection, tenant, "siem", clock.now())
            lease = outflow_tables.take(connection, tenant, "siem", other, clock.now(), 60 * SECOND)
        held = ships.ship(tenant, "siem")
        with database.connection(tenant, write=True) as connection:
            outflow_tables.take(connection, tenant, "siem", other, clock.now(), -SECOND)
        after = ships.ship(tenant, "siem")

        assert (lease, held, after) == (0, 0, 3)

    def test_opas_service_gets_decisions_only(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        Gzip JSON arrays with what was asked; the cursor passes over the rest.
        """
        ships = shipper(database, ledger, clock, siem=http(siem, format="opa"))
        ships.ship(tenant, "siem")

        assert [event["input"] for event in siem.events()] == [{"asked": 1}] * 3
        assert siem.posts[0][0]["Content-Encoding"] == "gzip"
        assert cursor(database, tenant) == 4


class TestWalls:
    def test_only_the_tenants_that_are_named(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        P4: a receiver is given the logs of the tenants it names, and no entry of another.
        """
        other = TenantId(a_tenant(database, "globex").id)
        fill(ledger, other, clock, 2)
        shipper(database, ledger, clock, siem=http(siem)).run()

        assert {line["entry"]["tenant"] for line in siem.lines()} == {str(tenant)}

    def test_a_new_receiver_that_cannot_be_recorded_gets_nothing(
        self, database: Database, ledger: Ledger, tenant: TenantId, clock: SystemClock, siem: Siem
    ) -> None:
        """
        P1: that a log goes to somebody new is recorded first, or does not happen.
        """
        ledger.stop()
        with pytest.raises(Exception, match="decision log cannot be written"):
            shipper(database, ledger, clock, siem=http(siem)).ship(tenant, "siem")

        assert siem.posts == []


class TestFiles:
    def test_a_file_is_added_to(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        tmp_path: Path,
    ) -> None:
        """
        One heading, then rows; only the owner may read them.
        """
        path = tmp_path / "log.csv"
        sink = {"kind": "file", "path": str(path), "format": "csv", "tenants": ["acme"]}
        ships = shipper(database, ledger, clock, file=sink)
        ships.run()
        fill(ledger, tenant, clock, 1)
        ships.run()
        rows = path.read_text().splitlines()

        assert len(rows) == 1 + 5
        assert rows[0].startswith("sequence,id,at,kind")
        assert path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("kind", periods.KINDS)
    def test_a_period_as_rows(
        self,
        database: Database,
        ledger: Ledger,
        tenant: TenantId,
        clock: SystemClock,
        tmp_path: Path,
        kind: str,
    ) -> None:
        """
        Entries before the period and after it are not in the file.
        """
        since = clock.now()
        fill(ledger, tenant, clock, 2)
        until = clock.now()
        fill(ledger, tenant, clock, 1)
        with (tmp_path / "rows").open("wb") as file:
            count = periods.write(database, tenant, kind, file, since=since, until=until)

        assert count == 2
        if kind == "jsonl":
            lines = (tmp_path / "rows").read_text().splitlines()
            assert [json.loads(line)["sequence"] for line in lines] == [3, 4]


def cursor(database: Database, tenant: TenantId) -> int:
    """Where the receiver's cursor stands."""
    with database.connection(tenant) as connection:
        return outflow_tables.following(connection, tenant, "siem")
