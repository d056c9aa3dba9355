"""P2, P3: what stands in for a database that is away, and for whom it does not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.db.last_known import Bridging
from gateway.errors import NotRemembered, StorageUnavailable, Unauthenticated
from gateway.identity.keys import KeyRing
from gateway.identity.people import People, RoleMap
from tests.giving_keys import key_for_person
from tests.unit.identity.builders import SECRET, a_tenant, deactivate_all
from tests.unit.identity.test_people import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database
    from tests.unit.identity.builders import SetClock

SECONDS = 600.0


@contextmanager
def away(
    database: Database, monkeypatch: pytest.MonkeyPatch, cause: Exception | None = None
) -> Iterator[None]:
    """The database does not answer."""

    def gone(*_arguments: Any, **_named: Any) -> Any:
        raise StorageUnavailable from cause

    with monkeypatch.context() as patched:
        patched.setattr(database, "connection", gone)
        patched.setattr(database, "first", gone)
        yield


@pytest.fixture
def bridging() -> Bridging:
    return Bridging(["acme"], SECONDS)


@pytest.fixture
def ring(database: Database, clock: SetClock, bridging: Bridging) -> KeyRing:
    return KeyRing(database, SECRET, clock, bridging)


class TestKeys:
    def test_a_key_that_was_used_stands_in_with_its_age(
        self,
        ring: KeyRing,
        tenant: TenantId,
        database: Database,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        The same principal, marked; and not marked any more as soon as the database answers.
        """
        key = key_for_person(ring, tenant, "ada@acme.example", created_by="cli").text
        before = ring.authenticate(key)
        clock.forward(seconds=30)
        with away(database, monkeypatch):
            within = ring.authenticate(key)

        assert (before.recalled, within.recalled) == (0, 30)
        assert within.id == before.id
        assert ring.authenticate(key).recalled == 0

    def test_what_was_not_read_or_too_long_ago_is_not_known(
        self,
        ring: KeyRing,
        tenant: TenantId,
        database: Database,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        Another key of the same person is another key.
        """
        key = key_for_person(ring, tenant, "ada@acme.example", created_by="cli").text
        other = key_for_person(ring, tenant, "ada@acme.example", created_by="cli").text
        ring.authenticate(key)
        with away(database, monkeypatch):
            with pytest.raises(NotRemembered):
                ring.authenticate(other)
            clock.forward(seconds=SECONDS + 1)
            with pytest.raises(NotRemembered):
                ring.authenticate(key)

        assert not ring.knows_anybody

    def test_who_has_not_decided_so_is_refused_as_ever(
        self,
        ring: KeyRing,
        database: Database,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        The same process, another tenant.
        """
        other = a_tenant(database, "globex")
        key = key_for_person(ring, other, "ada@globex.example", created_by="cli").text
        ring.authenticate(key)

        with away(database, monkeypatch), pytest.raises(StorageUnavailable) as caught:
            ring.authenticate(key)
        assert not isinstance(caught.value, NotRemembered)

    def test_a_process_too_busy_to_ask_does_not_answer_from_memory(
        self,
        ring: KeyRing,
        tenant: TenantId,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        A pool without a free connection is no outage: load must not make revocations late.
        """
        key = key_for_person(ring, tenant, "ada@acme.example", created_by="cli").text
        ring.authenticate(key)

        with (
            away(database, monkeypatch, PoolTimeout()),
            pytest.raises(StorageUnavailable) as caught,
        ):
            ring.authenticate(key)
        assert not isinstance(caught.value, NotRemembered)

    def test_revoked_and_left_are_forgotten(
        self,
        ring: KeyRing,
        tenant: TenantId,
        database: Database,
        clock: SetClock,
        bridging: Bridging,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        Revoked here, revoked elsewhere, and the holder left: by the job, without a request.
        """
        made = [
            key_for_person(ring, tenant, f"{name}@acme.example", created_by="cli")
            for name in ("ada", "bo", "cy")
        ]
        for new in made:
            ring.authenticate(new.text)
        ring.revoke(tenant, made[0].facts.id)
        KeyRing(database, SECRET, clock, bridging).revoke(tenant, made[1].facts.id)
        ring.recheck()
        known = ring.knows_anybody
        deactivate_all(database, tenant)
        ring.recheck()

        assert known
        assert not ring.knows_anybody
        with away(database, monkeypatch):
            for new in made:
                with pytest.raises(NotRemembered):
                    ring.authenticate(new.text)

    def test_a_refusal_of_the_database_counts_for_ever(
        self,
        ring: KeyRing,
        tenant: TenantId,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        Known, then refused: the outage does not bring it back.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.authenticate(new.text)
        deactivate_all(database, tenant)
        with pytest.raises(Unauthenticated):
            ring.authenticate(new.text)

        with away(database, monkeypatch), pytest.raises(NotRemembered):
            ring.authenticate(new.text)


class TestTokens:
    def test_a_person_behind_a_token_stands_in_too(
        self,
        tenant: TenantId,
        database: Database,
        clock: SetClock,
        bridging: Bridging,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        The token itself is verified as ever; nobody is made while the database is away.
        """
        roles = RoleMap({}, setting="s")
        people = People(database, SECRET, clock, {"acme": roles}, bridging)
        before = people.bearer(said(), "t-1")
        clock.forward(seconds=5)
        with away(database, monkeypatch):
            within = people.bearer(said(), "t-2")
            with pytest.raises(NotRemembered):
                people.bearer(said(subject="s-2"), "t-3")
        deactivate_all(database, tenant)
        people.recheck()

        assert (before.recalled, within.recalled, within.id) == (0, 5, before.id)
        assert not people.knows_anybody
