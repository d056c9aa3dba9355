from __future__ import annotations

import re
from uuid import UUID

from gateway.core.identifiers import PrincipalId, TenantId
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role, Tenant
from gateway.identity.permissions import (
    BEYOND_SESSION,
    ROLE_PERMISSIONS,
    Permission,
    granted,
)

WITH_A_KEY = {
    Permission.SELF_ACKNOWLEDGEMENT_CREATE,
    Permission.SELF_APPROVAL_READ,
    Permission.SELF_CONFIRMATION_CREATE,
    Permission.SELF_RIGHTS_READ,
    Permission.TENANT_CHAT_CREATE,
    Permission.TENANT_MODELS_READ,
}


def a_principal(*roles: Role, credential: CredentialKind = CredentialKind.SESSION) -> Principal:
    return Principal(
        tenant=Tenant(TenantId(UUID(int=1)), "acme", "Acme"),
        id=PrincipalId(UUID(int=2)),
        kind=PrincipalKind.PERSON,
        roles=frozenset(roles),
        credential=credential,
        credential_id="c",
        pseudonym="p_x",
    )


class TestEnumeration:
    def test_names_say_scope_resource_and_action(self) -> None:
        """
        Every permission reads ``<scope>:<resource>:<action>``, and its name is its value.
        """
        for item in Permission:
            assert re.fullmatch(r"(platform|self|tenant):[a-z_]+:[a-z_]+", item.value)
            assert item.name == item.value.replace(":", "_").upper()

    def test_it_is_in_alphabetical_order(self) -> None:
        """
        So that two people adding one meet in the same place.
        """
        assert list(Permission) == sorted(Permission)


class TestRoles:
    def test_every_role_has_a_line(self) -> None:
        """
        A role nobody thought about would fail at sign-in; it fails here instead.
        """
        assert set(ROLE_PERMISSIONS) == set(Role)

    def test_every_permission_is_somebodys(self) -> None:
        """
        A permission that no role includes guards a page nobody can open.
        """
        assert frozenset().union(*ROLE_PERMISSIONS.values()) == set(Permission)

    def test_no_role_means_nothing(self) -> None:
        """
        Deny is the zero value.
        """
        assert granted(a_principal()) == frozenset()

    def test_roles_add_up(self) -> None:
        """
        A privacy officer who is an employee may do what both may.
        """
        both = granted(a_principal(Role.EMPLOYEE, Role.PRIVACY_OFFICER))

        assert both == ROLE_PERMISSIONS[Role.EMPLOYEE] | ROLE_PERMISSIONS[Role.PRIVACY_OFFICER]

    def test_an_employee_reads_nobodys_decisions(self) -> None:
        """
        The log of what colleagues did is not for colleagues.
        """
        allowed = granted(a_principal(Role.EMPLOYEE))

        assert Permission.TENANT_DECISIONS_READ not in allowed
        assert Permission.TENANT_LOG_READ not in allowed

    def test_an_administrator_of_accounts_reads_nobodys_decisions(self) -> None:
        """
        Giving out keys and reading what was asked are separate duties.
        """
        allowed = granted(a_principal(Role.TENANT_ADMIN))

        assert Permission.TENANT_KEYS_CREATE in allowed
        assert Permission.TENANT_DECISIONS_READ not in allowed

    def test_who_reads_decisions_does_not_see_whose_key_is_whose(self) -> None:
        """
        Names beside days of use would tell who stands behind a pseudonym, without rule AN-05.
        """
        for role, held in ROLE_PERMISSIONS.items():
            both = {Permission.TENANT_KEYS_READ, Permission.TENANT_DECISIONS_READ}

            assert not both <= held, role

    def test_the_operator_of_the_platform_sees_no_tenant(self) -> None:
        """
        Standing above tenants gives no view into one (promise P4).
        """
        allowed = granted(a_principal(Role.PLATFORM_OPERATOR))

        assert all(item.startswith("platform:") for item in allowed)

    def test_an_auditor_changes_nothing_of_the_tenant(self) -> None:
        """
        An auditor reads and verifies.
        """
        actions = {
            item.split(":")[2]
            for item in granted(a_principal(Role.AUDITOR))
            if item.startswith("tenant:")
        }

        assert actions == {"read", "verify"}


class TestCredentials:
    def test_a_key_generates_and_no_more(self) -> None:
        """
        A key that leaks opens no decision, no receipt and no other key, whoever held it. It can
        accept the code of use and confirm what a rule asks, which somebody who never opens a page
        has to do for a call to pass, and ask for the rights record of what its own principal made.
        """
        everything = a_principal(*Role, credential=CredentialKind.GATEWAY_KEY)

        assert granted(everything) == WITH_A_KEY

    def test_a_fresh_sign_in_also_runs_accounts_and_terms(self) -> None:
        """
        A token was given minutes ago to who signed in: it may give out keys, and confirm terms.
        """
        everything = a_principal(*Role, credential=CredentialKind.ACCESS_TOKEN)

        assert granted(everything) - WITH_A_KEY == {
            Permission.TENANT_APPROVALS_CREATE,
            Permission.TENANT_KEYS_CREATE,
            Permission.TENANT_KEYS_READ,
            Permission.TENANT_KEYS_REVOKE,
            Permission.TENANT_TERMS_READ,
            Permission.TENANT_TERMS_REVIEW,
        }

    def test_a_second_persons_word_is_not_given_with_a_key(self) -> None:
        """
        A token comes from a fresh sign-in; a key may have been copied months ago.
        """
        wanted = Permission.TENANT_APPROVALS_CREATE

        assert wanted in granted(a_principal(*Role, credential=CredentialKind.ACCESS_TOKEN))
        assert wanted not in granted(a_principal(*Role, credential=CredentialKind.GATEWAY_KEY))

    def test_a_session_carries_all_that_its_roles_include(self) -> None:
        """
        The second table widens the narrow default; it does not narrow a session.
        """
        assert granted(a_principal(Role.AUDITOR)) == ROLE_PERMISSIONS[Role.AUDITOR]

    def test_the_table_names_no_session(self) -> None:
        """
        It lists credentials besides a session; naming one there would say nothing.
        """
        assert all(CredentialKind.SESSION not in kinds for kinds in BEYOND_SESSION.values())
