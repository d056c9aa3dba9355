from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import Mock
from uuid import UUID

import pytest
from sqlalchemy import text

from gateway.core.identifiers import TenantId
from gateway.core.principal import CredentialKind, PrincipalKind, Role
from gateway.db import credentials
from gateway.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    StorageUnavailable,
    Unauthenticated,
)
from gateway.identity import base62, bearer, keys
from gateway.identity.keys import KeyRing
from tests.giving_keys import key_for_person, key_for_workload
from tests.unit.identity.builders import SECRET, a_tenant, deactivate_all, people_of

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.db.session import Database
    from tests.unit.identity.builders import SetClock


@pytest.fixture
def ring(database: Database, clock: SetClock) -> KeyRing:
    return KeyRing(database, SECRET, clock)


def refusal(ring: KeyRing, key: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        ring.authenticate(key)
    return caught.value.reason


class TestCreating:
    def test_a_new_key_speaks_for_its_holder(self, ring: KeyRing, tenant: TenantId) -> None:
        """
        The key authenticates as the person it was made for, an employee, by that very key.
        """
        new = key_for_person(ring, tenant, "Ada@Acme.example", created_by="cli")

        holder = ring.authenticate(new.text)

        assert holder.tenant.id == tenant
        assert holder.tenant.slug == "acme"
        assert holder.email == "ada@acme.example"
        assert holder.kind is PrincipalKind.PERSON
        assert holder.roles == {Role.EMPLOYEE}
        assert holder.credential is CredentialKind.GATEWAY_KEY
        assert holder.credential_id == str(new.facts.id)
        assert holder.id == new.facts.principal_id
        assert holder.pseudonym == SECRET.pseudonym(tenant, holder.id)

    def test_a_person_is_made_once(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        A second key for the same address, in whatever case, goes to the same person.
        """
        one = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        two = key_for_person(ring, tenant, "ADA@acme.example", created_by="cli")

        assert one.facts.principal_id == two.facts.principal_id
        assert len(people_of(database, tenant)) == 1

    @pytest.mark.parametrize("email", ["", "ada", "@acme.example", "ada@", "a b@acme.example"])
    def test_what_is_no_address_makes_nobody(
        self, ring: KeyRing, tenant: TenantId, database: Database, email: str
    ) -> None:
        """
        A slip of the hand does not make a person whom nobody can sign in as.
        """
        with pytest.raises(InvalidRequest, match="no e-mail address"):
            key_for_person(ring, tenant, email, created_by="cli")

        assert people_of(database, tenant) == []

    def test_a_workload_has_keys_too(self, ring: KeyRing, tenant: TenantId) -> None:
        """
        A program acts under its own name, not under a person's.
        """
        new = key_for_workload(ring, tenant, "nightly-report", created_by="cli")
        again = key_for_workload(ring, tenant, "nightly-report", created_by="cli")

        holder = ring.authenticate(new.text)

        assert holder.kind is PrincipalKind.WORKLOAD
        assert holder.display_name == "nightly-report"
        assert holder.email is None
        assert again.facts.principal_id == holder.id

    def test_nobody_who_left_gets_a_key(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        An inactive person is not brought back by a new key.
        """
        key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        deactivate_all(database, tenant)

        with pytest.raises(Conflict):
            key_for_person(ring, tenant, "ada@acme.example", created_by="cli")


class TestSecrecy:
    def test_the_key_is_nowhere_in_the_database(
        self, ring: KeyRing, tenant: TenantId, tmp_path: Path, database: Database
    ) -> None:
        """
        What is stored signs nobody in: neither the key nor its random part is in the file.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        with database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("identity.db*"))

        assert new.text[28:60].encode() not in stored
        assert b"ada@acme.example" in stored  # the test looks at the right file

    def test_the_repr_shows_the_hint_only(self, ring: KeyRing, tenant: TenantId) -> None:
        """
        A repr ends in logs.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")

        assert new.text not in repr(new)
        assert new.facts.hint == new.text[-4:]

    def test_listing_shows_facts_newest_first(
        self, ring: KeyRing, tenant: TenantId, clock: SetClock
    ) -> None:
        """
        A list says which keys there are, and whose, and nothing that could be used as one.
        """
        old = key_for_person(ring, tenant, "ada@acme.example", label="old", created_by="cli")
        clock.forward(seconds=1)
        new = key_for_workload(ring, tenant, "bot", label="new", created_by="cli")

        listed = ring.held(tenant)

        assert [item.facts for item in listed] == [new.facts, old.facts]
        assert [item.name for item in listed] == ["bot", "ada@acme.example"]
        assert [item.kind for item in listed] == [PrincipalKind.WORKLOAD, PrincipalKind.PERSON]
        assert all(new.text not in str(facts) for facts in listed)


class TestRevoking:
    def test_a_revoked_key_stops_with_the_next_request(
        self, ring: KeyRing, tenant: TenantId
    ) -> None:
        """
        No cache, no grace: the request after the revocation is refused.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.authenticate(new.text)
        ring.revoke(tenant, new.facts.id)

        assert refusal(ring, new.text) == "key.unknown"

    def test_the_holders_other_keys_go_on(self, ring: KeyRing, tenant: TenantId) -> None:
        """
        One lost laptop does not stop the other.
        """
        one = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        two = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.revoke(tenant, one.facts.id)

        assert ring.authenticate(two.text).credential_id == str(two.facts.id)

    def test_revoking_again_keeps_the_first_moment(
        self, ring: KeyRing, tenant: TenantId, clock: SetClock
    ) -> None:
        """
        The record says when the key really stopped.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        first = ring.revoke(tenant, new.facts.id).revoked_at
        clock.forward(hours=1)

        assert ring.revoke(tenant, new.facts.id).revoked_at == first

    def test_another_tenants_key_cannot_be_revoked(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        For an administrator of another tenant the key does not exist (promise P4).
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        other = a_tenant(database, "globex")

        with pytest.raises(NotFound):
            ring.revoke(other, new.facts.id)

        assert ring.held(other) == []
        assert ring.authenticate(new.text).tenant.id == tenant

    def test_leaving_stops_every_key(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        When a person is made inactive their keys stop with the next request.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.authenticate(new.text)
        deactivate_all(database, tenant)

        assert refusal(ring, new.text) == "key.unknown"


class TestRefusing:
    def test_a_malformed_key_is_refused_without_a_look_up(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        Guessing costs us no query: with the tables gone a malformed key is still just refused.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        with database.engine.begin() as connection:
            connection.execute(text("DROP TABLE gateway_key"))

        assert refusal(ring, new.text[:-1] + ("0" if new.text[-1] != "0" else "1")) == (
            "key.malformed"
        )

    def test_a_well_formed_key_nobody_made_is_unknown(
        self, ring: KeyRing, tenant: TenantId
    ) -> None:
        """
        The checksum is no secret, so anybody can make a text of the right form.
        """
        assert refusal(ring, bearer.mint(keys.PREFIX, tenant)) == "key.unknown"

    def test_a_key_does_not_move_to_another_tenant(
        self, ring: KeyRing, tenant: TenantId, database: Database
    ) -> None:
        """
        The same random part under another tenant's name is another key, and unknown.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        other = a_tenant(database, "globex")
        random_part = base62.decode(new.text[28:60])
        moved = bearer.mint(keys.PREFIX, other, lambda _: random_part)

        assert refusal(ring, moved) == "key.unknown"

    def test_an_invented_tenant_is_unknown_like_any_key(self, ring: KeyRing) -> None:
        """
        Whether a tenant exists cannot be learned from the answer.
        """
        nobody = TenantId(UUID(int=1))

        assert refusal(ring, bearer.mint(keys.PREFIX, nobody)) == "key.unknown"


class TestLastUse:
    def test_the_day_of_the_last_use_is_kept_once_a_job_has_run(
        self, ring: KeyRing, tenant: TenantId, clock: SetClock
    ) -> None:
        """
        A request waits for no write; the job writes the day, and a day without a use changes none.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.authenticate(new.text)
        before = ring.held(tenant)[0].facts.last_used_on
        wrote = ring.note_uses()
        first = ring.held(tenant)[0].facts.last_used_on
        ring.authenticate(new.text)
        again = ring.note_uses()
        clock.forward(seconds=86_400)
        ring.authenticate(new.text)
        ring.note_uses()

        assert (before, wrote, again) == (None, 1, 0)
        assert first is not None
        assert ring.held(tenant)[0].facts.last_used_on == first + timedelta(days=1)

    def test_a_database_that_is_away_loses_no_use(
        self, ring: KeyRing, tenant: TenantId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        What could not be written waits for the next time.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.authenticate(new.text)
        with monkeypatch.context() as away:
            away.setattr(credentials, "note_uses", Mock(side_effect=StorageUnavailable))
            with pytest.raises(StorageUnavailable):
                ring.note_uses()

        assert ring.note_uses() == 1
        assert ring.held(tenant)[0].facts.last_used_on is not None

    def test_a_refused_key_was_not_used(self, ring: KeyRing, tenant: TenantId) -> None:
        """
        Trying a revoked key leaves no day.
        """
        new = key_for_person(ring, tenant, "ada@acme.example", created_by="cli")
        ring.revoke(tenant, new.facts.id)
        refusal(ring, new.text)

        assert ring.note_uses() == 0
        assert ring.held(tenant)[0].facts.last_used_on is None
