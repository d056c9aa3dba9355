"""A hold that is set while something is being deleted: what has not gone yet stays."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from gateway.core.identifiers import uuid7
from gateway.db import keeping
from gateway.retention.erase import Erasure
from tests.contract.storage.expiring import EMMA, SECRET
from tests.contract.storage.test_expiry import nothing
from tests.contract.storage.test_tenants_apart import a_person

if TYPE_CHECKING:
    import pytest

    from tests.contract.storage.expiring import World

OLIVER = "p_" + "o" * 22


class TestWhileTheJobRuns:
    def test_it_stops_what_is_left_of_the_run(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A run of hours does not go by the holds of its beginning.
        """
        for _ in range(60):
            world.exchange(500)
        spoken = world.ledger.record_event

        def set_then(tenant: Any, entry: Any) -> int:
            if entry.status == "entries.expired":
                world.holds.add(tenant, None, part="entries", matter="1", by="x", note=nothing)
            return spoken(tenant, entry)

        monkeypatch.setattr(world.ledger, "record_event", set_then)
        report = world.run()

        assert report.removed["decisions"] == 0
        assert report.held["decisions"] >= 1
        assert all(row.canonical is not None for row in world.rows()[:120])
        assert world.verified().intact

    def test_one_persons_stay_and_others_go(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        In the middle of a page too: a hold over one person is no hold over another.
        """
        world.exchange(500)
        world.exchange(500, who=OLIVER)
        spoken = world.ledger.record_event

        def set_then(tenant: Any, entry: Any) -> int:
            if entry.status == "entries.expired":
                who = (uuid7(), EMMA)
                world.holds.add(tenant, who, part="entries", matter="2", by="x", note=nothing)
            return spoken(tenant, entry)

        monkeypatch.setattr(world.ledger, "record_event", set_then)
        world.run()

        assert [row.canonical is None for row in world.rows()[:4]] == [False, False, True, True]
        assert world.verified().intact

    def test_it_waits_for_what_deletes_just_now(self, world: World) -> None:
        """
        Once a hold is set nothing that did not see it deletes: not even what was under way.
        """
        set_at = threading.Event()

        def add() -> None:
            world.holds.add(world.tenant, None, part="all", matter="3", by="x", note=nothing)
            set_at.set()

        with world.database.tenant_session(world.tenant, write=True) as session:
            seen = keeping.settled_holds(session, world.tenant)
            other = threading.Thread(target=add)
            other.start()
            early = set_at.wait(0.3)
        other.join(10)

        assert seen == []
        assert not early
        assert set_at.is_set()


class TestWhileSomebodyIsErased:
    def test_a_hold_that_comes_after_the_tombstone_wins(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        The person stays, the certificate names the matter, and the log says that it did not go.
        """
        row = a_person(world.tenant, "emma@acme.example", world.clock)
        with world.database.tenant_session(world.tenant, write=True) as session:
            session.add(row)
        person = row.id
        erasure = Erasure(
            world.database, world.ledger, world.holds, SECRET, world.clock, lambda _: False
        )
        spoken, said = world.ledger.record_event, []

        def set_then(tenant: Any, entry: Any) -> int:
            said.append(entry.status or entry.document["action"])
            if entry.status == "person.erased":
                who = (person, EMMA)
                world.holds.add(tenant, who, part="all", matter="4", by="x", note=nothing)
            return spoken(tenant, entry)

        monkeypatch.setattr(world.ledger, "record_event", set_then)
        certificate = erasure.erase(world.tenant, person, "x")

        assert {item["matter"] for item in certificate.refused} == {"4"}
        assert certificate.erased == {}
        assert world.count("principal") == 1
        assert said == ["person.erased", "erasure.held"]
        assert world.verified().intact
