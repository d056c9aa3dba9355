"""Migrations go up, down and up again, with data in the way, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from gateway.core.identifiers import TenantId
from gateway.db import migrate
from gateway.db.base import Base
from gateway.db.session import Database
from tests.contract.storage.test_tenants_apart import a_person
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock


class TestRoundTrip:
    def test_up_down_up_with_data(self, database_url: str, clock: SystemClock) -> None:
        """
        A database with rows in it can be taken down to nothing and brought up again.
        """
        migrate.upgrade(database_url)
        database = Database(database_url)
        tenant = TenantId(a_tenant(database, "acme").id)
        with database.tenant_session(tenant, write=True) as session:
            session.add(a_person(tenant, "one@acme.example", clock))
        migrate.downgrade(database_url, "base")
        emptied = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
        migrate.upgrade(database_url)
        with database.engine.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM tenant"))
        database.dispose()

        assert emptied == set()
        assert rows == 0

    def test_upgrading_twice_changes_nothing(self, database_url: str) -> None:
        """
        An upgrade of what is current is no upgrade.
        """
        migrate.upgrade(database_url)
        migrate.upgrade(database_url)
        database = Database(database_url)

        assert migrate.is_current(database)
        database.dispose()


class TestDrift:
    def test_tables_and_mappings_agree(self, database: Database) -> None:
        """
        The schema that migrations make is the schema that the code maps.
        """
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, Base.metadata)

        assert differences == []
