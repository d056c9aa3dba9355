"""What is known of a principal: code of use, and what is remembered of it for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gateway.attributes.parameters import Parameters
from gateway.attributes.resolve import AttributeSource
from gateway.core.identifiers import TenantId
from gateway.db import acknowledgements
from gateway.db.acknowledgements import CODE_OF_USE, Acknowledgement
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.errors import StorageUnavailable
from tests.unit.attributes.builders import NOON, SetClock, a_person

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.principal import Principal


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

        attributes = source.resolve(ada, None, NOON)

        assert attributes.current is current
        assert attributes.subject()["acknowledgements"] == {"required": 2, "accepted": accepted}

    def test_nobody_accepts_for_another(self, source: AttributeSource, database: Database) -> None:
        """
        Not a colleague, and not somebody of another organisation.
        """
        ada, eve = a_person(database), a_person(database, "globex")
        accept(database, ada, 2)

        assert source.resolve(ada, None, NOON).current
        assert not source.resolve(eve, None, NOON).current

    def test_accepting_twice_changes_nothing(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        A second click is not an error.
        """
        ada = a_person(database)
        accept(database, ada, 2)
        accept(database, ada, 2)

        assert source.resolve(ada, None, NOON).current


class TestRemembering:
    def test_what_permits_is_remembered_for_two_seconds(
        self, source: AttributeSource, database: Database, clock: SetClock
    ) -> None:
        """
        A new code of use counts two seconds later at the latest.
        """
        ada = a_person(database)
        accept(database, ada, 2)
        assert source.resolve(ada, None, NOON).current
        require(database, ada, 3)

        clock.ticks += 1.9
        assert source.resolve(ada, None, NOON).current
        clock.ticks += 0.2
        assert not source.resolve(ada, None, NOON).current

    def test_what_refuses_is_never_remembered(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        Who has just accepted is not refused once more.
        """
        ada = a_person(database)
        assert not source.resolve(ada, None, NOON).current
        accept(database, ada, 2)

        assert source.resolve(ada, None, NOON).current

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
            source.resolve(person, None, NOON)
            require(database, person, 3)

        assert [source.resolve(person, None, NOON).current for person in people] == [
            False,
            False,
            True,
            True,
        ]

    def test_the_variants_of_one_person_are_bounded(
        self,
        source: AttributeSource,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        A person with tokens for many groups takes no more than their share (promise P10).
        """
        monkeypatch.setattr("gateway.attributes.resolve._VARIANTS", 2)
        ada = a_person(database)
        accept(database, ada, 2)
        tokens = [replace(ada, groups=frozenset({str(number)})) for number in range(3)]
        for token in tokens:
            source.resolve(token, None, NOON)
        require(database, ada, 3)

        found = [source.resolve(token, None, NOON).current for token in reversed(tokens)]
        assert found == [True, True, False]

    def test_the_same_person_id_in_another_tenant_is_another_person(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        The memory is by tenant and person (promise P4).
        """
        ada, eve = a_person(database), a_person(database, "globex")
        accept(database, ada, 2)
        source.resolve(ada, None, NOON)
        twin = replace(ada, tenant=eve.tenant)

        assert not source.resolve(twin, None, NOON).current

    def test_a_database_that_is_gone_is_an_error(
        self, tmp_path: Path, database: Database, clock: SetClock
    ) -> None:
        """
        Not knowing whether somebody accepted is not the same as knowing.
        """
        ada = a_person(database)
        gone = AttributeSource(
            Database(f"sqlite:///{tmp_path / 'no' / 'such.db'}"), clock, Parameters([])
        )

        with pytest.raises(StorageUnavailable):
            gone.resolve(ada, None, NOON)
