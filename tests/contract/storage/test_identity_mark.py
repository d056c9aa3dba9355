"""P3: a mark says whether a key's row is still what it was, and it is never late."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from sqlalchemy import inspect, select, text

from gateway.core.identifiers import uuid7
from gateway.db import migrate
from gateway.db.base import Base
from gateway.db.credentials import GatewayKey
from gateway.db.holders import KeyHolders
from gateway.db.identity_mark import IdentityMark
from gateway.db.principals import PrincipalRecord
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.errors import Unauthenticated
from gateway.identity.keys import KeyRing
from tests.contract.storage.test_first import revoke, with_a_key
from tests.contract.storage.test_tenants_apart import a_person
from tests.factories import a_tenant, migrated_file
from tests.giving_keys import key_for_person
from tests.unit.identity.builders import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock
    from gateway.core.identifiers import TenantId

SOURCES = (GatewayKey, PrincipalRecord, TenantRecord)
COLUMNS = [
    (source.__tablename__, name)
    for source in SOURCES
    for name in Base.metadata.tables[source.__tablename__].columns.keys()  # noqa: SIM118
]


@pytest.fixture
def tenant(database: Database, clock: SystemClock) -> TenantId:
    """A tenant with one person and a key."""
    return with_a_key(database, "acme", clock)


@pytest.fixture
def another(database: Database) -> Iterator[Database]:
    """The same database as another process has it, such as a command."""
    made = Database(database.url)
    yield made
    made.dispose()


@pytest.fixture
def ring(database: Database, clock: SystemClock) -> KeyRing:
    """A worker's keys."""
    return KeyRing(database, SECRET, clock)


def mark_of(database: Database, tenant: TenantId) -> int:
    """The mark as it is now."""
    moved = IdentityMark(database).moved(tenant, None)
    assert moved is not None
    assert moved[0] is not None
    return moved[0]


def a_key(ring: KeyRing, tenant: TenantId) -> str:
    """A key of a second person."""
    return key_for_person(ring, tenant, "two@acme.example", created_by="test").text


def stands(database: Database, tenant: TenantId, mark: int) -> bool:
    """Whether nothing is said to have changed since `mark`."""
    return IdentityMark(database).moved(tenant, mark) is None


class OnSqlite:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        """SQLite only: PostgreSQL has no mark."""
        made = Database(f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'marked.db')}")
        yield made
        made.dispose()


