"""What opens which route, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import session

from gateway.core.principal import Role
from gateway.identity.people import VerifiedIdentity
from gateway.identity.permissions import PUBLIC, Permission
from gateway.web.auth import permission_of, safe_next
from tests.giving_keys import key_for_person
from tests.unit.identity.builders import sign_in_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from tests.integration.identity.conftest import Site


@pytest.fixture
def site(build: Callable[..., Site]) -> Site:
    return build({"acme": sign_in_settings()}, "http://localhost")


def signed_in(site: Site, *roles: Role, cookie_name: str = "proviso") -> FlaskClient:
    """A browser in which somebody with these roles is signed in."""
    said = VerifiedIdentity(
        tenant="acme",
        issuer="https://login.acme.example",
        subject="s-1",
        email="ada@acme.example",
        name="Ada",
        groups=frozenset(),
        roles=frozenset(roles),
    )
    browser = site.browser()
    cookie = site.identity.sessions.open(site.identity.people.sign_in(said))
    browser.set_cookie(cookie_name, cookie, secure=cookie_name.startswith("__Host"))
    return browser


def form_token(browser: FlaskClient) -> str:
    """The token in the form on the front page."""
    return browser.get("/").text.split('value="')[1].split('"')[0]


class TestDeclaring:
    def test_every_route_of_this_room_declares_something(self, site: Site) -> None:
        """
        The walk over all routes that the whole gateway's test does, over these.
        """
        declared = {
            rule.rule: permission_of(site.app.view_functions[rule.endpoint])
            for rule in site.app.url_map.iter_rules()
        }

        assert None not in declared.values()
        assert declared["/sign-in"] is PUBLIC
        assert declared["/sign-in/<slug>/callback"] is PUBLIC
        assert declared["/sign-out"] is PUBLIC
        assert declared["/decisions"] is Permission.TENANT_DECISIONS_READ

    def test_a_view_without_declaration_is_noticed(self) -> None:
        """
        Forgetting is not the same as declaring `PUBLIC`.
        """
        assert permission_of(lambda: "forgotten") is None


class TestPages:
    def test_nobody_is_sent_to_sign_in(self, site: Site) -> None:
        """
        And remembers where they wanted to go.
        """
        answer = site.browser().get("/decisions?page=2")

        assert answer.status_code == 303
        assert answer.location == "/sign-in?next=%2Fdecisions%3Fpage%3D2"

    def test_htmx_is_told_in_its_own_way(self, site: Site) -> None:
        """
        A redirect inside a page would put the sign-in form into a table cell.
        """
        answer = site.browser().get("/decisions", headers={"HX-Request": "true"})

        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/sign-in")

    def test_the_role_opens_the_page(self, site: Site) -> None:
        """
        An auditor reads decisions.
        """
        assert signed_in(site, Role.AUDITOR).get("/decisions").text == "decisions of acme"

    def test_a_missing_role_does_not(self, site: Site) -> None:
        """
        An employee does not, and is told what it takes.
        """
        answer = signed_in(site).get("/decisions")

        assert answer.status_code == 403
        assert "tenant:decisions:read" in answer.text

    def test_a_key_opens_no_page(self, site: Site) -> None:
        """
        The page door looks at the session only.
        """
        key = key_for_person(site.identity.keys, site.tenant, "ada@acme.example", created_by="cli")
        answer = site.browser().get("/", headers={"Authorization": f"Bearer {key.text}"})

        assert answer.status_code == 303


class TestApi:
    def test_a_key_opens_the_api(self, site: Site) -> None:
        """
        The view gets the principal as an argument, beside its own.
        """
        key = key_for_person(site.identity.keys, site.tenant, "ada@acme.example", created_by="cli")
        answer = site.browser().post(
            "/v1/generate/chat", headers={"Authorization": f"Bearer {key.text}"}
        )

        assert answer.text == "chat for ada@acme.example"

    def test_a_session_does_not(self, site: Site) -> None:
        """
        A cookie that opened the API would let any web page use it (CSRF).
        """
        answer = signed_in(site).post("/v1/generate/chat")

        assert answer.status_code == 401
        assert answer.json is not None
        assert answer.json["error"]["code"] == "auth.invalid"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert site.tags == ["api:credential:refuse credential.missing"]

    def test_a_key_of_an_auditor_reads_no_decisions(self, site: Site) -> None:
        """
        The kind of credential counts, not only the role.
        """
        signed_in(site, Role.AUDITOR)
        key = key_for_person(site.identity.keys, site.tenant, "ada@acme.example", created_by="cli")
        answer = site.browser().get("/v1/decisions", headers={"x-api-key": key.text})

        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["error"]["code"] == "auth.forbidden"


class TestForms:
    def test_a_form_with_its_token_is_accepted(self, site: Site) -> None:
        """
        In a field, as a form sends it, or in a header, as htmx does.
        """
        browser = signed_in(site)
        token = form_token(browser)

        by_field = browser.post("/accept", data={"csrf_token": token})
        by_header = browser.post("/accept", headers={"X-CSRF-Token": token})

        assert (by_field.text, by_header.text) == ("done", "done")

    @pytest.mark.parametrize("token", ["", "0" * 64, "é"])
    def test_a_form_without_it_changes_nothing(self, site: Site, token: str) -> None:
        """
        Another site can make the browser send the cookie, but not the token.
        """
        answer = signed_in(site).post("/accept", data={"csrf_token": token})

        assert answer.status_code == 403
        assert site.changed == []
        assert site.tags == ["pages:csrf:refuse csrf.token"]

    def test_another_sessions_token_changes_nothing(self, site: Site) -> None:
        """
        An attacker's own session gives a token that is good for that session only.
        """
        token = form_token(signed_in(site))
        answer = signed_in(site).post("/accept", data={"csrf_token": token})

        assert answer.status_code == 403
        assert site.changed == []


class TestSigningOut:
    def test_it_ends_the_session_here_and_in_the_browser(self, site: Site) -> None:
        """
        A copy of the cookie is worth nothing afterwards.
        """
        browser = signed_in(site)
        cookie = browser.get_cookie("proviso")
        assert cookie is not None
        answer = browser.post("/sign-out", data={"csrf_token": form_token(browser)})

        copy = site.browser()
        copy.set_cookie("proviso", cookie.value)
        assert answer.location == "/sign-in?signed_out=1"
        assert browser.get_cookie("proviso") is None
        assert copy.get("/").status_code == 303
        assert site.tags == ["pages:person:sign_out"]

    def test_another_site_cannot_sign_people_out(self, site: Site) -> None:
        """
        Without the form's token the session goes on.
        """
        browser = signed_in(site)

        assert browser.post("/sign-out").status_code == 403
        assert browser.get("/").status_code == 200

    def test_signing_out_twice_is_fine(self, site: Site) -> None:
        """
        Somebody whose session has ended already just sees the sign-in page.
        """
        answer = site.browser().post("/sign-out", follow_redirects=True)

        assert "You are signed out" in answer.text


class TestChoosing:
    def test_one_organisation_is_offered(self, site: Site) -> None:
        """
        Where there is only one there is nothing to type.
        """
        assert "/sign-in/acme?next=/" in site.browser().get("/sign-in").text

    def test_several_are_not_listed(self, build: Callable[..., Site]) -> None:
        """
        The list of organisations is the list of customers.
        """
        site = build(
            {"acme": sign_in_settings(), "globex": sign_in_settings("https://l.globex.example")}
        )
        page = site.browser().get("/sign-in?next=/decisions").text
        named = site.browser().get("/sign-in?organisation=Globex&next=/decisions").text
        wrong = site.browser().get("/sign-in?organisation=<b>initech").text

        assert "acme" not in page
        assert "globex" not in page
        assert "/sign-in/globex?next=/decisions" in named
        assert "No sign-in is set up" in wrong
        assert "<b>" not in wrong

    def test_an_unknown_organisation_has_no_sign_in(self, site: Site) -> None:
        """
        404, and no fetch of anything.
        """
        assert site.browser().get("/sign-in/initech").status_code == 404
        assert site.browser().get("/sign-in/initech/callback").status_code == 404


class TestCookies:
    def test_behind_https_cookies_insist_on_it(self, build: Callable[..., Site]) -> None:
        """
        ``__Host-`` and Secure, so that no other host of the domain can set the session.
        """
        site = build({"acme": sign_in_settings()}, "https://gateway.example")
        browser = signed_in(site, cookie_name="__Host-proviso")

        assert browser.get("/", base_url="https://localhost").status_code == 200
        assert site.app.config["SESSION_COOKIE_NAME"] == "__Host-proviso-sign-in"
        assert site.app.config["SESSION_COOKIE_SECURE"] is True
        assert signed_in(site).get("/", base_url="https://localhost").status_code == 303

    @pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/healthz"])
    def test_a_programs_request_has_no_sign_in_state(self, site: Site, path: str) -> None:
        """
        At a program's address the cookie is neither read nor set: nothing can be kept in it.
        """
        with site.app.test_request_context("/sign-in/acme"):
            session["next"] = "/decisions"
            assert session["next"] == "/decisions"

        with site.app.test_request_context(path), pytest.raises(RuntimeError, match="unavailable"):
            session["next"] = "/decisions"


class TestSafeNext:
    @pytest.mark.parametrize("target", ["/", "/decisions", "/decisions?a=b&c=d#x", "/a//b"])
    def test_paths_of_this_host_stay(self, target: str) -> None:
        """
        Path, query and fragment are kept.
        """
        assert safe_next(target) == target

    @pytest.mark.parametrize(
        "target",
        [
            None,
            "",
            "decisions",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            "/é",
            "/sign-in/acme",
            "/" + "a" * 600,
        ],
    )
    def test_everything_else_is_the_front_page(self, target: str | None) -> None:
        """
        Other hosts, tricks of browsers, loops, and what is too long.
        """
        assert safe_next(target) == "/"
