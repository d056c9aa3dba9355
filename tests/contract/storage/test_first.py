"""P3, P4: what is asked on every request stands alone, and inside its tenant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from gateway.core.identifiers import TenantId, uuid7
from gateway.db import ready
from gateway.db.credentials import GatewayKey
from gateway.db.holders import KeyHolder, KeyHolders
from gateway.db.prepared import PreparedSelect
from gateway.db.principals import PrincipalRecord
from gateway.db.session import Database
from gateway.errors import StorageUnavailable
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock

DIGEST = b"d" * 32


@pytest.fixture
def tenant(database: Database, clock: SystemClock) -> TenantId:
    """A tenant with one person and a key."""
    return with_a_key(database, "acme", clock)


def with_a_key(database: Database, slug: str, clock: SystemClock) -> TenantId:
    """A tenant of that name, in which a person with a group and two roles holds a key."""
    tenant, person = TenantId(a_tenant(database, slug).id), uuid7()
    with database.tenant_session(tenant, write=True) as session:
        session.add(
            PrincipalRecord(
                tenant_id=tenant, id=person, kind="person", issuer=None, subject=None,
                email=f"one@{slug}.example", display_name="Öne 'x'", roles=["employee", "auditor"],
                groups=["r&d"], active=True, created_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()
        session.add(
            GatewayKey(
                tenant_id=tenant, digest=DIGEST, id=uuid7(), principal_id=person, label="",
                hint="abcd", created_at=clock.now(), created_by="test", revoked_at=None,
                last_used_on=date(2026, 5, 4),
            )
        )  # fmt: skip
    return tenant


def revoke(database: Database, tenant: TenantId, clock: SystemClock) -> None:
    """Stop the tenant's keys."""
    with database.tenant_session(tenant, write=True) as session:
        for key in session.scalars(select(GatewayKey)):
            key.revoked_at = clock.now()


def out(database: Database) -> int:
    """How many connections are out of the pool."""
    return database.engine.pool.checkedout()  # type: ignore[attr-defined, no-any-return]


def lying(database: Database) -> Any:
    """The driver's connection that lies ready."""
    (connection,) = database._ready._lying
    return connection.dbapi_connection


class TestKeyHolders:
    def test_a_row_says_what_the_mapped_classes_say(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        Ids, dates, lists and truths come out as the values they are, on both databases.
        """
        keys = KeyHolders(database)
        row = keys.find(tenant, DIGEST)
        assert row is not None
        with database.tenant_session(tenant) as session:
            key = session.scalars(select(GatewayKey)).one()
            person = session.scalars(select(PrincipalRecord)).one()
            expected = KeyHolder(
                key.id, key.last_used_on, person.id, person.kind, person.email,
                person.display_name, person.roles, person.groups, person.active, tenant, "acme",
                "Acme", False, "en", 0,
            )  # fmt: skip

        said = keys.read(row)

        assert said == expected
        assert [type(value) for value in said] == [type(value) for value in expected]

    def test_each_asking_sees_what_is_so_now(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        A key that was revoked on another connection is gone with the next asking: nothing of an
        earlier transaction is still open.
        """
        keys = KeyHolders(database)
        before = keys.find(tenant, DIGEST)
        revoke(database, tenant, clock)

        assert before is not None
        assert keys.find(tenant, DIGEST) is None

    def test_another_tenants_key_is_not_found(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        The same digest in two tenants is two keys.
        """
        other = with_a_key(database, "globex", clock)
        revoke(database, other, clock)
        keys = KeyHolders(database)

        assert keys.find(tenant, DIGEST) is not None
        assert keys.find(other, DIGEST) is None


class TestFirst:
    def test_a_connection_is_put_back_as_it_was(self, database: Database, tenant: TenantId) -> None:
        """
        Asked more often than the pool has places, one is enough, and a write finds no lock.
        """
        keys = KeyHolders(database)
        for _ in range(60):
            keys.find(tenant, DIGEST)
        with database.tenant_session(tenant, write=True) as session:
            session.scalars(select(PrincipalRecord)).one().display_name = "Two"

        row = keys.find(tenant, DIGEST)
        assert row is not None
        assert keys.read(row).display_name == "Two"
        assert out(database) == 1

    def test_few_stay_out_of_the_pool_however_many_ask(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        Each of many threads is answered; what lies ready afterwards leaves the pool to the others.
        """
        keys = KeyHolders(database)
        together = Barrier(16)

        def ask() -> int:
            together.wait(10)
            return sum(keys.find(tenant, DIGEST) is not None for _ in range(20))

        with ThreadPoolExecutor(16) as threads:
            answered = [item.result(30) for item in [threads.submit(ask) for _ in range(16)]]

        left = out(database)
        database.dispose()
        assert answered == [20] * 16
        assert 1 <= left <= ready.MOST
        assert out(database) == 0

    def test_what_broke_while_it_lay_ready_is_replaced(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        The question is answered all the same, by another connection, and nobody hears of it.
        """
        keys = KeyHolders(database)
        keys.find(tenant, DIGEST)
        broken = lying(database)
        broken.close()

        assert keys.find(tenant, DIGEST) is not None
        assert lying(database) is not broken
        assert out(database) == 1

    def test_what_the_driver_says_comes_as_everywhere(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        An error has the name it has elsewhere and no parameter in it; the next asking is served.
        """
        wrong = PreparedSelect(
            select(PrincipalRecord.email, func.nowhere(bindparam("digest")).label("x")),
            database.engine.dialect,
        )
        with pytest.raises((DBAPIError, StorageUnavailable)) as caught:
            database.first(tenant, wrong, {"digest": "secret-value"})

        cause = caught.value.__cause__ if isinstance(caught.value, StorageUnavailable) else None
        assert "secret-value" not in f"{caught.value} {cause or ''}"
        assert out(database) == 0
        assert KeyHolders(database).find(tenant, DIGEST) is not None

    def test_a_database_that_cannot_be_reached_is_said_to_be_away(self) -> None:
        """
        The driver's own error never gets out, wherever the connection fails.
        """
        gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
        one = PreparedSelect(select(literal_column("1").label("one")), gone.engine.dialect)

        with pytest.raises(StorageUnavailable):
            gone.first(TenantId(uuid7()), one, {})
        with pytest.raises(StorageUnavailable):
            gone.driver_connection(5)


@pytest.mark.postgres
class TestInPostgres:
    @pytest.fixture
    def database(self, postgres_url: str) -> Any:
        """PostgreSQL only: SQLite has no second wall."""
        from gateway.db import migrate

        migrate.upgrade(postgres_url)
        made = Database(postgres_url)
        yield made
        made.dispose()

    def test_a_query_that_names_no_tenant_sees_its_own_only(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        Row-level security is bound before the query runs, and ends with it.
        """
        other = with_a_key(database, "globex", clock)
        everyone = PreparedSelect(
            select(func.count(), func.min(PrincipalRecord.email)), database.engine.dialect
        )

        assert database.first(tenant, everyone, {}) == (1, "one@acme.example")
        assert database.first(other, everyone, {}) == (1, "one@globex.example")
        with database.engine.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) != "proviso_app"
            assert not connection.scalar(text("SELECT current_setting('proviso.tenant', true)"))

    def test_a_session_that_the_server_ended_is_replaced(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        As after a restart of the server: the next question is answered.
        """
        keys = KeyHolders(database)
        keys.find(tenant, DIGEST)
        with database.engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(:pid)"), {"pid": lying(database).info.backend_pid}
            )

        assert keys.find(tenant, DIGEST) is not None
        assert out(database) == 1
