from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import Headers

from gateway.core.principal import CredentialKind
from gateway.errors import IdentityUnavailable, Unauthenticated
from gateway.identity.access_tokens import TokenVerifier
from gateway.identity.authenticator import KEY_HEADERS, Authenticator
from gateway.identity.keys import KeyRing
from gateway.identity.people import People
from gateway.identity.security_log import SecurityEvent, SecurityLog, SecurityTag
from gateway.identity.trust import trust
from gateway.telemetry import Metrics
from tests.giving_keys import key_for_person
from tests.unit.identity.builders import SECRET, deactivate_all, sign_in_settings

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database
    from tests.unit.identity.builders import IssuerSimulator, SetClock


class World:
    """An authenticator with a key, a token and a list of what it reported."""

    def __init__(self, database: Database, clock: SetClock, issuer: IssuerSimulator) -> None:
        trusted = trust({"acme": sign_in_settings()}, clock, issuer.get_json)
        self.keys = KeyRing(database, SECRET, clock)
        self.events: list[SecurityEvent] = []
        self.door = Authenticator(
            self.keys,
            TokenVerifier(trusted, clock),
            People(database, SECRET, clock, {"acme": trusted["acme"].roles}),
            self.events.append,
        )
        self.token = issuer.sign()

    def refused(self, **headers: str) -> Unauthenticated:
        """The refusal that these headers meet (``x_api_key`` stands for ``x-api-key``)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with pytest.raises(Unauthenticated) as caught:
            self.door.authenticate(Headers(named))
        return caught.value


@pytest.fixture
def world(database: Database, clock: SetClock, issuer: IssuerSimulator, tenant: TenantId) -> World:
    return World(database, clock, issuer)


@pytest.fixture
def key(world: World, tenant: TenantId) -> str:
    return key_for_person(world.keys, tenant, "eve@acme.example", created_by="cli").text


class TestWhereACredentialMayStand:
    def test_a_bearer_key(self, world: World, key: str) -> None:
        """
        OpenAI's SDK sends the key as a bearer token; the scheme's case does not matter.
        """
        for scheme in ("Bearer", "bearer", "BEARER"):
            principal = world.door.authenticate(Headers({"Authorization": f"{scheme} {key}"}))

            assert principal.email == "eve@acme.example"

    @pytest.mark.parametrize("header", KEY_HEADERS)
    def test_the_other_sdks_headers(self, world: World, key: str, header: str) -> None:
        """
        Anthropic's, Azure's and Google's SDKs each have a header of their own.
        """
        assert world.door.authenticate(Headers({header: key})).email == "eve@acme.example"

    def test_the_same_key_twice_is_one_key(self, world: World, key: str) -> None:
        """
        Some clients send it in two places.
        """
        both = Headers({"Authorization": f"Bearer {key}", "x-api-key": key})

        assert world.door.authenticate(both).email == "eve@acme.example"

    def test_an_access_token_as_bearer(self, world: World) -> None:
        """
        The person's own token from the company's identity provider opens the API.
        """
        principal = world.door.authenticate(Headers({"Authorization": f"Bearer {world.token}"}))

        assert principal.email == "ada@acme.example"
        assert principal.credential is CredentialKind.ACCESS_TOKEN

    def test_an_access_token_is_a_bearer_token_only(self, world: World) -> None:
        """
        RFC 6750; in a header for keys it is an unknown key.
        """
        assert world.refused(x_api_key=world.token).reason == "credential.unknown"

    def test_other_headers_say_nothing_about_identity(self, world: World, key: str) -> None:
        """
        Identity decides, headers never (promise P3).
        """
        headers = Headers(
            {
                "Authorization": f"Bearer {key}",
                "x-forwarded-user": "admin@acme.example",
                "x-tenant": "globex",
                "x-proviso-role": "tenant_admin",
                "openai-organization": "globex",
            }
        )

        principal = world.door.authenticate(headers)

        assert principal.email == "eve@acme.example"
        assert principal.tenant.slug == "acme"
        assert {role.value for role in principal.roles} == {"employee"}


class TestRefusing:
    def test_no_credential(self, world: World) -> None:
        """
        Nothing was sent.
        """
        assert world.refused().reason == "credential.missing"

    def test_two_different_credentials(self, world: World, key: str, tenant: TenantId) -> None:
        """
        A proxy before us and we might each believe another one: both are refused, though good.
        """
        other = key_for_person(world.keys, tenant, "bob@acme.example", created_by="cli").text

        assert world.refused(Authorization=f"Bearer {key}", x_api_key=other).reason == (
            "credential.conflict"
        )
        assert world.refused(x_api_key=key, api_key=other).reason == "credential.conflict"
        assert world.refused(Authorization=f"Bearer {world.token}", x_api_key=key).reason == (
            "credential.conflict"
        )

    @pytest.mark.parametrize(
        "value", ["", "Basic YTpi", "Bearer", "Bearer ", "sk-pv-x", "Token x", "Bearer\tx"]
    )
    def test_another_scheme(self, world: World, value: str) -> None:
        """
        ``Authorization`` is a bearer token or nothing, even beside a good key elsewhere.
        """
        assert world.refused(Authorization=value).reason == "credential.scheme"

    def test_two_authorization_headers(self, world: World, key: str) -> None:
        """
        Servers join them by a comma; the result is nobody's key.
        """
        joined = f"Bearer {key}, Bearer {key}"

        assert world.refused(Authorization=joined).reason == "key.malformed"

    def test_something_endless(self, world: World) -> None:
        """
        Bounded before it is looked at.
        """
        assert world.refused(Authorization="Bearer " + "a" * 20_000).reason == (
            "credential.malformed"
        )

    def test_somebody_elses_api_key(self, world: World) -> None:
        """
        A provider's own key, pasted by mistake, is refused and goes nowhere.
        """
        assert world.refused(x_api_key="sk-proj-abcdef").reason == "credential.unknown"
        assert world.refused(Authorization="Bearer sk-proj-abcdef").reason == "token.malformed"

    def test_every_refusal_reads_the_same(
        self, world: World, key: str, tenant: TenantId, database: Database
    ) -> None:
        """
        The public text teaches a guesser nothing: malformed, unknown, revoked, inactive and
        expired cannot be told apart.
        """
        revoked = key_for_person(world.keys, tenant, "bob@acme.example", created_by="cli")
        world.keys.revoke(tenant, revoked.facts.id)
        errors = [
            world.refused(x_api_key="sk-pv-x"),
            world.refused(x_api_key=revoked.text),
            world.refused(Authorization="Bearer a.b.c"),
        ]
        deactivate_all(database, tenant)
        errors.append(world.refused(x_api_key=key))

        assert len({error.reason for error in errors}) >= 3
        assert len({(error.message, error.code, error.status) for error in errors}) == 1

    def test_a_key_ring_without_sign_in_refuses_tokens(
        self, database: Database, clock: SetClock, issuer: IssuerSimulator
    ) -> None:
        """
        With no identity provider configured, no token is good.
        """
        door = Authenticator(
            KeyRing(database, SECRET, clock),
            TokenVerifier({}, clock),
            People(database, SECRET, clock, {}),
            lambda event: None,
        )

        with pytest.raises(Unauthenticated):
            door.authenticate(Headers({"Authorization": f"Bearer {issuer.sign()}"}))


class TestReporting:
    def test_a_refusal_is_an_event_without_the_credential(self, world: World, key: str) -> None:
        """
        Operators see which door refused and why; the credential is nowhere in it.
        """
        spoiled = key[:-1] + ("0" if key[-1] != "0" else "1")
        error = world.refused(x_api_key=spoiled)

        assert world.events == [SecurityEvent(SecurityTag.API_CREDENTIAL_REFUSE, "key.malformed")]
        assert spoiled not in f"{error} {error!r} {world.events}"
        assert error.__cause__ is None

    def test_a_good_credential_is_no_event(self, world: World, key: str) -> None:
        """
        Only what is worth knowing is told.
        """
        world.door.authenticate(Headers({"x-api-key": key}))

        assert world.events == []

    def test_an_outage_of_the_provider_is_not_a_refusal(
        self, world: World, issuer: IssuerSimulator
    ) -> None:
        """
        503, and no event that reads like an attack.
        """
        issuer.down = True

        with pytest.raises(IdentityUnavailable):
            world.door.authenticate(Headers({"Authorization": f"Bearer {world.token}"}))

        assert world.events == []

    def test_the_security_log_counts_by_reason(self, caplog: pytest.LogCaptureFixture) -> None:
        """
        The metric has the reason as its label, and the log line has the tag.
        """
        metrics = Metrics()
        log = SecurityLog(metrics)

        log(SecurityEvent(SecurityTag.API_CREDENTIAL_REFUSE, "key.unknown"))
        log(SecurityEvent(SecurityTag.PAGES_PERSON_SIGN_IN, tenant="acme"))

        exposed = metrics.expose().decode()
        assert 'proviso_authentication_failures_total{reason="key.unknown"} 1.0' in exposed
        assert [record.message for record in caplog.records] == ["api:credential:refuse"]
