"""Retention: what is past its time goes, what must be kept stays, and the log still verifies."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import DBAPIError

from gateway.audit import export
from gateway.audit.entries import Entry, administration, correction
from gateway.audit.verify import Trust, verify_lines
from gateway.core.identifiers import uuid7
from gateway.db import expiry, keeping
from gateway.errors import InvalidRequest, NotFound
from gateway.retention.schedule import CLASSES
from tests.contract.storage.expiring import EMMA
from tests.contract.storage.test_tenants_apart import a_person

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


def nothing() -> None:
    """Nothing to record."""


class TestExpires:
    def test_what_is_past_its_time_goes_and_the_log_verifies(self, world: World) -> None:
        """
        Bytes, pseudonym and question go; place, time and leaf hash stay; a tombstone counts.
        """
        for days in (500, 450, 400):
            world.exchange(days, question=b'{"q":"old"}')
        world.exchange(1)
        before = world.verified()
        report = world.run()
        rows, after = world.rows(), world.verified()
        said = json.loads(rows[-1].canonical)

        assert before.intact
        assert after.intact
        assert report.removed["decisions"] == 6
        assert [row.canonical is None for row in rows] == [True] * 6 + [False] * 3
        assert {row.principal for row in rows[:6]} == {""}
        assert (said["kind"], said["count"], said["first"], said["last"]) == ("erasure", 6, 0, 5)
        assert world.count("policy_input") == 1
        assert world.count("kept_rights") == 3

    def test_an_export_is_proved_offline(self, world: World) -> None:
        """
        The offline verifier accepts what a tombstone names, with the public key alone.
        """
        world.exchange(500)
        world.exchange(1)
        world.run()
        world.log.seal(world.tenant)
        lines = list(export.lines(world.log, world.tenant))
        verdict = verify_lines(lines, Trust([world.log.verifier_key(world.tenant)]))

        assert verdict.intact
        assert verdict.covered == 5

    def test_a_correction_goes_no_sooner_than_the_longest_it_may_speak_of(
        self, world: World
    ) -> None:
        """
        It may be about a high-risk use, which it does not say: it is kept as long as those.
        """
        of = Entry("outcome", world.clock.now(), {}, "ex_1", status="completed", principal=EMMA)
        for days in (4_000, 400):
            at = world.clock.now() - timedelta(days=days)
            entry = correction(at, of, 0, "outcome.not_released")
            world.ledger.record_event(world.tenant, entry)
        world.periods.change(world.tenant, "high_risk", 1_000, by="operator:x", note=nothing)
        world.run()

        assert [row.kind for row in world.rows()] == ["expired", "correction", "erasure"]
        assert world.verified().intact

    def test_what_has_expired_cannot_be_proved_and_its_neighbours_can(self, world: World) -> None:
        """
        The proof of one entry needs its bytes; those of others stand on the hash that stayed.
        """
        world.exchange(500)
        world.exchange(1)
        world.run()
        key = world.log.verifier_key(world.tenant)
        proof = export.prove(world.log, world.tenant, 2)

        with pytest.raises(NotFound):
            export.prove(world.log, world.tenant, 0)
        assert verify_lines([json.dumps(proof)], Trust([key])).intact

    def test_doing_it_again_changes_nothing(self, world: World) -> None:
        """
        What has gone is not counted twice.
        """
        world.exchange(500)
        world.run()
        size = len(world.rows())
        report = world.run()

        assert report.removed.total() == 0
        assert len(world.rows()) == size

    def test_a_question_that_is_still_referred_to_stays(self, world: World) -> None:
        """
        Equal situations share one question: the newest of them keeps it.
        """
        world.exchange(500)
        world.exchange(1)
        report = world.run()

        assert report.removed["questions"] == 0
        assert world.count("policy_input") == 1

    def test_administration_is_kept_longer(self, world: World) -> None:
        """
        Three years for who changed what, thirteen months for the rest.
        """
        at = world.clock.now() - timedelta(days=700)
        entry = administration(at, "operator:x", "key.created", "k")
        world.ledger.record_event(world.tenant, entry)
        world.exchange(500)
        world.run()

        assert world.rows()[0].canonical is not None
        assert world.verified().intact

    def test_more_than_one_step(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Small steps add up: each has its tombstone.
        """
        monkeypatch.setattr("gateway.retention.expire._BATCH", 3)
        for _ in range(5):
            world.exchange(500)
        report = world.run()
        stones = [json.loads(row.canonical) for row in world.rows() if row.kind == "erasure"]

        assert report.removed["decisions"] == 10
        assert sum(stone["count"] for stone in stones) == 10
        assert len(stones) == 4
        assert world.verified().intact

    def test_stopped_in_the_middle_the_next_run_goes_on(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A tombstone may say more than was done: the log is intact, and the next run does the rest.
        """
        monkeypatch.setattr("gateway.retention.expire._PART", 2)
        for _ in range(5):
            world.exchange(500)
        blank = expiry.blank

        def once(*arguments: Any) -> None:
            blank(*arguments)
            world.expiry.stop()

        monkeypatch.setattr(expiry, "blank", once)
        stopped = world.run()
        between = world.verified()
        monkeypatch.setattr(expiry, "blank", blank)
        again = world.another_job().run(world.tenant)

        assert stopped.removed["decisions"] == 2
        assert between.intact
        assert again is not None
        assert again.removed["decisions"] == 8
        assert world.verified().intact

    def test_kinds_are_read_together_in_the_order_of_the_log(self, world: World) -> None:
        """
        A page holds the first of all kinds, wherever the last page ended.
        """
        kinds = ("administration", "reading", "unmasking")
        for at in range(6):
            said = Entry(kinds[at % 2], world.clock.now(), {})
            world.ledger.record_event(world.tenant, said)
        world.exchange(1)
        with world.database.connection(world.tenant) as connection:
            first = expiry.page(connection, world.tenant, kinds, -1, 4)
            rest = expiry.page(connection, world.tenant, kinds, first[-1].sequence, 4)
        found = [(row.sequence, row.kind) for row in (*first, *rest)]

        assert found == [(at, kinds[at % 2]) for at in range(6)]

    def test_it_rests_longer_than_it_works(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Where steps take long, others wait for the same machine: the pauses grow with them.
        """
        monkeypatch.setattr("gateway.retention.expire._PART", 2)
        for _ in range(2):
            world.exchange(500)
        blank, slow = expiry.blank, 0.1

        def slowly(*arguments: Any) -> None:
            time.sleep(slow)
            blank(*arguments)

        monkeypatch.setattr(expiry, "blank", slowly)
        begun = time.monotonic()
        world.run()

        assert time.monotonic() - begun >= 2 * (1 + 4) * slow


class TestFloors:
    def test_high_risk_is_kept_183_days(self, world: World) -> None:
        """
        A tenant with the shortest period still keeps what the policy marked (AI Act Art. 26(6)).
        """
        world.periods.change(world.tenant, "decisions", 30, by="x", note=nothing)
        world.periods.change(world.tenant, "high_risk", 183, by="x", note=nothing)
        world.exchange(182, high=True)
        world.exchange(182)
        world.exchange(184, high=True)
        world.run()

        assert [row.canonical is None for row in world.rows()[:6]] == [
            False, False, True, True, True, True,
        ]  # fmt: skip
        assert world.verified().intact

    @pytest.mark.parametrize("item", CLASSES, ids=[item.name for item in CLASSES])
    def test_periods_out_of_bounds_are_refused_twice(self, world: World, item: Any) -> None:
        """
        By the gateway, and by the database when somebody goes round it.
        """
        for days in (item.floor - 1, item.ceiling + 1):
            with pytest.raises(InvalidRequest):
                world.periods.change(world.tenant, item.name, days, by="x", note=nothing)
            with pytest.raises(DBAPIError, match=r"(?i)check constraint"):
                world.as_owner(
                    "INSERT INTO retention_period (tenant_id, class_name, days, set_by, set_at) "
                    f"SELECT id, '{item.name}', {days}, 'x', created_at FROM tenant"
                )
        for days in (item.floor, item.ceiling):
            world.periods.change(world.tenant, item.name, days, by="x", note=nothing)
        assert world.periods.of(world.tenant)[item.name] == item.ceiling

    def test_a_class_nobody_knows(self, world: World) -> None:
        """
        A misspelt class is told, with the ones there are.
        """
        with pytest.raises(InvalidRequest, match="decisions"):
            world.periods.change(world.tenant, "decision", 30, by="x", note=nothing)

    @pytest.mark.parametrize(("days", "high"), [(29, False), (182, True)])
    def test_the_database_refuses_too_early(self, world: World, days: int, high: bool) -> None:
        """
        Code that has forgotten the floors does not get past the database.
        """
        world.exchange(days, high=high)
        with (
            pytest.raises((DBAPIError, expiry.StillKept)),
            world.database.connection(world.tenant, write=True) as connection,
        ):
            expiry.blank(connection, world.tenant, [0])

        assert world.rows()[0].canonical is not None

    def test_a_tombstone_never_expires(self, world: World) -> None:
        """
        Else the leaf it explains would be unexplained.
        """
        stone = Entry("erasure", world.clock.now() - timedelta(days=5_000), {"count": 0})
        world.ledger.record_event(world.tenant, stone)
        world.run()
        with (
            pytest.raises((DBAPIError, expiry.StillKept)),
            world.database.connection(world.tenant, write=True) as connection,
        ):
            expiry.blank(connection, world.tenant, [0])


class TestHolds:
    def test_a_hold_over_everything_stops_the_job(self, world: World) -> None:
        """
        Nothing goes while the matter is open, and the report says so; then it goes.
        """
        world.exchange(500)
        hold = world.holds.add(
            world.tenant, None, part="all", matter="case 1", by="x", note=nothing
        )
        held = world.run()
        world.holds.release(world.tenant, hold.id, "x", nothing)
        freed = world.run()

        assert (held.removed.total(), held.held["decisions"]) == (0, 1)
        assert freed.removed["decisions"] == 2

    def test_one_persons_entries_are_held(self, world: World) -> None:
        """
        A hold on one person keeps theirs, and nobody else's.
        """
        world.exchange(500)
        world.exchange(500, who="p_" + "o" * 22)
        world.holds.add(
            world.tenant, (uuid7(), EMMA), part="entries", matter="case 2", by="x", note=nothing
        )
        report = world.run()

        assert report.held["decisions"] == 2
        assert [row.canonical is None for row in world.rows()[:4]] == [False, False, True, True]
        assert world.verified().intact

    def test_a_hold_names_a_matter(self, world: World) -> None:
        """
        A hold without a case would never end.
        """
        with pytest.raises(InvalidRequest):
            world.holds.add(world.tenant, None, part="all", matter=" ", by="x", note=nothing)


class TestLease:
    def test_one_run_at_a_time(self, world: World) -> None:
        """
        Another worker's run is left alone, and once a day is enough for the schedule.
        """
        world.run()

        assert world.expiry.run(world.tenant, timedelta(hours=20)) is None
        world.as_owner("UPDATE retention_run SET finished_at = NULL")
        assert world.expiry.run(world.tenant) is None

    def test_a_long_run_says_that_it_is_still_at_it(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Otherwise another would take it for dead after six hours, and both would be at the same.
        """
        monkeypatch.setattr("gateway.retention.expire._RENEWED", timedelta(0))
        monkeypatch.setattr("gateway.retention.expire._BATCH", 2)
        for _ in range(3):
            world.exchange(500)
        exchanges, said = expiry.exchanges, []

        def look(*arguments: Any) -> Any:
            with world.database.tenant_session(world.tenant) as session:
                last = keeping.last_run(session)
            said.append(last and last.started_at)
            return exchanges(*arguments)

        monkeypatch.setattr(expiry, "exchanges", look)
        world.run()

        assert len(said) >= 3
        assert len(set(said)) == len(said)

    def test_a_run_that_another_took_over_from_stops(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        It takes no step more, and does not say that the other has finished.
        """
        monkeypatch.setattr("gateway.retention.expire._RENEWED", timedelta(0))
        monkeypatch.setattr("gateway.retention.expire._BATCH", 2)
        for _ in range(3):
            world.exchange(500)
        exchanges = expiry.exchanges

        def lose(*arguments: Any) -> Any:
            world.as_owner("UPDATE retention_run SET started_at = '2020-01-01 00:00:00.000000'")
            return exchanges(*arguments)

        monkeypatch.setattr(expiry, "exchanges", lose)
        report = world.expiry.run(world.tenant)
        with world.database.tenant_session(world.tenant) as session:
            last = keeping.last_run(session)

        assert report is None
        assert [row.kind for row in world.rows()].count("expired") == 2
        assert last is not None
        assert last.finished_at is None

    def test_ended_accounts_lose_their_name(self, world: World) -> None:
        """
        Thirty days after the account ended nobody stands behind the pseudonym any more.
        """
        person = a_person(world.tenant, "gone@acme.example", world.clock)
        person.active = False
        with world.database.tenant_session(world.tenant, write=True) as session:
            session.add(person)
            session.add(a_person(world.tenant, "here@acme.example", world.clock))
        world.run()
        assert world.count("principal") == 2
        past = (world.clock.now() - timedelta(days=31)).isoformat(sep=" ")
        world.as_owner(f"UPDATE account_end SET seen_at = '{past[:26]}'")
        report = world.run()

        assert report.removed["identity"] == 1
        assert world.count("principal") == 1
