"""People of a test installation: as principals, as browsers, and a clock that can be set."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId
from gateway.core.principal import CredentialKind
from gateway.db import principals

if TYPE_CHECKING:
    import pytest
    from flask.testing import FlaskClient

    from gateway.core.principal import Principal, Role
    from gateway.db.principals import PrincipalRecord
    from tests.factories import Installation


class SetClock(SystemClock):
    """The machine's clock, so much later or earlier."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Now, moved."""
        return datetime.now(UTC) + self.ahead


def somebody(company: Installation, email: str, *roles: Role) -> Principal:
    """A signed-in person with these roles."""
    return company.gateway.identity.sessions.principal(company.session_for(email, *roles))


def browser(company: Installation, email: str, *roles: Role) -> FlaskClient:
    """The browser of a person who is signed in."""
    client = company.flask.test_client()
    client.set_cookie("proviso", company.session_for(email, *roles))
    return client


def with_a_token(
    company: Installation, monkeypatch: pytest.MonkeyPatch, email: str, *roles: Role
) -> None:
    """From now on whoever calls the API comes with this person's access token."""
    person = replace(somebody(company, email, *roles), credential=CredentialKind.ACCESS_TOKEN)
    door = type(company.gateway.identity.authenticator)
    monkeypatch.setattr(door, "authenticate", lambda _door, _headers: person)


def token(page: str) -> str:
    """The token in the page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


def record_of(company: Installation, email: str) -> PrincipalRecord:
    """The row of a person."""
    with company.gateway.database.tenant_session(TenantId(company.tenant.id)) as session:
        found = principals.by_email(session, email)
    assert found is not None
    return found
