"""What was spent, and how that stands with the budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from gateway.attributes.spending import Spending
from gateway.core.catalogue import ModelEntry, Price, ProviderEntry, Wire
from gateway.core.exchange import Usage
from gateway.db.budgets import Budget, UsageDay
from gateway.db.session import Database
from gateway.errors import StorageUnavailable
from tests.unit.attributes.builders import NOON, a_person, save

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.attributes.resolve import AttributeSource
    from gateway.core.principal import Principal

MODEL = ModelEntry(
    "m", ProviderEntry("p", Wire.ECHO, "", "demo/echo"), "m", price=Price(input=250, output=1000)
)
"""2.50 and 10.00 per million tokens: a million of each is 1,250 cents."""


@pytest.fixture
def spending(database: Database) -> Spending:
    return Spending(database)


def budget(who: Principal, cents: int, *, scope: str = "tenant", name: str = "",
           period: str = "month", hard: int = 120) -> Budget:  # fmt: skip
    return Budget(
        tenant_id=who.tenant.id, scope=scope, name=name, period=period, cents=cents,
        hard_percent=hard, set_at=NOON, set_by="test",
    )  # fmt: skip


def rows(database: Database, who: Principal) -> dict[tuple[str, str], tuple[int, int, int]]:
    """What is written, by scope and name."""
    with database.tenant_session(who.tenant.id) as session:
        return {
            (row.scope, row.name): (row.input_tokens, row.output_tokens, row.microcents)
            for row in session.scalars(select(UsageDay))
        }


class TestWriting:
    def test_each_scope_is_added_to(self, spending: Spending, database: Database) -> None:
        """
        The tenant, the person, and the groups that have a budget; nothing is rounded.
        """
        ada = a_person(database, groups=("lab", "all"))
        save(database, budget(ada, 5, scope="group", name="lab"))
        spending.spent(ada, MODEL, Usage(10, 3), NOON)
        spending.spent(ada, MODEL, Usage(1, 0), NOON)
        assert spending.write() == 1
        spending.spent(ada, MODEL, Usage(1, 1), NOON)
        spending.write()

        used = (12, 4, 12 * 250 + 4 * 1000)
        assert rows(database, ada) == {
            ("tenant", ""): used,
            ("person", str(ada.id)): used,
            ("group", "lab"): used,
        }

    def test_a_model_without_a_price_costs_nothing(
        self, spending: Spending, database: Database
    ) -> None:
        """
        Its tokens are counted all the same; an outcome without tokens is not written.
        """
        ada = a_person(database)
        free = ModelEntry("f", MODEL.provider, "f")
        spending.spent(ada, free, Usage(0, 0), NOON)
        assert spending.write() == 0
        spending.spent(ada, free, Usage(7, 0), NOON)
        spending.write()

        assert rows(database, ada)["tenant", ""] == (7, 0, 0)

    def test_what_could_not_be_written_waits(self, tmp_path: Path, database: Database) -> None:
        """
        A database that is away loses nothing that memory can hold.
        """
        ada = a_person(database)
        away = tmp_path / "away" / "late.db"
        late = Spending(Database(f"sqlite:///{away}"))
        late.spent(ada, MODEL, Usage(5, 0), NOON)
        with pytest.raises(StorageUnavailable):
            late.write()
        late.spent(ada, MODEL, Usage(5, 0), NOON)
        late.stop()
        late._database = database
        late.stop()

        assert rows(database, ada)["tenant", ""][0] == 10

    def test_memory_is_bounded(
        self, database: Database, spending: Spending, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Past the bound new sums are let go; those that are there still grow (P10).
        """
        monkeypatch.setattr("gateway.attributes.spending._WAITING", 1)
        ada = a_person(database)
        eve = a_person(database, tenant=ada.tenant, name="eve")
        for who in (ada, eve, ada):
            spending.spent(who, MODEL, Usage(1, 0), NOON)
        spending.write()

        assert rows(database, ada)["tenant", ""][0] == 2


class TestState:
    @pytest.mark.parametrize(
        ("thousands", "state"),
        [(0, "within"), (79, "within"), (80, "warn"), (99, "warn"), (100, "over"), (119, "over"),
         (120, "hard"), (500, "hard")],
    )  # fmt: skip
    def test_from_within_to_hard(
        self,
        spending: Spending,
        database: Database,
        source: AttributeSource,
        thousands: int,
        state: str,
    ) -> None:
        """
        A warning from 80 %, over from 100 %, nothing more from the hard cap.
        """
        ada = a_person(database)
        save(database, budget(ada, 100))
        # A thousand output tokens cost one cent.
        spending.spent(ada, MODEL, Usage(0, thousands * 1000), NOON)
        spending.write()

        assert source.resolve(ada, None, NOON).known.budget == state

    def test_without_a_budget(self, database: Database, source: AttributeSource) -> None:
        """
        None is not the same as within.
        """
        assert source.resolve(a_person(database), None, NOON).known.budget == "none"

    def test_the_worst_of_those_that_apply(
        self, spending: Spending, database: Database, source: AttributeSource
    ) -> None:
        """
        Tenant, groups and person, each with its own sum; a group one is not in does not count.
        """
        ada = a_person(database, groups=("lab",))
        eve = a_person(database, tenant=ada.tenant, name="eve")
        save(database, budget(ada, 100), budget(ada, 10, scope="group", name="lab"))
        for who in (ada, eve):
            spending.spent(who, MODEL, Usage(0, 10_500), NOON)
        spending.write()

        assert source.resolve(ada, None, NOON).known.budget == "over"
        assert source.resolve(eve, None, NOON).known.budget == "within"

    def test_each_persons_own_and_one_persons_own(
        self, spending: Spending, database: Database, source: AttributeSource
    ) -> None:
        """
        A budget for everybody gives way to one that names the person.
        """
        ada = a_person(database)
        eve = a_person(database, tenant=ada.tenant, name="eve")
        save(
            database,
            budget(ada, 10, scope="person", name="*"),
            budget(ada, 1000, scope="person", name=str(eve.id)),
        )
        for who in (ada, eve):
            spending.spent(who, MODEL, Usage(0, 10_500), NOON)
        spending.write()

        assert source.resolve(ada, None, NOON).known.budget == "over"
        assert source.resolve(eve, None, NOON).known.budget == "within"

    def test_days_and_months(
        self, spending: Spending, database: Database, source: AttributeSource
    ) -> None:
        """
        Yesterday counts for the month and not for today; last month for neither.
        """
        ada = a_person(database)
        save(database, budget(ada, 10, period="day"), budget(ada, 25, period="month"))
        for at, cents in ((NOON - timedelta(days=1), 11), (datetime(2026, 10, 31, tzinfo=UTC), 99)):
            spending.spent(ada, MODEL, Usage(0, cents * 1000), at)
        spending.write()
        assert source.resolve(ada, None, NOON).known.budget == "within"

        spending.spent(ada, MODEL, Usage(0, 9_500), NOON)
        spending.write()
        source.forget(ada.tenant.id, ada.pseudonym)
        assert source.resolve(ada, None, NOON).known.budget == "warn"
