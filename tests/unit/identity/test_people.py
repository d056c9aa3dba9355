from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from gateway.core.principal import CredentialKind, Role
from gateway.db import log_tables, principals
from gateway.db.decision_log import LogHead
from gateway.db.principals import PrincipalRecord
from gateway.errors import ConfigurationError, LogTampered, Unauthenticated
from gateway.identity.claims import identity_in
from gateway.identity.keys import KeyRing
from gateway.identity.people import People, RoleMap, VerifiedIdentity
from tests.giving_keys import key_for_person
from tests.unit.identity.builders import (
    SECRET,
    a_tenant,
    deactivate_all,
    people_of,
    sign_in_settings,
)

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database
    from tests.unit.identity.builders import SetClock

ROLES = RoleMap({"privacy_officer": ["privacy"], "auditor": ["audit"]}, setting="s")


def said(**changes: Any) -> VerifiedIdentity:
    """What a verified token says."""
    groups = changes.pop("groups", frozenset({"staff"}))
    values: dict[str, Any] = {
        "tenant": "acme",
        "issuer": "https://login.acme.example",
        "subject": "s-1",
        "email": "ada@acme.example",
        "name": "Ada",
        "groups": groups,
        "roles": ROLES.given(groups),
    }
    return VerifiedIdentity(**(values | changes))


@pytest.fixture
def people(database: Database, clock: SetClock, tenant: TenantId) -> People:
    return People(database, SECRET, clock, {"acme": ROLES, "globex": ROLES})


