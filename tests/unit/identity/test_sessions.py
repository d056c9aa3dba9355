from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.core.identifiers import uuid7
from gateway.core.principal import CredentialKind, PrincipalKind, Role
from gateway.db.credentials import WebSession
from gateway.db.principals import PrincipalRecord
from gateway.errors import Forbidden, Unauthenticated
from gateway.identity import bearer, keys
from gateway.identity.sessions import IDLE, LIFETIME, Sessions
from tests.unit.identity.builders import NOON, SECRET, a_tenant, deactivate_all

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database
    from tests.unit.identity.builders import SetClock


@pytest.fixture
def sessions(database: Database, clock: SetClock) -> Sessions:
    return Sessions(database, SECRET, clock)


@pytest.fixture
def person(database: Database, tenant: TenantId) -> PrincipalRecord:
    return a_person(database, tenant)


def a_person(database: Database, tenant: TenantId) -> PrincipalRecord:
    row = PrincipalRecord(
        tenant_id=tenant,
        id=uuid7(),
        kind=PrincipalKind.PERSON,
        issuer="https://login.acme.example",
        subject="s-1",
        email="ada@acme.example",
        display_name="Ada",
        roles=["auditor", "employee"],
        groups=["audit"],
        active=True,
        created_at=NOON,
    )
    with database.tenant_session(tenant, write=True) as session:
        session.add(row)
    return row


