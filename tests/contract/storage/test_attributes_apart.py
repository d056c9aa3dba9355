"""P4 for what policies read: one tenant's register, answers, budgets and tuning are its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.attributes.parameters import Parameters
from gateway.attributes.resolve import AttributeSource
from gateway.attributes.spending import Spending
from gateway.core.catalogue import ModelEntry, Price, ProviderEntry, Wire
from gateway.core.exchange import Usage
from gateway.core.identifiers import uuid7
from gateway.db.approvals import Approval
from gateway.db.budgets import Budget
from gateway.db.confirmations import Confirmation
from gateway.db.parameters import ParameterValue
from gateway.db.profiles import TenantProfile
from gateway.db.session import Database
from gateway.db.training import TrainingRecord
from tests.unit.attributes.builders import NOON, SetClock, a_person, a_purpose, save

if TYPE_CHECKING:
    from gateway.core.principal import Principal

DECLARED = {
    "loosening": "configuration",
    "parameters": {"co_02_rate": {"default": 100, "tighten": "lower", "meaning": "Rate."}},
}
MODEL = ModelEntry("m", ProviderEntry("p", Wire.ECHO, "", "demo/echo"), "m", price=Price(0, 1000))
TABLES = (
    "tenant_profile", "purpose", "training_record", "confirmation", "approval", "budget",
    "usage_day", "parameter_value",
)  # fmt: skip


@pytest.fixture
def source(database: Database) -> AttributeSource:
    return AttributeSource(database, SetClock(), Parameters([("CO-02", "Loops", DECLARED)]))


def fill(database: Database, who: Principal) -> None:
    """Everything that can be recorded of an organisation and a person in it."""
    tenant = who.tenant.id
    a_purpose(database, who.tenant, "sales")
    save(
        database,
        TenantProfile(
            tenant_id=tenant, establishments=["US"], works_council=False, revenue="over_1m"
        ),
        TrainingRecord(
            tenant_id=tenant, id=uuid7(), principal_id=who.id, course="media",
            completed_on=date(2026, 1, 1), valid_until=date(2027, 1, 1), recorded_by="test",
            recorded_at=NOON,
        ),
        Confirmation(
            tenant_id=tenant, principal_id=who.id, purpose="sales", code="a.b", at=NOON,
            channel="api",
        ),
        Approval(
            tenant_id=tenant, id=uuid7(), principal=who.pseudonym, purpose="", code="c.d",
            reason="r", approver="p_x", at=NOON, expires_at=NOON.replace(hour=20),
            revoked_at=None, revoked_by=None,
        ),
        Budget(
            tenant_id=tenant, scope="tenant", name="", period="month", cents=10,
            hard_percent=120, set_at=NOON, set_by="test",
        ),
        ParameterValue(
            tenant_id=tenant, group="", name="co_02_rate", value=7, exempt=False, set_at=NOON,
            set_by="test",
        ),
    )  # fmt: skip
    spending = Spending(database)
    for _ in range(2):
        spending.spent(who, MODEL, Usage(0, 4_500), NOON)
        spending.write()


class TestInCode:
    def test_everything_recorded_is_told(self, database: Database, source: AttributeSource) -> None:
        """
        The same on both databases.
        """
        ada = a_person(database)
        fill(database, ada)
        attributes = source.resolve(ada, "sales", NOON)

        assert attributes.tenant()["establishments"] == ["US"]
        assert attributes.purpose()["known"] is True
        assert attributes.subject()["training"]["media"] == "current"
        assert attributes.subject()["confirmed"] == ["a.b"]
        assert attributes.subject()["approved"] == ["c.d"]
        assert attributes.known.budget == "warn"
        assert attributes.known.policy.parameters == {"co_02_rate": 7}

    def test_nothing_of_it_reaches_another_tenant(
        self, database: Database, source: AttributeSource
    ) -> None:
        """
        Not even a person there who has the same pseudonym and names the same purpose.
        """
        fill(database, a_person(database))
        eve = a_person(database, "globex")
        attributes = source.resolve(eve, "sales", NOON)

        assert attributes.tenant()["establishments"] == []
        assert attributes.purpose()["known"] is False
        assert attributes.subject()["training"]["media"] == "grace"
        assert attributes.subject()["confirmed"] == attributes.subject()["approved"] == []
        assert attributes.known.budget == "none"
        assert attributes.known.policy.parameters == {"co_02_rate": 100}


@pytest.mark.postgres
class TestInPostgres:
    @pytest.fixture
    def database(self, migrated_postgres_url: str) -> Any:
        """PostgreSQL only: SQLite has no second wall."""
        made = Database(migrated_postgres_url)
        yield made
        made.dispose()

    @pytest.mark.parametrize("table", TABLES)
    def test_raw_sql_sees_its_own_tenant_only(self, database: Database, table: str) -> None:
        """
        Row-level security holds where our own wall is gone round with raw SQL.
        """
        ada, eve = a_person(database), a_person(database, "globex")
        fill(database, ada)

        def rows(tenant: Any) -> int:
            with database.connection(tenant) as connection:
                return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)

        assert rows(ada.tenant.id) > 0
        assert rows(eve.tenant.id) == rows(None) == 0

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM confirmation",
            "UPDATE confirmation SET code = 'x'",
            "DELETE FROM training_record",
            "UPDATE training_record SET valid_until = '2099-01-01'",
            "TRUNCATE approval",
        ],
    )
    def test_evidence_is_only_added_to(self, database: Database, statement: str) -> None:
        """
        What people said and learnt can be added and read by the application, and nothing else.
        """
        ada = a_person(database)
        fill(database, ada)

        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            database.connection(ada.tenant.id) as connection,
        ):
            connection.execute(text(statement))