class TestMark(OnSqlite):
    @pytest.mark.parametrize(("source", "name"), COLUMNS)
    def test_every_column_moves_it(
        self, database: Database, tenant: TenantId, source: str, name: str
    ) -> None:
        """
        Whatever is written about a key, a person or a tenant, by whatever means: a trigger sees it.
        A migration that makes one of these tables anew must make its triggers anew as well.
        """
        before = mark_of(database, tenant)
        with database.engine.connect().execution_options(proviso_write=True) as connection:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            connection.execute(text(f"UPDATE {source} SET {name} = {name}"))
            connection.commit()

        assert not stands(database, tenant, before)
        assert stands(database, tenant, mark_of(database, tenant))

    @pytest.mark.parametrize("source", SOURCES)
    def test_a_row_that_comes_or_goes_moves_it(
        self, database: Database, tenant: TenantId, source: Any, clock: SystemClock
    ) -> None:
        """
        A row put in the place of another one, and one that is taken away, move it too.
        """
        a_row: dict[Any, Callable[[], None]] = {
            GatewayKey: lambda: _key_again(database, tenant),
            PrincipalRecord: lambda: _added(database, tenant, clock),
            TenantRecord: lambda: _founded(database),
        }
        before = mark_of(database, tenant)
        a_row[source]()
        between = mark_of(database, tenant)
        with database.engine.connect().execution_options(proviso_write=True) as connection:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.execute(
                text(
                    f"DELETE FROM {source.__tablename__} WHERE rowid = "
                    f"(SELECT max(rowid) FROM {source.__tablename__})"
                )
            )
            connection.commit()

        assert between != before
        assert not stands(database, tenant, between)

    def test_what_was_not_committed_has_not_moved_it(
        self, database: Database, another: Database, tenant: TenantId
    ) -> None:
        """
        A change that is taken back was none, and one that is not yet made is not yet seen.
        """
        before = mark_of(database, tenant)
        with another.engine.connect().execution_options(proviso_write=True) as connection:
            connection.execute(text("UPDATE principal SET active = 0"))
            meanwhile = stands(database, tenant, before)
            connection.rollback()

        assert meanwhile
        assert stands(database, tenant, before)

    def test_other_work_leaves_it(
        self, database: Database, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        What is written about anything else is no reason to read a key again.
        """
        before = mark_of(database, tenant)
        with database.connection(tenant, write=True) as connection:
            connection.execute(
                text("INSERT INTO policy_input VALUES (:tenant, :of, :of, :at)"),
                {"tenant": tenant.hex, "of": b"q" * 32, "at": str(clock.now())},
            )

        assert stands(database, tenant, before)

    def test_it_is_another_one_each_time(self, database: Database, tenant: TenantId) -> None:
        """
        No number comes back, as a counter's would with a copy of the database that is put back.
        """
        seen = {mark_of(database, tenant)}
        for _ in range(20):
            with database.connection(tenant, write=True) as connection:
                connection.execute(text("UPDATE tenant SET name = name"))
            seen.add(mark_of(database, tenant))

        assert len(seen) == 21
        assert max(seen) - min(seen) > 1_000_000


class TestWithAndWithout:
    def test_without_one_nothing_is_ever_the_same(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        Where the mark is missing, as on PostgreSQL, every request reads its key.
        """
        before = 0
        if database.sqlite:
            before = mark_of(database, tenant)
            with database.connection(tenant, write=True) as connection:
                connection.execute(text("DELETE FROM identity_mark"))

        assert IdentityMark(database).moved(tenant, before) == (None,)
        assert IdentityMark(database).moved(tenant, None) == (None,)

    def test_it_comes_and_goes_with_its_migration(self, database_url: str) -> None:
        """
        Down and up again, the triggers are there again.
        """
        migrate.upgrade(database_url)
        migrate.downgrade(database_url, "0018")
        database = Database(database_url)
        below = inspect(database.engine).has_table("identity_mark")
        tenant = a_tenant(database, "acme")
        migrate.upgrade(database_url)
        above = inspect(database.engine).has_table("identity_mark")
        moved = IdentityMark(database).moved(tenant.id, None)
        database.dispose()

        assert (below, above) == (False, database.sqlite)
        assert (moved != (None,)) == database.sqlite


class TestUnchanged(OnSqlite):
    def test_an_unchanged_key_is_not_read_again(
        self, database: Database, ring: KeyRing, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        The mark is asked for every request, the row once; after a change of anybody's, once more.
        """
        key = a_key(ring, tenant)
        find = Mock(wraps=KeyHolders(database).find)
        ring._holders.find = find  # type: ignore[method-assign]
        before = [ring.authenticate(key) for _ in range(5)]
        read_before = find.call_count
        _added(database, tenant, clock)
        after = [ring.authenticate(key) for _ in range(5)]

        assert (read_before, find.call_count) == (1, 2)
        assert all(principal is before[0] for principal in before + after)


class TestChanged:
    def test_what_another_process_changes_counts_with_the_next_request(
        self, ring: KeyRing, another: Database, tenant: TenantId
    ) -> None:
        """
        A role, a name, the tenant's language: none is the remembered one a request later.
        """
        key = a_key(ring, tenant)
        seen = [ring.authenticate(key)]
        for change in (
            lambda person, _: setattr(person, "roles", ["employee", "auditor"]),
            lambda person, _: setattr(person, "groups", ["r&d"]),
            lambda _, of: setattr(of, "language", "de"),
            lambda _, of: setattr(of, "erasures", 7),
        ):
            with another.tenant_session(tenant, write=True) as session:
                people = select(PrincipalRecord).where(PrincipalRecord.email == "two@acme.example")
                person = session.scalars(people).one()
                whose = select(TenantRecord).where(TenantRecord.id == tenant)
                change(person, session.scalars(whose).one())
            seen.append(ring.authenticate(key))

        assert [len(principal.roles) for principal in seen] == [1, 2, 2, 2, 2]
        assert [len(principal.groups) for principal in seen] == [0, 0, 1, 1, 1]
        assert [principal.tenant.language for principal in seen] == ["en", "en", "en", "de", "de"]
        assert [principal.tenant.erasures for principal in seen] == [0, 0, 0, 0, 7]

    @pytest.mark.parametrize(
        "ending",
        [
            "UPDATE gateway_key SET revoked_at = created_at",
            "UPDATE principal SET active = (1 = 0)",
            "DELETE FROM gateway_key",
        ],
    )
    def test_what_another_process_ends_is_refused_with_the_next_request(
        self, ring: KeyRing, another: Database, tenant: TenantId, ending: str
    ) -> None:
        """
        However often it was let in before: a key revoked, erased, or of somebody who left.
        """
        key = a_key(ring, tenant)
        for _ in range(5):
            ring.authenticate(key)
        with another.engine.connect().execution_options(proviso_write=True) as connection:
            connection.execute(text(ending))
            connection.commit()

        for _ in range(2):
            with pytest.raises(Unauthenticated):
                ring.authenticate(key)

    def test_a_key_revoked_between_mark_and_row_is_not_remembered(
        self, database: Database, ring: KeyRing, tenant: TenantId, clock: SystemClock
    ) -> None:
        """
        The mark is read first: a row that was read while it changed goes with an older mark.
        """
        key = a_key(ring, tenant)
        find = KeyHolders(database).find

        def read_and_then_revoked(whose: TenantId, digest: bytes) -> Any:
            row = find(whose, digest)
            revoke(database, tenant, clock)
            return row

        ring._holders.find = read_and_then_revoked  # type: ignore[method-assign]
        ring.authenticate(key)

        with pytest.raises(Unauthenticated):
            ring.authenticate(key)


def _key_again(database: Database, tenant: TenantId) -> None:
    """The same key, put in its own place."""
    with database.connection(tenant, write=True) as connection:
        connection.execute(text("INSERT OR REPLACE INTO gateway_key SELECT * FROM gateway_key"))


def _added(database: Database, tenant: TenantId, clock: SystemClock) -> None:
    """Somebody new in the tenant."""
    with database.tenant_session(tenant, write=True) as session:
        session.add(a_person(tenant, f"{uuid7()}@acme.example", clock))


def _founded(database: Database) -> None:
    """One more tenant."""
    a_tenant(database, "globex")
