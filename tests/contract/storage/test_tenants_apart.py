"""P4: a tenant never sees another. Walled in code, and once more in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from gateway.core.identifiers import TenantId, uuid7
from gateway.db import principals
from gateway.db.base import Base, TenantRow
from gateway.db.principals import PrincipalRecord
from gateway.db.session import Database, ForeignRow
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock


def a_person(tenant: TenantId, email: str, clock: SystemClock) -> PrincipalRecord:
    """A row of a tenant."""
    return PrincipalRecord(
        tenant_id=tenant, id=uuid7(), kind="person", issuer=None, subject=None, email=email,
        display_name=email, roles=[], groups=[], active=True, created_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def two(database: Database, clock: SystemClock) -> tuple[TenantId, TenantId]:
    """Two tenants with one person each."""
    ids = []
    for slug in ("acme", "globex"):
        tenant = TenantId(a_tenant(database, slug).id)
        with database.tenant_session(tenant, write=True) as session:
            session.add(a_person(tenant, f"one@{slug}.example", clock))
        ids.append(tenant)
    return ids[0], ids[1]


class TestInCode:
    def test_queries_see_their_own_tenant_only(
        self, database: Database, two: tuple[TenantId, TenantId]
    ) -> None:
        """
        A query that names no tenant returns the session's tenant's rows, and no others.
        """
        with database.tenant_session(two[0]) as session:
            seen = session.scalars(select(PrincipalRecord.email)).all()
            foreign = principals.by_email(session, "one@globex.example")

        assert seen == ["one@acme.example"]
        assert foreign is None

    def test_updates_and_deletes_reach_their_own_tenant_only(
        self, database: Database, two: tuple[TenantId, TenantId]
    ) -> None:
        """
        A bulk change without a tenant in it changes nothing of another tenant's.
        """
        with database.tenant_session(two[0], write=True) as session:
            session.execute(update(PrincipalRecord).values(display_name="changed"))
            session.execute(delete(PrincipalRecord))
        with database.tenant_session(two[1]) as session:
            names = session.scalars(select(PrincipalRecord.display_name)).all()

        assert names == ["one@globex.example"]

    def test_a_row_of_another_tenant_is_not_written(
        self, database: Database, two: tuple[TenantId, TenantId], clock: SystemClock
    ) -> None:
        """
        Adding another tenant's row is a bug, and stops the transaction.
        """
        with (
            pytest.raises(ForeignRow),
            database.tenant_session(two[0], write=True) as session,
        ):
            session.add(a_person(two[1], "intruder@x.example", clock))
            session.flush()

    def test_the_directory_shows_no_tenants_rows(
        self, database: Database, two: tuple[TenantId, TenantId]
    ) -> None:
        """
        A session without a tenant knows names of tenants and nothing in them.
        """
        assert two
        with database.directory_session() as session:
            assert session.scalars(select(PrincipalRecord)).all() == []


@pytest.mark.postgres
class TestInPostgres:
    @pytest.fixture
    def database(self, migrated_postgres_url: str) -> Any:
        """PostgreSQL only: SQLite has no second wall."""
        made = Database(migrated_postgres_url)
        yield made
        made.dispose()

    def test_raw_sql_sees_its_own_tenant_only(
        self, database: Database, two: tuple[TenantId, TenantId]
    ) -> None:
        """
        Row-level security holds where our own wall is gone round with raw SQL.
        """
        with database.connection(two[0]) as connection:
            seen = connection.scalars(text("SELECT email FROM principal")).all()
            role = connection.scalar(text("SELECT current_user"))
        with database.connection(None) as connection:
            nobody = connection.scalars(text("SELECT email FROM principal")).all()

        assert seen == ["one@acme.example"]
        assert nobody == []
        assert role == "proviso_app"

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE log_entry SET effect = 'permit'",
            "DELETE FROM log_entry",
            "DELETE FROM checkpoint",
            "UPDATE policy_input SET canonical = ''",
            "DELETE FROM acknowledgement",
            "TRUNCATE log_entry",
            "DROP TABLE log_entry",
        ],
    )
    def test_evidence_is_only_added_to(
        self, database: Database, two: tuple[TenantId, TenantId], statement: str
    ) -> None:
        """
        The application's role can add evidence and read it, and nothing else.
        """
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            database.connection(two[0]) as connection,
        ):
            connection.execute(text(statement))

    def test_every_tenant_table_has_row_level_security(self, database: Database) -> None:
        """
        A new table cannot be forgotten: all that belong to a tenant are enumerated.
        """
        mapped = {
            mapper.local_table.name  # type: ignore[attr-defined]
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, TenantRow)
        }
        with database.engine.connect() as connection:
            walled = set(
                connection.scalars(
                    text(
                        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
                    )
                )
            )

        assert mapped <= walled
        assert len(mapped) >= 10

    def test_the_binding_ends_with_the_transaction(
        self, database: Database, two: tuple[TenantId, TenantId]
    ) -> None:
        """
        A pooled connection carries neither the role nor the tenant of its last user.
        """
        with database.connection(two[0]) as connection:
            connection.execute(text("SELECT 1"))
        with database.engine.connect() as connection:
            role = connection.scalar(text("SELECT current_user"))
            tenant = connection.scalar(text("SELECT current_setting('proviso.tenant', true)"))

        assert role != "proviso_app"
        assert not tenant
