"""P4 for the registry: what one tenant put on record never reaches another; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.principal import Role
from gateway.db.session import Database
from gateway.errors import NotFound
from gateway.terms.editions import Editions
from gateway.terms.evidence import Document, Evidence, Proposal, Signatory
from gateway.terms.registry import TermsRegistry
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock
    from gateway.core.principal import Tenant

API = "openai/api-default"
TABLES = ("terms_review", "terms_statement", "terms_override", "terms_override_decision",
          "terms_copy")  # fmt: skip


def an_officer(name: str) -> Signatory:
    """Somebody who may sign."""
    return Signatory(uuid7(), name, frozenset({Role.PRIVACY_OFFICER}))


def everything(registry: TermsRegistry, database: Database, tenant: Tenant, at: Any) -> Any:
    """Put one row into every table of a tenant's; the override's id."""
    evidence, by = Evidence(registry, database), an_officer("p_one")
    registry.review(tenant, API, "p_one", at)
    evidence.contract(tenant, API, Document("dpa.pdf", "d" * 64), by, at)
    evidence.copy(tenant, "doc-oai-yourdata", Document("copy.html", "c" * 64), by, at)
    asked = Proposal(
        tier=API,
        facts={"retention": {"days": 0, "text": "zero"}},
        document=Document("zdr.pdf", "a" * 64),
        signed_on=(at - timedelta(days=2)).date(),
        expires_at=at + timedelta(days=9),
    )
    made = evidence.propose(tenant, asked, by, at)
    evidence.approve(tenant, made.row.id, an_officer("p_two"), at)
    return made.row.id


@pytest.fixture
def registry(database: Database, clock: SystemClock) -> TermsRegistry:
    return TermsRegistry(Editions(database, clock), database, clock)


@pytest.fixture
def two(database: Database) -> tuple[Tenant, Tenant]:
    return a_tenant(database, "acme").value(), a_tenant(database, "globex").value()


class TestApart:
    def test_nothing_of_one_tenant_counts_for_another(
        self,
        registry: TermsRegistry,
        database: Database,
        two: tuple[Tenant, Tenant],
        clock: SystemClock,
    ) -> None:
        """
        Reviews, contracts, copies and overrides are the tenant's own, and so are their ids.
        """
        override = everything(registry, database, two[0], clock.now())
        own = registry.effective(two[0], API, "m", clock.now())
        other = registry.effective(two[1], API, "m", clock.now())

        assert (own.unknown_facts, own.retention_days, own.processor_contract) == ((), 0, True)
        assert len(other.unknown_facts) == 3
        assert not other.processor_contract
        with pytest.raises(NotFound):
            Evidence(registry, database).withdraw(two[1], override, an_officer("p"), clock.now())

    def test_what_was_written_is_read_again_by_another_process(
        self,
        registry: TermsRegistry,
        database: Database,
        two: tuple[Tenant, Tenant],
        clock: SystemClock,
    ) -> None:
        """
        Everything comes back from the rows as it was, and the edition with it.
        """
        everything(registry, database, two[0], clock.now())
        again = TermsRegistry(Editions(database, clock), database, clock)
        now = clock.now()
        first = registry.effective(two[0], API, "m", now)
        second = again.effective(two[0], API, "m", now)
        then = again.effective(two[0], API, "m", now, known_at=now)

        assert first == second == then


@pytest.mark.postgres
class TestInPostgres:
    @pytest.fixture
    def database(self, migrated_postgres_url: str) -> Any:
        """PostgreSQL only: SQLite has no second wall."""
        made = Database(migrated_postgres_url)
        yield made
        made.dispose()

    @pytest.mark.parametrize("table", TABLES)
    def test_rows_are_walled_and_only_added_to(
        self,
        registry: TermsRegistry,
        database: Database,
        two: tuple[Tenant, Tenant],
        clock: SystemClock,
        table: str,
    ) -> None:
        """
        Raw SQL sees its own tenant only, and can change or take away nothing.
        """
        everything(registry, database, two[0], clock.now())
        counts = []
        for tenant in two:
            with database.connection(TenantId(tenant.id)) as connection:
                counts.append(connection.scalar(text(f"SELECT count(*) FROM {table}")))

        assert counts[0] > 0
        assert counts[1] == 0
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET tenant_id = tenant_id"):
            with (
                pytest.raises(DBAPIError, match="permission denied"),
                database.connection(TenantId(two[0].id)) as connection,
            ):
                connection.execute(text(statement))

    def test_a_kept_edition_is_not_changed(
        self, registry: TermsRegistry, database: Database
    ) -> None:
        """
        The application's role adds editions and reads them, and nothing else.
        """
        registry.editions.keep()

        with (
            pytest.raises(DBAPIError, match="permission denied"),
            database.connection(None) as connection,
        ):
            connection.execute(text("UPDATE terms_edition SET content = ''"))
