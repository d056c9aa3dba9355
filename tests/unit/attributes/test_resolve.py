from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gateway.attributes.resolve import Attributes, AttributeSource
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role
from gateway.db import acknowledgements
from gateway.db.acknowledgements import CODE_OF_USE, Acknowledgement
from gateway.db.base import Base
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class SetClock:
    def __init__(self) -> None:
        self.ticks = 100.0

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return self.ticks


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'attributes.db'}")
    tables = [item.__table__ for item in (TenantRecord, Acknowledgement)]
    Base.metadata.create_all(opened.engine, tables=tables)  # type: ignore[arg-type]
    yield opened
    opened.dispose()


@pytest.fixture
def source(database: Database, clock: SetClock) -> AttributeSource:
    return AttributeSource(database, clock)


def a_person(database: Database, slug: str = "acme") -> Principal:
    """A person of a new organisation whose code of use is at version 2."""
    record = TenantRecord(
        id=uuid7(),
        slug=slug,
        name=slug,
        demo=False,
        language="en",
        code_version=2,
        created_at=NOON,
    )
    with database.directory_session(write=True) as session:
        session.add(record)
        session.flush()
        tenant = record.value()
    return Principal(
        tenant=tenant,
        id=PrincipalId(uuid7()),
        kind=PrincipalKind.PERSON,
        roles=frozenset({Role.EMPLOYEE}),
        credential=CredentialKind.GATEWAY_KEY,
        credential_id="k1",
        pseudonym="p_1",
    )


def accept(database: Database, who: Principal, version: int) -> None:
    tenant = TenantId(who.tenant.id)
    row = Acknowledgement(
        tenant_id=tenant,
        principal_id=who.id,
        document=CODE_OF_USE,
        version=version,
        at=NOON,
        channel="test",
    )
    with database.tenant_session(tenant, write=True) as session:
        acknowledgements.accept(session, row)


def require(database: Database, who: Principal, version: int) -> None:
    with database.directory_session(write=True) as session:
        record = session.get(TenantRecord, who.tenant.id)
        assert record is not None
        record.code_version = version


class TestAcknowledgement:
    @pytest.mark.parametrize(
        ("versions", "accepted", "current"),
        [([], 0, False), ([1], 1, False), ([1, 2], 2, True), ([2], 2, True), ([3], 3, True)],
    )
    def test_the_newest_version_accepted_is_told(
        self,
        source: AttributeSource,
        database: Database,
        versions: list[int],
        accepted: int,
        current: bool,
    ) -> None:
        """
        Beside the version that the organisation requires.
        """
        ada = a_person(database)
        for version in versions:
            accept(database, ada, version)

        attributes = source.resolve(ada)

        assert attributes == Attributes(code_required=2, code_accepted=accepted)
        assert attributes.current is current
        assert attributes.acknowledgements() == {
            "code_of_use": {"required": 2, "accepted": accepted}
        }

    def test_nobody_accepts_for_another(self, source: AttributeSource, database: Database) -> None:
        """
        Not a colleague, and not somebody of another organisation.
        """
        ada, eve = a_person(database), a_person(database, "globex")
        accept(database, ada, 2)

        assert source.resolve(ada).current
        assert not source.resolve(eve).current

    def test_accepting_twice_changes_nothing(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        A second click is not an error.
        """
        ada = a_person(database)
        accept(database, ada, 2)
        accept(database, ada, 2)

        assert source.resolve(ada).current


class TestRemembering:
    def test_what_permits_is_remembered_for_two_seconds(
        self, source: AttributeSource, database: Database, clock: SetClock
    ) -> None:
        """
        A new code of use counts two seconds later at the latest.
        """
        ada = a_person(database)
        accept(database, ada, 2)
        assert source.resolve(ada).current
        require(database, ada, 3)

        clock.ticks += 1.9
        assert source.resolve(ada).current
        clock.ticks += 0.2
        assert not source.resolve(ada).current

    def test_what_refuses_is_never_remembered(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        Who has just accepted is not refused once more.
        """
        ada = a_person(database)
        assert not source.resolve(ada).current
        accept(database, ada, 2)

        assert source.resolve(ada).current

    def test_the_memory_is_bounded(
        self,
        source: AttributeSource,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        However many people there are: the oldest is looked up again (promise P10).
        """
        monkeypatch.setattr("gateway.attributes.resolve._REMEMBERED", 2)
        people = [a_person(database, f"tenant-{number}") for number in range(4)]
        for person in people:
            accept(database, person, 2)
            source.resolve(person)
            require(database, person, 3)

        assert [source.resolve(person).current for person in people] == [False, False, True, True]

    def test_the_same_person_id_in_another_tenant_is_another_person(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        The memory is by tenant and person (promise P4).
        """
        ada, eve = a_person(database), a_person(database, "globex")
        accept(database, ada, 2)
        source.resolve(ada)
        twin = Principal(
            tenant=eve.tenant,
            id=ada.id,
            kind=ada.kind,
            roles=ada.roles,
            credential=ada.credential,
            credential_id="k2",
            pseudonym="p_2",
        )

        assert not source.resolve(twin).current

    def test_a_database_that_is_gone_is_an_error(
        self, tmp_path: Path, database: Database, clock: SetClock
    ) -> None:
        """
        Not knowing whether somebody accepted is not the same as knowing.
        """
        ada = a_person(database)
        gone = AttributeSource(Database(f"sqlite:///{tmp_path / 'no' / 'such.db'}"), clock)

        with pytest.raises(StorageUnavailable):
            gone.resolve(ada)
