"""Signing in when the identity provider is odd, broken or hostile."""

from __future__ import annotations

import hmac
import threading
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from gateway.sections import SignInSettings
from tests.unit.identity.builders import IssuerSimulator, SetClock, an_rsa_key, people_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.identity.conftest import Site

SECRET = "a-client-secret-of-32-characters"
BASE = "http://gateway.test"


class Provider(IssuerSimulator):
    """An identity provider on a real port whose answers a test can bend."""

    def __init__(self, url: str) -> None:
        super().__init__(SetClock(datetime.now(UTC)), url)
        self.metadata: dict[str, Any] = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
        }
        self.id_claims: dict[str, Any] = {}
        self.id_header: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.status = 200
        self.about: dict[str, Any] = {}
        self.nonce = ""
        self.asked: list[Any] = []
        self.app = Flask("provider", static_folder=None)
        self.app.get("/.well-known/openid-configuration")(lambda: jsonify(self.metadata))
        self.app.get("/jwks")(self.key_set)
        self.app.post("/token")(self.token)
        self.app.get("/userinfo", endpoint="userinfo")(lambda: jsonify(self.about))

    def key_set(self) -> Response:
        """The published keys."""
        return jsonify(self.get_json(f"{self.url}/jwks", frozenset()))

    def token(self) -> tuple[Response, int]:
        """The token answer, bent as a test asked."""
        self.asked.append((dict(request.form), request.authorization))
        claims = {"aud": "gateway", "client_id": None, "nonce": self.nonce, "groups": ["privacy"]}
        id_token = self.sign(self.claims(**(claims | self.id_claims)), typ="JWT", **self.id_header)
        answer = {"access_token": "opaque", "token_type": "Bearer", "id_token": id_token}
        bent = {key: value for key, value in (answer | self.answer).items() if value is not None}
        return jsonify(bent), self.status


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    server.app = made.app
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site(build: Callable[..., Site], provider: Provider) -> Site:
    settings = SignInSettings(
        issuer=provider.url,
        client_id="gateway",
        client_secret=SECRET,
        role_groups={"privacy_officer": ["privacy"]},
    )
    return build({"acme": settings}, BASE, provider.clock)


def come_back(site: Site, provider: Provider) -> int:
    """Sign in as far as it goes; the status of the callback."""
    browser = site.browser()
    there = browser.get("/sign-in/acme", base_url=BASE).location
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    provider.nonce = asked["nonce"]
    back = f"/sign-in/acme/callback?code=c&state={asked['state']}"
    return browser.get(back, base_url=BASE).status_code


class TestAccepting:
    def test_the_plain_case(self, site: Site, provider: Provider) -> None:
        """
        What the other tests of this file bend works when it is straight.
        """
        assert come_back(site, provider) == 303
        assert people_of(site.database, site.tenant)[0].roles == ["employee", "privacy_officer"]

    def test_the_secret_goes_where_the_provider_wants_it(
        self, site: Site, provider: Provider
    ) -> None:
        """
        By HTTP Basic unless the provider takes it in the form only.
        """
        come_back(site, provider)
        provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        provider.clock.ticks += 7_200
        come_back(site, provider)

        (basic_form, basic), (post_form, post) = provider.asked
        assert basic.password == SECRET
        assert "client_secret" not in basic_form
        assert post is None
        assert post_form["client_secret"] == SECRET

    def test_groups_may_come_from_userinfo(self, site: Site, provider: Provider) -> None:
        """
        Many providers leave groups out of the ID token and tell them there.
        """
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.id_claims = {"groups": None}
        provider.about = {"sub": "s-1", "groups": ["privacy"]}

        assert come_back(site, provider) == 303
        assert people_of(site.database, site.tenant)[0].roles == ["employee", "privacy_officer"]

    def test_a_new_key_is_fetched(self, site: Site, provider: Provider) -> None:
        """
        The provider rotated its keys since the last sign-in.
        """
        come_back(site, provider)
        provider.keys = [an_rsa_key("k2")]
        provider.clock.ticks += 31

        assert come_back(site, provider) == 303


class TestRefusing:
    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"iss": "https://evil.example"},
            {"aud": "someone-else"},
            {"aud": "someone-else", "azp": "gateway"},
            {"aud": None},
            {"azp": "someone-else"},
            {"exp": 1},
            {"exp": None},
            {"sub": None},
            {"at_hash": "bm90LWl0"},
        ],
    )
    def test_a_claim_of_the_id_token_is_wrong(
        self, site: Site, provider: Provider, claims: dict[str, Any]
    ) -> None:
        """
        Nonce, issuer, audience, authorized party, times and subject are all checked.
        """
        provider.id_claims = claims

        assert come_back(site, provider) == 401
        assert people_of(site.database, site.tenant) == []

    def test_the_id_token_is_signed_by_somebody_else(self, site: Site, provider: Provider) -> None:
        """
        Another key under the published key's id.
        """
        provider.id_header = {"key": an_rsa_key("k1")}

        assert come_back(site, provider) == 401
        assert site.tags == ["pages:sign_in:refuse sign_in.token"]

    @pytest.mark.parametrize("algorithm", ["HS256", "none"])
    def test_a_provider_cannot_weaken_the_algorithm(
        self, site: Site, provider: Provider, algorithm: str
    ) -> None:
        """
        Even if its metadata offers HS256 or none, the configured list counts.
        """
        provider.metadata["id_token_signing_alg_values_supported"] = ["HS256", "none", "RS256"]
        come_back(site, provider)
        claims = provider.claims(aud="gateway", nonce=None, groups=["privacy"], sub="s-9")
        head, body = (
            urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=")
            for part in ({"alg": algorithm, "typ": "JWT"}, claims)
        )
        seal = hmac.digest(SECRET.encode(), head + b"." + body, "sha256")
        seal = urlsafe_b64encode(seal).rstrip(b"=") if algorithm == "HS256" else b""
        provider.answer = {"id_token": b".".join((head, body, seal)).decode()}

        assert come_back(site, provider) == 401
        assert [person.subject for person in people_of(site.database, site.tenant)] == ["s-1"]

    @pytest.mark.parametrize(
        "answer",
        [
            {"id_token": None},
            {"id_token": "garbage"},
            {"id_token": 7},
            {"error": "invalid_grant", "error_description": "<b>no</b>"},
        ],
    )
    def test_the_answer_is_no_sign_in(
        self, site: Site, provider: Provider, answer: dict[str, Any]
    ) -> None:
        """
        An OAuth answer without an ID token says nothing about who is there.
        """
        provider.answer = answer

        assert come_back(site, provider) == 401
        assert people_of(site.database, site.tenant) == []

    def test_userinfo_of_somebody_else(self, site: Site, provider: Provider) -> None:
        """
        OpenID Connect Core 5.3.2: another subject's groups are not mixed in.
        """
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.id_claims = {"groups": None}
        provider.about = {"sub": "s-2", "groups": ["privacy"]}

        assert come_back(site, provider) == 401
        assert site.tags == ["pages:sign_in:refuse sign_in.userinfo"]

    def test_a_failing_token_endpoint_is_an_outage(self, site: Site, provider: Provider) -> None:
        """
        The person did nothing wrong: 503, and try again.
        """
        provider.status = 500

        assert come_back(site, provider) == 503

    def test_a_token_endpoint_elsewhere_is_not_called(self, site: Site, provider: Provider) -> None:
        """
        The client secret goes to the provider's own hosts and to no other.
        """
        provider.metadata["token_endpoint"] = provider.url.replace("127.0.0.1", "localhost")

        assert come_back(site, provider) == 503
        assert provider.asked == []