def refusal(sessions: Sessions, cookie: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        sessions.principal(cookie)
    return caught.value.reason


def stored(database: Database, tenant: TenantId) -> list[WebSession]:
    with database.tenant_session(tenant) as session:
        return list(session.query(WebSession))


class TestSignedIn:
    def test_the_cookie_stands_for_the_person(
        self, sessions: Sessions, person: PrincipalRecord, tenant: TenantId
    ) -> None:
        """
        The session gives the person with roles and groups, as a session credential.
        """
        principal = sessions.principal(sessions.open(person))

        assert principal.id == person.id
        assert principal.tenant.id == tenant
        assert principal.roles == {Role.AUDITOR, Role.EMPLOYEE}
        assert principal.groups == {"audit"}
        assert principal.credential is CredentialKind.SESSION

    def test_the_table_holds_no_cookie(
        self, sessions: Sessions, person: PrincipalRecord, tenant: TenantId, database: Database
    ) -> None:
        """
        Whoever steals the table cannot sign in with it, nor with the id shown in logs.
        """
        cookie = sessions.open(person)
        (row,) = stored(database, tenant)

        assert row.digest == SECRET.credential_digest(tenant, cookie)
        assert cookie not in sessions.principal(cookie).credential_id

    def test_a_key_is_no_session(self, sessions: Sessions, tenant: TenantId) -> None:
        """
        The pages do not open to what the API accepts.
        """
        assert refusal(sessions, bearer.mint(keys.PREFIX, tenant)) == "session.malformed"

    @pytest.mark.parametrize("cookie", ["", "x", "ws-pv-" + "0" * 60])
    def test_garbage_is_nobody(self, sessions: Sessions, cookie: str) -> None:
        """
        Anything in the cookie is either a session or nobody.
        """
        assert refusal(sessions, cookie) == "session.malformed"

    def test_a_session_does_not_move_to_another_tenant(
        self, sessions: Sessions, person: PrincipalRecord, database: Database
    ) -> None:
        """
        The same random part under another tenant's name is unknown (promise P4).
        """
        cookie = sessions.open(person)
        other = a_tenant(database, "globex")
        moved = bearer.mint("ws-pv-", other, lambda _: 5)

        assert refusal(sessions, moved) == "session.unknown"
        assert sessions.principal(cookie).tenant.slug == "acme"


class TestEnding:
    def test_signing_out_ends_it_at_once(self, sessions: Sessions, person: PrincipalRecord) -> None:
        """
        A copy of the cookie is worth nothing after sign-out.
        """
        cookie = sessions.open(person)
        sessions.close(cookie)

        assert refusal(sessions, cookie) == "session.unknown"

    def test_signing_out_twice_or_with_garbage_is_fine(
        self, sessions: Sessions, person: PrincipalRecord
    ) -> None:
        """
        Ending what is not there does nothing, and other sessions stay.
        """
        cookie, other = sessions.open(person), sessions.open(person)
        for value in (cookie, cookie, "", "garbage"):
            sessions.close(value)

        assert sessions.principal(other).id == person.id

    def test_it_ends_eight_hours_after_sign_in(
        self, sessions: Sessions, person: PrincipalRecord, clock: SetClock
    ) -> None:
        """
        However busy the session was.
        """
        cookie = sessions.open(person)
        for _ in range(15):
            clock.forward(minutes=30)
            sessions.principal(cookie)
        clock.forward(minutes=30)

        assert timedelta(minutes=30 * 16) == LIFETIME
        assert refusal(sessions, cookie) == "session.expired"

    def test_it_ends_after_an_hour_without_use(
        self, sessions: Sessions, person: PrincipalRecord, clock: SetClock
    ) -> None:
        """
        A forgotten browser does not stay signed in; use within the hour keeps it.
        """
        cookie = sessions.open(person)
        clock.forward(minutes=59)
        sessions.principal(cookie)
        clock.forward(minutes=59)
        sessions.principal(cookie)
        clock.forward(minutes=60)

        assert timedelta(minutes=60) == IDLE
        assert refusal(sessions, cookie) == "session.expired"

    def test_use_is_noted_once_a_minute(
        self,
        sessions: Sessions,
        person: PrincipalRecord,
        clock: SetClock,
        database: Database,
        tenant: TenantId,
    ) -> None:
        """
        Reading pages quickly writes nothing.
        """
        cookie = sessions.open(person)
        clock.forward(seconds=59)
        sessions.principal(cookie)
        early = stored(database, tenant)[0].seen_at
        clock.forward(seconds=1)
        sessions.principal(cookie)

        assert early == NOON
        assert stored(database, tenant)[0].seen_at == clock.now()

    def test_leaving_ends_every_session(
        self, sessions: Sessions, person: PrincipalRecord, database: Database, tenant: TenantId
    ) -> None:
        """
        A person made inactive is signed out with the next request.
        """
        cookie = sessions.open(person)
        deactivate_all(database, tenant)

        assert refusal(sessions, cookie) == "session.unknown"

    def test_old_sessions_are_swept_when_somebody_signs_in(
        self,
        sessions: Sessions,
        person: PrincipalRecord,
        clock: SetClock,
        database: Database,
        tenant: TenantId,
    ) -> None:
        """
        The table does not grow with every sign-in there ever was.
        """
        sessions.open(person)
        clock.forward(hours=2)
        kept = sessions.open(person)

        assert len(stored(database, tenant)) == 1
        assert sessions.principal(kept).id == person.id


class TestForms:
    def test_the_sessions_own_token_passes(
        self, sessions: Sessions, person: PrincipalRecord
    ) -> None:
        """
        The token is the same for every form of one session.
        """
        cookie = sessions.open(person)
        token = sessions.csrf_token(cookie)

        sessions.check_csrf(cookie, token)

        assert token == sessions.csrf_token(cookie)

    def test_any_other_token_does_not(self, sessions: Sessions, person: PrincipalRecord) -> None:
        """
        Nothing, rubbish, the cookie itself, and another session's token are all refused.
        """
        cookie, other = sessions.open(person), sessions.open(person)

        for given in ("", "x", "é", "\ud800", cookie, sessions.csrf_token(other)):
            with pytest.raises(Forbidden):
                sessions.check_csrf(cookie, given)

    def test_the_token_is_not_what_the_table_holds(
        self, sessions: Sessions, person: PrincipalRecord, tenant: TenantId
    ) -> None:
        """
        A page shows the token; that must not help to find the session's row.
        """
        cookie = sessions.open(person)

        assert sessions.csrf_token(cookie) != SECRET.credential_digest(tenant, cookie).hex()
