"""A database, a clock and an identity provider, small enough to say what the world does."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.secrets import RootSecret
from gateway.db.principals import PrincipalRecord
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.errors import IdentityUnavailable, Unauthenticated
from gateway.identity.access_tokens import TokenVerifier
from gateway.identity.assembly import Identity, assemble
from gateway.identity.trust import trust
from gateway.sections import SignInSettings
from tests.factories import migrated_file

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.identity.security_log import SecurityEvent

SECRET = RootSecret(bytes(range(32)))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class SetClock:
    """A clock that moves when a test says so."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.ticks = 1_000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def forward(self, **step: float) -> None:
        """Let time pass, on both clocks."""
        delta = timedelta(**step)
        self.at += delta
        self.ticks += delta.total_seconds()


def a_database(folder: Path) -> Database:
    """An empty database, migrated."""
    return Database(f"sqlite:///{shutil.copy(migrated_file(), folder / 'identity.db')}")


def a_tenant(database: Database, slug: str = "acme", *, demo: bool = False) -> TenantId:
    """An organisation in `database`."""
    tenant = TenantId(uuid7())
    with database.directory_session(write=True) as session:
        session.add(
            TenantRecord(
                id=tenant,
                slug=slug,
                name=slug.title(),
                demo=demo,
                language="en",
                code_version=1,
                created_at=NOON,
            )
        )
    return tenant


def people_of(database: Database, tenant: TenantId) -> list[PrincipalRecord]:
    """Everybody in `tenant`."""
    with database.tenant_session(tenant) as session:
        return list(session.query(PrincipalRecord))


def deactivate_all(database: Database, tenant: TenantId) -> None:
    """Everybody leaves."""
    with database.tenant_session(tenant, write=True) as session:
        for person in session.query(PrincipalRecord):
            person.active = False


class IssuerSimulator:
    """An identity provider as `fetch.get_json` sees it, which signs what a test wants signed."""

    def __init__(self, clock: SetClock, url: str = "https://login.acme.example") -> None:
        self.url = url
        self.clock = clock
        self.keys: list[Key] = [_first_key(url)]
        self.down = False
        self.fetched: list[str] = []
        self.overrides: dict[str, Any] = {}

    def get_json(self, url: str, hosts: frozenset[str]) -> dict[str, Any]:
        """What an HTTP GET would bring."""
        self.fetched.append(url)
        if self.down:
            raise IdentityUnavailable
        if url.endswith("/jwks"):
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | self.overrides

    @property
    def key_fetches(self) -> int:
        """How often the keys were asked for."""
        return sum(url.endswith("/jwks") for url in self.fetched)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims of a good access token; a change to None leaves the claim out."""
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": "gateway-api",
            "sub": "s-1",
            "iat": now,
            "exp": now + 300,
            "email": "ada@acme.example",
            "email_verified": True,
            "name": "Ada",
            "groups": ["staff", "privacy"],
            "client_id": "chat-app",
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def sign(
        self,
        claims: dict[str, Any] | None = None,
        *,
        key: Key | None = None,
        alg: str = "RS256",
        typ: str | None = "at+jwt",
        **header: Any,
    ) -> str:
        """A token signed with `key`, by default the first published one."""
        key = key or self.keys[0]
        head = {"alg": alg, "kid": key.kid, **header}
        head = {name: value for name, value in head.items() if value is not None}
        if typ is not None:
            head["typ"] = typ
        payload = self.claims() if claims is None else claims
        registry = JWSRegistry(algorithms=[alg])
        registry.max_header_length = 4_096
        return jwt.encode(head, payload, key, registry=registry, default_type=None)


@cache
def _first_key(_issuer: str) -> RSAKey:
    """What an issuer begins with, one for each: making one takes longer than most tests."""
    return an_rsa_key("k1")


def an_rsa_key(kid: str | None) -> RSAKey:
    """A new RSA key."""
    return RSAKey.generate_key(2048, {"kid": kid} if kid else None)


def an_ec_key(kid: str) -> ECKey:
    """A new P-256 key."""
    return ECKey.generate_key("P-256", {"kid": kid})


def sign_in_settings(issuer: str = "https://login.acme.example", **changes: Any) -> SignInSettings:
    """A sign-in section whose privacy group gives the privacy officer's role."""
    values: dict[str, Any] = {
        "issuer": issuer,
        "client_id": "gateway",
        "audience": "gateway-api",
        "role_groups": {"privacy_officer": ["privacy"], "auditor": ["audit"]},
    }
    return SignInSettings(**(values | changes))


def an_identity(
    database: Database,
    clock: SetClock,
    sign_in: dict[str, SignInSettings] | None = None,
    report: list[SecurityEvent] | None = None,
) -> Identity:
    """The whole room over `database`."""
    events: list[SecurityEvent] = [] if report is None else report
    return assemble(sign_in or {}, database, SECRET, clock, events.append)


def a_verifier(issuer: IssuerSimulator, **sign_in: SignInSettings) -> TokenVerifier:
    """A verifier that trusts `issuer`, by default for Acme."""
    sections = sign_in or {"acme": sign_in_settings()}
    return TokenVerifier(trust(sections, issuer.clock, issuer.get_json), issuer.clock)


def token_refusal(verifier: TokenVerifier, token: str) -> str:
    """The reason for which `token` is refused."""
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(token)
    return caught.value.reason