class TestFirstSight:
    def test_a_person_is_made_when_first_seen(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        Signing in makes the person, with name, address and groups, and as an employee.
        """
        person = people.sign_in(said())

        assert [row.id for row in people_of(database, tenant)] == [person.id]
        assert (person.email, person.display_name) == ("ada@acme.example", "Ada")
        assert person.groups == ["staff"]
        assert person.roles == ["employee"]

    def test_and_found_again_afterwards(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        The subject is who they are, even when the name changes.
        """
        first = people.sign_in(said())
        again = people.sign_in(said(name="Ada L.", email="ada.l@acme.example"))

        assert again.id == first.id
        assert (again.display_name, again.email) == ("Ada L.", "ada.l@acme.example")
        assert len(people_of(database, tenant)) == 1

    def test_a_person_expected_by_address_is_taken_over(
        self, people: People, database: Database, tenant: TenantId, clock: SetClock
    ) -> None:
        """
        A key made for someone's address belongs to them once they sign in with it, verified.
        """
        new = key_for_person(
            KeyRing(database, SECRET, clock), tenant, "ada@acme.example", created_by="cli"
        )

        person = people.sign_in(said())

        assert person.id == new.facts.principal_id
        assert person.subject == "s-1"

    def test_an_unverified_address_takes_nobody_over(
        self, people: People, database: Database, tenant: TenantId, clock: SetClock
    ) -> None:
        """
        Whoever types a colleague's address at a careless provider does not become them.
        """
        new = key_for_person(
            KeyRing(database, SECRET, clock), tenant, "ada@acme.example", created_by="cli"
        )

        person = people.sign_in(said(email=None))

        assert person.id != new.facts.principal_id
        assert person.email is None

    def test_an_address_that_is_taken_is_not_inherited(self, people: People) -> None:
        """
        A new colleague who was given a former colleague's address gets rows of their own.
        """
        former = people.sign_in(said(subject="s-1"))
        newcomer = people.sign_in(said(subject="s-2"))

        assert newcomer.id != former.id
        assert newcomer.email is None

    def test_a_subject_of_another_issuer_is_another_person(self, people: People) -> None:
        """
        Subjects are unique within an issuer only.
        """
        one = people.sign_in(said())
        two = people.sign_in(said(issuer="https://new-login.acme.example", email=None))

        assert one.id != two.id

    def test_two_first_requests_at_once_make_one_person(
        self,
        people: People,
        database: Database,
        tenant: TenantId,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        The second one looked before the first was done, and finds its row when adding its own.
        """
        first = people.bearer(said(), "jti")
        looks = iter([None])
        honest = principals.by_subject
        monkeypatch.setattr(principals, "by_subject", lambda *asked: next(looks, honest(*asked)))
        second = people.sign_in(said(email=None))

        assert second.id == first.id
        assert len(people_of(database, tenant)) == 1

    def test_a_tenant_that_does_not_exist_has_no_people(self, people: People) -> None:
        """
        A configured sign-in for a tenant that was never created lets nobody in.
        """
        with pytest.raises(Unauthenticated) as caught:
            people.sign_in(said(tenant="globex"))

        assert caught.value.reason == "tenant.unknown"

    def test_the_same_person_in_two_tenants_is_two(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        Even with one shared provider, a person is a tenant's (promise P4).
        """
        globex = a_tenant(database, "globex")
        people.sign_in(said())
        people.sign_in(said(tenant="globex"))

        assert len(people_of(database, tenant)) == 1
        assert len(people_of(database, globex)) == 1


class TestRoles:
    def test_groups_give_roles(self, people: People) -> None:
        """
        Membership of a configured group gives its role; everybody is an employee.
        """
        person = people.sign_in(said(groups=frozenset({"privacy"})))

        assert person.roles == ["employee", "privacy_officer"]

    def test_leaving_the_group_takes_the_role_away(self, people: People) -> None:
        """
        The next sign-in after leaving is without it.
        """
        people.sign_in(said(groups=frozenset({"privacy"})))
        person = people.sign_in(said(groups=frozenset()))

        assert person.roles == ["employee"]

    def test_every_change_of_roles_is_recorded_once(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        The log says who was given and who lost which role; a sign-in that changes none adds none.
        """
        for groups in ({"privacy"}, {"privacy"}, {"audit"}, {"staff"}):
            people.sign_in(said(groups=frozenset(groups)))
        people.sign_in(said(groups=None))
        with database.connection(tenant) as connection:
            rows = list(log_tables.entries(connection, tenant))
        told = [json.loads(row.canonical) for row in rows]

        assert [(item["status"], item["params"]) for item in told] == [
            ("roles.changed", {"given": "privacy_officer", "taken": ""}),
            ("roles.changed", {"given": "auditor", "taken": "privacy_officer"}),
            ("roles.changed", {"given": "", "taken": "auditor"}),
        ]
        assert {item["target"] for item in told} == {told[0]["target"]}
        assert "ada@" not in str(told)  # three letters alone an id may have

    def test_roles_do_not_change_where_the_log_was_tampered_with(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        P1: a change that cannot be recorded is not made.
        """
        people.sign_in(said(groups=frozenset({"privacy"})))
        with database.connection(tenant, write=True) as connection:
            connection.execute(update(LogHead).values(code=b"forged"))

        with pytest.raises(LogTampered):
            people.sign_in(said(groups=frozenset({"audit"})))
        (person,) = people_of(database, tenant)
        assert person.roles == ["employee", "privacy_officer"]

    def test_a_provider_that_says_nothing_of_groups_changes_nothing(self, people: People) -> None:
        """
        "Not said" is not "none".
        """
        people.sign_in(said(groups=frozenset({"privacy"})))
        person = people.sign_in(said(groups=None))

        assert person.roles == ["employee", "privacy_officer"]
        assert person.groups == ["privacy"]

    def test_a_role_assigned_here_stays(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        The provider decides about the roles it is configured to give, and about no other.
        """
        people.sign_in(said())
        with database.tenant_session(tenant, write=True) as session:
            row = session.query(PrincipalRecord).one()
            row.roles = ["employee", "auditor", "policy_author"]

        again = people.sign_in(said())

        assert again.roles == ["employee", "policy_author"]

    def test_a_role_that_does_not_exist_stops_the_start(self) -> None:
        """
        A misspelt role would be a control that is not on.
        """
        with pytest.raises(ConfigurationError, match="privacy_offcer"):
            RoleMap({"privacy_offcer": ["privacy"]}, setting="sign_in.acme.role_groups")


class TestBearer:
    def test_an_access_token_makes_the_person_too(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        Somebody may use the API before they ever open a page.
        """
        principal = people.bearer(said(groups=frozenset({"privacy"})), "jti-1")

        assert [row.id for row in people_of(database, tenant)] == [principal.id]
        assert principal.credential is CredentialKind.ACCESS_TOKEN
        assert principal.credential_id == "jti-1"
        assert principal.roles == {Role.EMPLOYEE, Role.PRIVACY_OFFICER}
        assert principal.tenant.slug == "acme"

    def test_without_groups_in_the_token_the_persons_own_count(self, people: People) -> None:
        """
        Many providers leave groups out of access tokens; then the last sign-in's are used.
        """
        people.sign_in(said(groups=frozenset({"privacy"})))

        principal = people.bearer(said(groups=None, roles=frozenset()), "jti")

        assert principal.groups == {"privacy"}
        assert principal.roles == {Role.EMPLOYEE, Role.PRIVACY_OFFICER}

    def test_an_old_token_brings_no_role_back(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        What a token says counts for its request and is not stored.
        """
        old = said(groups=frozenset({"privacy"}))
        people.sign_in(old)
        people.sign_in(said(groups=frozenset()))
        people.bearer(old, "jti")

        assert people_of(database, tenant)[0].roles == ["employee"]

    def test_groups_in_the_token_can_take_away(self, people: People) -> None:
        """
        A newer token without the group is without the role, before any new sign-in.
        """
        people.sign_in(said(groups=frozenset({"privacy"})))

        assert people.bearer(said(groups=frozenset()), "jti").roles == {Role.EMPLOYEE}


class TestLeaving:
    def test_who_left_does_not_sign_in(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        An inactive person is refused although the provider vouches for them.
        """
        people.sign_in(said())
        deactivate_all(database, tenant)

        with pytest.raises(Unauthenticated) as caught:
            people.sign_in(said())

        assert caught.value.reason == "person.inactive"

    def test_and_their_tokens_stop_at_once(
        self, people: People, database: Database, tenant: TenantId
    ) -> None:
        """
        The person is looked up for every request, also while the token is still valid.
        """
        people.bearer(said(), "jti")
        deactivate_all(database, tenant)

        with pytest.raises(Unauthenticated) as caught:
            people.bearer(said(), "jti")

        assert caught.value.reason == "person.inactive"


class TestReadingClaims:
    def test_a_single_group_may_be_text(self) -> None:
        """
        Some providers send one group as text instead of a list.
        """
        settings = sign_in_settings()

        assert identity_in({"sub": "x", "groups": "privacy"}, "acme", settings, ROLES).roles == {
            Role.PRIVACY_OFFICER
        }

    def test_groups_of_another_shape_are_not_guessed_at(self) -> None:
        """
        Anything but text or a list counts as "not said"; odd members of a list are skipped.
        """
        settings = sign_in_settings()

        assert identity_in({"sub": "x", "groups": {"a": 1}}, "acme", settings, ROLES).groups is None
        assert identity_in({"sub": "x", "groups": ["a", 1]}, "acme", settings, ROLES).groups == {
            "a"
        }

    def test_more_groups_than_anybody_has_are_refused(self) -> None:
        """
        A bound on what is stored and sent to the policy (promise P10).
        """
        claims = {"sub": "x", "groups": [str(n) for n in range(2_001)]}

        with pytest.raises(Unauthenticated):
            identity_in(claims, "acme", sign_in_settings(), ROLES)
