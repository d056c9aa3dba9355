"""Signing in against an identity provider nobody here wrote: Canaille, through pytest-iam."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.core.principal import Role
from gateway.sections import SignInSettings
from tests.unit.identity.builders import deactivate_all, people_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.integration.identity.conftest import Site

CALLBACK = "http://gateway.test/sign-in/acme/callback"
BASE = "http://gateway.test"


@pytest.fixture
def registration(iam_server: Any) -> Iterator[str]:
    """This gateway as a client of the provider; gives the client id."""
    name = f"gw-{uuid.uuid4().hex[:8]}"
    with iam_server.app.app_context():
        client = iam_server.models.Client(
            client_id=name,
            client_secret="a-secret-of-the-gateway",
            client_name=name,
            client_uri=BASE,
            redirect_uris=[CALLBACK],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_basic",
            scope=["openid", "profile", "email", "groups"],
        )
        iam_server.backend.save(client)
        client.audience = [client]
        iam_server.backend.save(client)
    yield name
    with iam_server.app.app_context():
        iam_server.backend.delete(client)


@pytest.fixture
def person(iam_server: Any, registration: str) -> Iterator[Any]:
    """Somebody of the provider's, in the group "privacy", who has agreed to everything."""
    user = iam_server.random_user(user_name=f"ada-{registration}")
    iam_server.random_group(display_name=f"privacy-{registration}", members=[user])
    iam_server.login(user)
    iam_server.consent(user)
    yield user
    iam_server.logout()


@pytest.fixture
def site(build: Callable[..., Site], iam_server: Any, registration: str) -> Site:
    settings = SignInSettings(
        issuer=iam_server.url.rstrip("/"),
        client_id=registration,
        client_secret="a-secret-of-the-gateway",
        role_groups={"privacy_officer": [f"privacy-{registration}"]},
        algorithms=["RS256", "RS512"],  # this provider prefers RS512
        trust_email=True,  # and does not say whether an address is verified
    )
    return build({"acme": settings})


def leave(browser: FlaskClient, path: str = "/sign-in/acme") -> str:
    """Begin to sign in; the address of the provider that the browser is sent to."""
    answer = browser.get(path, base_url=BASE)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def at_provider(iam_server: Any, address: str) -> str:
    """What the provider sends the browser back with."""
    answer = iam_server.test_client.get(address)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def sign_in(browser: FlaskClient, iam_server: Any, path: str = "/sign-in/acme") -> TestResponse:
    """The whole way; the answer to the callback."""
    back = at_provider(iam_server, leave(browser, path))
    return browser.get(back.removeprefix(BASE), base_url=BASE)


@pytest.mark.usefixtures("person")
class TestSigningIn:
    def test_the_whole_way(self, site: Site, iam_server: Any, registration: str) -> None:
        """
        Code flow with PKCE to a real provider and back; group and role arrive; the page opens.
        """
        browser = site.browser()
        answer = sign_in(browser, iam_server)
        page = browser.get("/", base_url=BASE)

        (row,) = people_of(site.database, site.tenant)
        assert (answer.status_code, answer.location) == (303, "/")
        assert page.status_code == 200
        assert f"privacy-{registration}" in row.groups
        assert row.roles == [Role.EMPLOYEE, Role.PRIVACY_OFFICER]
        assert row.email in page.text
        assert site.tags == ["pages:person:sign_in"]

    def test_what_we_ask_for(self, site: Site, iam_server: Any) -> None:
        """
        The request carries state, nonce and an S256 challenge, and no secret.
        """
        asked = parse_qs(urlsplit(leave(site.browser())).query)

        assert asked["response_type"] == ["code"]
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["code_challenge"][0]) == 43
        assert asked["state"][0]
        assert asked["nonce"][0]
        assert asked["redirect_uri"] == [CALLBACK]
        assert "client_secret" not in asked

    def test_back_to_the_page_that_was_asked_for(self, site: Site, iam_server: Any) -> None:
        """
        A page without a session leads to sign-in and, after it, to that page with its filter.
        """
        browser = site.browser()
        first = browser.get("/decisions?effect=deny", base_url=BASE)
        choose = browser.get(first.location, base_url=BASE)
        begin = "/sign-in/acme?next=/decisions?effect%3Ddeny"
        answer = sign_in(browser, iam_server, begin)

        assert first.status_code == 303
        assert "/sign-in/acme?next=/decisions?effect%3Ddeny" in choose.text.replace("&amp;", "&")
        assert answer.location == "/decisions?effect=deny"
        assert browser.get(answer.location, base_url=BASE).text == "decisions of acme"

    def test_the_cookie_is_out_of_reach_of_scripts(self, site: Site, iam_server: Any) -> None:
        """
        HttpOnly and SameSite=Lax; and the name of the person is not in it.
        """
        answer = sign_in(site.browser(), iam_server)

        cookie = next(
            value for value in answer.headers.getlist("Set-Cookie") if value.startswith("proviso=")
        )
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie

    def test_signing_in_again_ends_the_session_before(self, site: Site, iam_server: Any) -> None:
        """
        Session fixation: a session that somebody planted in the browser is not taken over.
        """
        browser = site.browser()
        sign_in(browser, iam_server)
        cookie = browser.get_cookie("proviso", "gateway.test")
        assert cookie is not None
        sign_in(browser, iam_server)

        thief = site.browser()
        thief.set_cookie("proviso", cookie.value, domain="gateway.test")
        assert thief.get("/", base_url=BASE).status_code == 303
        assert browser.get("/", base_url=BASE).status_code == 200

    def test_leaving_the_company_ends_everything(self, site: Site, iam_server: Any) -> None:
        """
        An inactive person is signed out at once and not let in again.
        """
        browser = site.browser()
        sign_in(browser, iam_server)
        deactivate_all(site.database, site.tenant)

        assert browser.get("/", base_url=BASE).status_code == 303
        assert sign_in(browser, iam_server).status_code == 401
        assert site.tags[-1] == "pages:sign_in:refuse person.inactive"


