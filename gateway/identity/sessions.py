"""Web sessions: kept here, not in the cookie, so that signing out ends them for certain.

The cookie holds a random id that names its tenant (`gateway.identity.bearer`);
the table holds its keyed digest. A session ends eight hours after sign-in, or
after one hour without use.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.core.identifiers import TenantId
from gateway.core.principal import CredentialKind
from gateway.db import holders, principals
from gateway.db.credentials import WebSession
from gateway.errors import Forbidden, Unauthenticated
from gateway.identity import bearer
from gateway.identity.people import principal_from

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.core.secrets import RootSecret
    from gateway.db.principals import PrincipalRecord
    from gateway.db.session import Database

PREFIX = "ws-pv-"
LIFETIME = timedelta(hours=8)
IDLE = timedelta(hours=1)
_TOUCH = timedelta(minutes=1)


class Sessions:
    """Opens, verifies and ends web sessions."""

    def __init__(self, database: Database, secret: RootSecret, clock: Clock) -> None:
        """Sessions in `database`, digested under `secret`."""
        self._database = database
        self._secret = secret
        self._clock = clock

    def open(self, person: PrincipalRecord) -> str:
        """A new session of `person`, who has just proved who they are; the cookie's value.

        Raises:
            Unauthenticated: the person was erased a moment ago.
        """
        tenant = TenantId(person.tenant_id)
        text = bearer.mint(PREFIX, tenant)
        now = self._clock.now()
        with self._database.tenant_session(tenant, write=True) as session:
            if principals.locked(session, person.id) is None:
                raise Unauthenticated(reason="person.unknown")
            holders.end_sessions_before(session, expired=now, seen=now - IDLE)
            session.add(
                WebSession(
                    tenant_id=tenant,
                    digest=self._secret.credential_digest(tenant, text),
                    principal_id=person.id,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + LIFETIME,
                )
            )
        return text

    def principal(self, cookie: str) -> Principal:
        """Who is signed in.

        Raises:
            Unauthenticated: nobody, no longer, or the person is no longer active.
        """
        tenant = self._tenant(cookie)
        digest = self._secret.credential_digest(tenant, cookie)
        with self._database.connection(tenant) as connection:
            row = holders.session_holder(connection, tenant, digest)
        now = self._clock.now()
        if row is None:
            raise Unauthenticated(reason="session.unknown")
        if now >= row.expires_at or now >= row.seen_at + IDLE:
            raise Unauthenticated(reason="session.expired")
        if now >= row.seen_at + _TOUCH:
            with self._database.tenant_session(tenant, write=True) as session:
                holders.session_seen(session, digest, now)
        short = f"web_{digest.hex()[:16]}"
        return principal_from(row, CredentialKind.SESSION, short, self._secret)

    def close(self, cookie: str) -> None:
        """End a session, with effect on the next request. Ending an unknown one does nothing."""
        try:
            tenant = self._tenant(cookie)
        except Unauthenticated:
            return
        digest = self._secret.credential_digest(tenant, cookie)
        with self._database.tenant_session(tenant, write=True) as session:
            holders.end_session(session, digest)

    def csrf_token(self, cookie: str) -> str:
        """The token that every form of this session must send back.

        It is a keyed digest of the session's id: another site can make a browser send the
        cookie, but cannot read it, and cannot compute this.

        Raises:
            Unauthenticated: the cookie is not a session's.
        """
        return self._secret.credential_digest(self._tenant(cookie), "csrf:" + cookie).hex()

    def check_csrf(self, cookie: str, given: str) -> None:
        """Return if `given` is the session's token.

        Raises:
            Forbidden: it is not.
            Unauthenticated: the cookie is not a session's.
        """
        expected = self.csrf_token(cookie)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            raise Forbidden("This form is out of date. Load the page again, and send it again.")

    @staticmethod
    def _tenant(cookie: str) -> TenantId:
        try:
            return bearer.tenant_of(PREFIX, cookie)
        except bearer.Malformed:
            raise Unauthenticated(reason="session.malformed") from None
