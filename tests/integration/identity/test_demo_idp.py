"""The demonstration's identity provider, signed in to through the gateway's own code."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.serving import make_server

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.principal import Role, Tenant
from gateway.demo import idp
from gateway.errors import ConfigurationError
from gateway.sections import SignInSettings
from gateway.web.auth import permission_of
from tests.unit.identity.builders import SetClock, people_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from tests.integration.identity.conftest import Site

DEMO = Tenant(TenantId(uuid7()), "acme", "Acme", demo=True)


class Demo:
    """A site with the demo provider in it, listening on this machine."""

    def __init__(self, site: Site, provider: idp.DemoProvider, base: str) -> None:
        self.site = site
        self.provider = provider
        self.base = base

    def local(self, address: str) -> str:
        """An address of the site without its host."""
        return address.removeprefix(self.base)

    def asked(self, browser: FlaskClient, **changes: str) -> dict[str, str]:
        """The authorization request that the gateway makes, with changes."""
        address = browser.get("/sign-in/acme", base_url=self.base).location
        query = parse_qs(urlsplit(address).query)
        return {name: values[0] for name, values in query.items()} | changes


@pytest.fixture
def demo(build: Callable[..., Site]) -> Iterator[Demo]:
    # The port is known only once the server listens, and is part of the issuer's name.
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    issuer = base + idp.PREFIX
    settings = SignInSettings(
        issuer=issuer, client_id=idp.CLIENT_ID, role_groups=idp.ROLE_GROUPS, algorithms=["ES256"]
    )
    site = build({"acme": settings}, base, demo=True)
    clock = site.identity.keys._clock
    provider = idp.DemoProvider(issuer, DEMO, [f"{base}/sign-in/acme/callback"], clock)
    site.app.register_blueprint(idp.blueprint(provider))
    server.app = site.app
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Demo(site, provider, base)
    server.shutdown()
    server.server_close()
    thread.join()


class TestSigningIn:
    @pytest.mark.parametrize(
        ("name", "role"),
        [
            ("Emma Vogel", None),
            ("Paul Okafor", Role.PRIVACY_OFFICER),
            ("Inês Duarte", Role.AUDITOR),
            ("Tove Lindqvist", Role.TENANT_ADMIN),
        ],
    )
    def test_choosing_somebody_signs_in_as_them(
        self, demo: Demo, name: str, role: Role | None
    ) -> None:
        """
        From the gateway to the page of people, a click on one, and back, signed in with their role.
        """
        browser = demo.site.browser()
        there = browser.get("/sign-in/acme", base_url=demo.base).location
        page = browser.get(demo.local(there), base_url=demo.base)
        links = re.findall(r'<a href="([^"]+)">\s*<span class="name">([^<]+)<', page.text)
        chosen = next(link for link, shown in links if shown == name).replace("&amp;", "&")
        back = browser.get(chosen, base_url=demo.base).location
        answer = browser.get(demo.local(back), base_url=demo.base)
        front = browser.get("/", base_url=demo.base)

        (row,) = people_of(demo.site.database, demo.site.tenant)
        expected = {Role.EMPLOYEE} | ({role} if role else set())
        assert answer.status_code == 303, demo.site.tags
        assert front.status_code == 200
        assert set(row.roles) == expected
        assert (row.display_name, row.email) == (name, f"{row.subject}@acme.example")

    def test_its_access_token_opens_the_api(self, demo: Demo) -> None:
        """
        The tour uses one; it is verified like any company's.
        """
        bearer = {"Authorization": f"Bearer {demo.provider.access_token('emma')}"}
        answer = demo.site.browser().post("/v1/generate/chat", headers=bearer)

        assert answer.text == "chat for emma@acme.example"

    def test_userinfo_answers_to_a_token_only(self, demo: Demo) -> None:
        """
        With one it says who; without, or with rubbish, 401.
        """
        browser = demo.site.browser()
        bearer = {"Authorization": f"Bearer {demo.provider.access_token('emma')}"}

        assert browser.get("/demo-idp/userinfo", headers=bearer).json == (
            demo.provider.cast["emma"].claims()
        )
        assert browser.get("/demo-idp/userinfo").status_code == 401
        assert (
            browser.get("/demo-idp/userinfo", headers={"Authorization": "Bearer x"}).status_code
            == 401
        )


class TestRules:
    @pytest.mark.parametrize(
        "changes",
        [
            {"client_id": "someone"},
            {"redirect_uri": "https://evil.example/cb"},
            {"response_type": "token"},
            {"scope": "profile"},
            {"code_challenge": ""},
            {"code_challenge_method": "plain"},
        ],
    )
    def test_a_wrong_request_is_sent_nowhere(self, demo: Demo, changes: dict[str, str]) -> None:
        """
        Neither the page nor a code is given for it, and there is no redirect.
        """
        browser = demo.site.browser()
        asked = demo.asked(browser, **changes)

        page = browser.get("/demo-idp/authorize", query_string=asked)
        grant = browser.get("/demo-idp/authorize/as/emma", query_string=asked)

        assert (page.status_code, grant.status_code) == (400, 400)

    def test_a_code_is_good_once_with_its_verifier(self, demo: Demo) -> None:
        """
        RFC 7636: without the verifier a stolen code buys nothing, and it is spent by trying.
        """
        verifier = "v" * 43
        asked = demo.asked(demo.site.browser(), code_challenge=s256(verifier))
        code = parse_qs(urlsplit(demo.provider.grant("emma", asked)).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "client_id": idp.CLIENT_ID,
            "redirect_uri": asked["redirect_uri"],
            "code": code,
        }
        browser = demo.site.browser()

        wrong = browser.post("/demo-idp/token", data=form | {"code_verifier": "w" * 43})
        late = browser.post("/demo-idp/token", data=form | {"code_verifier": verifier})

        assert (wrong.status_code, late.status_code) == (400, 400)

    def test_a_code_does_not_wait(self) -> None:
        """
        After a minute it is void.
        """
        clock = SetClock()
        provider = a_provider(clock=clock)
        asked = a_request(s256("v" * 43))
        form = {
            "client_id": idp.CLIENT_ID,
            "redirect_uri": asked["redirect_uri"],
            "code_verifier": "v" * 43,
        }
        codes = [
            parse_qs(urlsplit(provider.grant("emma", asked)).query)["code"][0] for _ in range(2)
        ]

        assert provider.redeem(form | {"code": codes[0]}) is not None
        clock.forward(seconds=60)
        assert provider.redeem(form | {"code": codes[1]}) is None

    def test_every_route_is_declared_public(self, demo: Demo) -> None:
        """
        The walk over all routes covers the demonstration too.
        """
        views = {
            name: view
            for name, view in demo.site.app.view_functions.items()
            if name.startswith("demo_idp.")
        }

        assert len(views) == 7
        assert all(permission_of(view) is not None for view in views.values())


class TestOnlyForDemonstrations:
    def test_a_real_tenant_is_refused(self) -> None:
        """
        Anybody who reaches it can be anybody: it never stands in front of real data.
        """
        with pytest.raises(ConfigurationError, match="demo tenant"):
            a_provider(tenant=Tenant(TenantId(uuid7()), "acme", "Acme"))

    @pytest.mark.parametrize(
        "issuer", ["https://gateway.example/demo-idp", "http://10.0.0.1/x", ""]
    )
    def test_another_machine_is_refused(self, issuer: str) -> None:
        """
        It is reached on the loopback address or not at all.
        """
        with pytest.raises(ConfigurationError, match="this machine"):
            a_provider(issuer=issuer)


def a_provider(
    issuer: str = "http://127.0.0.1:8080/demo-idp",
    tenant: Tenant = DEMO,
    clock: SetClock | None = None,
) -> idp.DemoProvider:
    return idp.DemoProvider(issuer, tenant, ["http://127.0.0.1/cb"], clock or SetClock())


def a_request(challenge: str) -> dict[str, Any]:
    return {
        "client_id": idp.CLIENT_ID,
        "redirect_uri": "http://127.0.0.1/cb",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


def s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