@pytest.mark.usefixtures("person")
class TestAttacks:
    def test_an_answer_that_was_not_asked_for(self, site: Site, iam_server: Any) -> None:
        """
        Login CSRF: somebody else's answer, opened in a browser that did not begin, is refused.
        """
        back = at_provider(iam_server, leave(site.browser()))
        victim = site.browser()
        answer = victim.get(back.removeprefix(BASE), base_url=BASE)

        assert answer.status_code == 401
        assert site.tags == ["pages:sign_in:refuse sign_in.state"]
        assert victim.get("/", base_url=BASE).status_code == 303

    def test_an_answer_twice(self, site: Site, iam_server: Any) -> None:
        """
        A code and its state are good once.
        """
        browser = site.browser()
        back = at_provider(iam_server, leave(browser)).removeprefix(BASE)
        first = browser.get(back, base_url=BASE)
        second = browser.get(back, base_url=BASE)

        assert (first.status_code, second.status_code) == (303, 401)

    def test_a_code_of_another_sign_in(self, site: Site, iam_server: Any) -> None:
        """
        Code injection: another browser's code does not fit this browser's verifier (PKCE).
        """
        browser, other = site.browser(), site.browser()
        stolen = parse_qs(urlsplit(at_provider(iam_server, leave(other))).query)["code"][0]
        state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
        answer = browser.get(f"/sign-in/acme/callback?code={stolen}&state={state}", base_url=BASE)

        assert answer.status_code == 401
        assert site.tags == ["pages:sign_in:refuse sign_in.refused"]

    def test_an_answer_of_another_provider(self, site: Site, iam_server: Any) -> None:
        """
        Mix-up: the answer says that it is from another issuer (RFC 9207).
        """
        browser = site.browser()
        back = at_provider(iam_server, leave(browser)).removeprefix(BASE)
        if "iss=" in back:
            back = back.replace("iss=", "was=")
        answer = browser.get(f"{back}&iss=https%3A%2F%2Fevil.example", base_url=BASE)

        assert answer.status_code == 401
        assert site.tags == ["pages:sign_in:refuse sign_in.issuer"]

    def test_the_provider_says_no(self, site: Site) -> None:
        """
        The person pressed "cancel" there; what the query says is not shown.
        """
        answer = site.browser().get(
            "/sign-in/acme/callback?error=access_denied&error_description=<b>call+me</b>",
            base_url=BASE,
        )

        assert answer.status_code == 401
        assert "call" not in answer.text
        assert site.tags == ["pages:sign_in:refuse sign_in.denied"]

    @pytest.mark.parametrize(
        "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example"]
    )
    def test_no_way_out_of_the_host(self, site: Site, iam_server: Any, target: str) -> None:
        """
        Open redirect: after sign-in one is on this host, whatever ``next`` says.
        """
        browser = site.browser()
        answer = sign_in(browser, iam_server, f"/sign-in/acme?next={target}")

        assert answer.location == "/"

    def test_many_attempts_do_not_fill_the_cookie(self, site: Site, iam_server: Any) -> None:
        """
        Sign-ins begun and given up take room in a cookie that browsers cut at 4 KB.
        """
        browser = site.browser()
        for _ in range(20):
            leave(browser)

        assert sign_in(browser, iam_server).status_code == 303


@pytest.mark.usefixtures("person")
class TestAccessToken:
    def test_the_providers_access_token_opens_the_api(
        self, site: Site, iam_server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        The JWT that the provider issued for the person is accepted as bearer by the API.
        """
        browser = site.browser()
        tokens: list[dict[str, Any]] = []
        client = site.identity.sign_in._registration("acme")._client
        original = client.authorize_access_token

        def watching(**options: Any) -> dict[str, Any]:
            tokens.append(original(**options))
            return tokens[-1]

        monkeypatch.setattr(client, "authorize_access_token", watching)
        sign_in(browser, iam_server)
        bearer = {"Authorization": f"Bearer {tokens[0]['access_token']}"}
        id_token = {"Authorization": f"Bearer {tokens[0]['id_token']}"}

        accepted = site.app.test_client().post("/v1/generate/chat", headers=bearer)
        refused = site.app.test_client().post("/v1/generate/chat", headers=id_token)

        (row,) = people_of(site.database, site.tenant)
        assert accepted.status_code == 200
        assert accepted.text == f"chat for {row.email}"
        assert refused.status_code == 401
        assert site.tags[-1] == "api:credential:refuse token.type"


class TestProviderDown:
    def test_a_provider_that_is_away_says_so(self, build: Callable[..., Site]) -> None:
        """
        503 with a sentence for people; the gateway itself goes on.
        """
        site = build({"acme": SignInSettings(issuer="http://127.0.0.1:1", client_id="gw")})
        answer = site.browser().get("/sign-in/acme", base_url=BASE)

        assert answer.status_code == 503
        assert "sign-in service cannot be reached" in answer.text
        assert site.browser().get("/healthz", base_url=BASE).text == "ok"
