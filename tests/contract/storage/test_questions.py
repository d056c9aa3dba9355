"""What policy was asked goes when no entry can refer to it any more, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from gateway.core.identifiers import uuid7
from gateway.db import expiry
from gateway.db.decision_log import PolicyInput
from tests.contract.storage.expiring import EMMA

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


def nothing() -> None:
    """Nothing to record."""


class TestQuestions:
    def test_a_run_that_was_stopped_leaves_none_behind(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        The entries went in one run, which was stopped; their questions go in the next.
        """
        monkeypatch.setattr("gateway.retention.expire._BATCH", 2)
        for at in range(5):
            world.exchange(500, question=b'{"q":%d}' % at)
        world.exchange(1, question=b'{"q":"new"}')
        stopped, blank = world.another_job(), expiry.blank

        def once(*arguments: Any) -> None:
            blank(*arguments)
            stopped.stop()

        with monkeypatch.context() as patched:
            patched.setattr(expiry, "blank", once)
            stopped.run(world.tenant)
        before, gone = world.count("policy_input"), sum(r.canonical is None for r in world.rows())
        report = world.run()

        assert (before, gone) == (6, 2)
        assert report.removed["questions"] == 5
        assert world.count("policy_input") == 1

    def test_one_that_another_worker_asks_again_stays(self, world: World) -> None:
        """
        The newest entry that refers to a question keeps it, whoever wrote that.
        """
        world.exchange(500)
        world.restart()
        world.exchange(1)
        world.run()

        assert world.count("policy_input") == 1

    def test_it_is_noted_once_a_day_at_most(self, world: World) -> None:
        """
        Within a day the row is not touched again, by any worker.
        """
        found = []
        for days in (20, 20, 18):
            world.exchange(days)
            world.restart()
            with world.database.connection(world.tenant) as connection:
                found.append(connection.scalar(select(PolicyInput.seen_at)))
        age = [(world.clock.now() - at).days for at in found if at is not None]

        assert found[0] == found[1]
        assert age == [20, 20, 18]

    @pytest.mark.parametrize("person", [None, (uuid7(), EMMA)])
    def test_a_hold_over_entries_keeps_them(self, world: World, person: Any) -> None:
        """
        What is held can still be replayed; when the hold ends, both go.
        """
        world.exchange(500)
        hold = world.holds.add(
            world.tenant, person, part="entries", matter="case 3", by="x", note=nothing
        )
        held = world.run()
        kept = world.count("policy_input")
        world.holds.release(world.tenant, hold.id, "x", nothing)
        world.run()

        assert (held.held["questions"], kept) == (1, 1)
        assert world.count("policy_input") == 0

    def test_a_longer_period_of_high_risk_keeps_them_longer(self, world: World) -> None:
        """
        A question may be of a high-risk use: it goes no sooner than those.
        """
        world.periods.change(world.tenant, "high_risk", 1_000, by="x", note=nothing)
        world.exchange(500)
        world.run()

        assert world.count("policy_input") == 1

    def test_the_gateways_role_cannot_change_a_question(self, world: World) -> None:
        """
        P6: what was asked stands; only the time at which it was asked last may be noted.
        """
        world.exchange(1)
        if world.database.sqlite:
            pytest.skip("roles are PostgreSQL's")
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            world.database.connection(world.tenant, write=True) as connection,
        ):
            connection.execute(text("UPDATE policy_input SET canonical = ''"))
