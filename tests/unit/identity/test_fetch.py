from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from gateway.errors import ConfigurationError, IdentityUnavailable
from gateway.identity import fetch
from gateway.identity.hosts import acceptable
from gateway.identity.trust import trust
from tests.unit.identity.builders import SetClock, sign_in_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = frozenset({"127.0.0.1"})


class Answers(BaseHTTPRequestHandler):
    """A provider that answers well, badly, too much, or by sending us elsewhere."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        bodies = {
            "/good": b'{"a": 1}',
            "/list": b"[1]",
            "/garbage": b"<html>",
            "/huge": b'{"a": "' + b"x" * 1_100_000 + b'"}',
        }
        body = bodies.get(self.path)
        self.send_response(200 if body else 500)
        self.end_headers()
        self.wfile.write(body or b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()
    thread.join()


class TestFetching:
    def test_a_json_object_comes_back(self, server: str) -> None:
        """
        The plain case.
        """
        assert fetch.get_json(f"{server}/good", LOCAL) == {"a": 1}

    @pytest.mark.parametrize("path", ["/away", "/list", "/garbage", "/huge", "/missing"])
    def test_anything_else_is_no_answer(self, server: str, path: str) -> None:
        """
        A redirect, another kind of document, too much of it, or an error status.
        """
        with pytest.raises(IdentityUnavailable):
            fetch.get_json(f"{server}{path}", LOCAL)

    def test_nobody_there_is_no_answer(self, server: str) -> None:
        """
        A refused connection is translated, with its cause kept.
        """
        with pytest.raises(IdentityUnavailable) as caught:
            fetch.get_json("http://127.0.0.1:1/", LOCAL)

        assert caught.value.__cause__ is not None

    def test_the_environments_proxy_is_not_asked(
        self, server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A proxy set for other programs must not see a client secret, nor answer for the provider.
        """
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "")

        assert fetch.get_json(f"{server}/good", LOCAL) == {"a": 1}

    def test_a_foreign_host_is_not_called(self, server: str) -> None:
        """
        Metadata that names another host does not send us there (SSRF).
        """
        with pytest.raises(IdentityUnavailable) as caught:
            fetch.get_json(f"{server}/good", frozenset({"login.acme.example"}))

        assert isinstance(caught.value.__cause__, fetch.HostRefused)


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "fine"),
        [
            ("https://login.acme.example/x", True),
            ("https://LOGIN.acme.example:8443/x", True),
            ("http://login.acme.example/x", False),
            ("https://evil.example/x", False),
            ("https://login.acme.example.evil.example/", False),
            ("https://login.acme.example@evil.example/", False),
            ("https://someone@login.acme.example/", False),
            ("file:///etc/passwd", False),
            ("//login.acme.example/x", False),
            ("", False),
        ],
    )
    def test_only_https_to_the_providers_hosts(self, url: str, fine: bool) -> None:
        """
        Scheme and host are both required; tricks with names do not pass.
        """
        assert acceptable(url, {"login.acme.example"}) is fine

    def test_plain_http_is_for_this_machine(self) -> None:
        """
        The demonstration and tests run without certificates, on the loopback address only.
        """
        assert acceptable("http://127.0.0.1:8080/demo-idp", {"127.0.0.1"})
        assert not acceptable("http://10.0.0.1/", {"10.0.0.1"})


class TestConfiguration:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"issuer": "http://login.acme.example"}, "https"),
            ({"issuer": "login.acme.example"}, "https"),
            ({"algorithms": ["HS256"]}, "HS256"),
            ({"algorithms": ["none"]}, "none"),
            ({"algorithms": ["RS257"]}, "RS257"),
            ({"algorithms": []}, "empty"),
            ({"scopes": ["profile"]}, "openid"),
            ({"role_groups": {"king": ["kings"]}}, "king"),
        ],
    )
    def test_what_cannot_be_accepted_stops_the_start(
        self, changes: dict[str, object], message: str
    ) -> None:
        """
        An unsafe or misspelt sign-in section is an error at start, with its path.
        """
        with pytest.raises(ConfigurationError, match=message) as caught:
            trust({"acme": sign_in_settings(**changes)}, SetClock())

        assert "sign_in.acme" in str(caught.value)

    def test_tenants_of_one_issuer_share_its_keys(self) -> None:
        """
        One provider is asked once, whatever number of tenants use it, at all the hosts they name.
        """
        trusted = trust(
            {
                "acme": sign_in_settings(audience="a"),
                "globex": sign_in_settings(audience="g", hosts=["keys.example"]),
            },
            SetClock(),
        )

        assert trusted["acme"].issuer is trusted["globex"].issuer
        assert trusted["acme"].issuer.hosts == {"login.acme.example", "keys.example"}
