"""What generates is answered without Flask around it, and nobody can tell but by the time it took.

A request that asks for another protocol goes through Flask as any page does, whether or not its
address is one that generates. So each request here is sent twice, once with such a wish.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from flask import current_app, has_request_context
from werkzeug.test import create_environ

from gateway.errors import GatewayError
from gateway.identity.permissions import Permission
from gateway.web import auth
from gateway.web.api.routes import ROUTES
from gateway.web.application import Direct
from gateway.web.auth import permission_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.factories import Installation

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
GENERATE, STREAM = (
    f"/v1beta/models/{{}}:{method}" for method in ("generateContent", "streamGenerateContent")
)
THROUGH_FLASK = {"Upgrade": "h2c"}
_OF_ITS_OWN = re.compile(r"ex_[0-9a-f]{32}|\b[0-9]{10}\b|[0-9-]{10}t[0-9:.]{8,15}")
"""Identifiers of exchanges, and moments."""


def asked(path: str, text: str = "Hello", model: str = "echo", **more: Any) -> tuple[str, bytes]:
    """An address and a body that asks a model there."""
    turn: dict[str, Any] = {"role": "user", "content": text}
    body = {"model": model, "messages": [turn], "max_tokens": 99, **more}
    if "{}" in path:
        body = {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}
    return path.format(model), json.dumps(body).encode()


REQUESTS: dict[str, tuple[str, bytes]] = {
    "chat": asked(CHAT),
    "messages": asked(MESSAGES),
    "below a prefix": asked(f"/anthropic{MESSAGES}"),
    "generateContent": asked(GENERATE),
    "chat, streamed": asked(CHAT, stream=True),
    "messages, streamed": asked(MESSAGES, stream=True),
    "generateContent, streamed": asked(STREAM),
    "generateContent, as events": (f"{STREAM.format('echo')}?alt=sse", asked(STREAM)[1]),
    "replaced": asked(CHAT, "Write to anna.visser@example.org please."),
    "refused": asked(CHAT, "My key is AKIAIOSFODNN7EXAMPLE"),
    "refused, messages": asked(MESSAGES, "My key is AKIAIOSFODNN7EXAMPLE"),
    "refused, streamed": asked(CHAT, "My key is AKIAIOSFODNN7EXAMPLE", stream=True),
    "withheld": asked(CHAT, model="secretive"),
    "withheld in a stream": asked(CHAT, model="secretive", stream=True),
    "unknown model": asked(GENERATE, model="no/such"),
    "no JSON": (CHAT, b"{"),
    "no object": (MESSAGES, b"[]"),
    "too large": (CHAT, b"x" * 5_000_000),
    "broken": asked(CHAT, model="broken"),
    "limited": asked(CHAT, model="limited"),
    "rejected": asked(MESSAGES, model="badrequest"),
    "garbage": asked(CHAT, model="garbage"),
    "cut in the middle": asked(CHAT, model="garbagestream", stream=True),
    "nothing at such an address": (f"{CHAT}/more", b"{}"),
}


def told(client: FlaskClient, request: tuple[str, bytes], headers: dict[str, str]) -> list[Any]:
    """All that a caller is told, without what belongs to this request alone."""
    path, body = request
    with client.post(path, data=body, headers=headers, content_type="application/json") as answer:
        said = [answer.status, sorted(answer.headers.items()), answer.get_data(as_text=True)]
    return [_OF_ITS_OWN.sub("…", str(part).lower()) for part in said]


class TestAlike:
    @pytest.mark.parametrize("name", REQUESTS)
    def test_a_caller_is_told_the_same(self, shared: Installation, name: str) -> None:
        """
        Permitted or refused, whole or streamed, ours or the framework's: status, headers and body.
        """
        key = {"Authorization": f"Bearer {shared.key_for()}"}

        direct = told(shared.client, REQUESTS[name], key)

        assert direct == told(shared.client, REQUESTS[name], {**key, **THROUGH_FLASK})
        assert "x-content-type-options', 'nosniff" in direct[1]

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Basic eDp5"},
            {"Authorization": "Bearer sk-pv-none", "x-api-key": "sk-pv-other"},
            {"Host": "a" * 70},
            {"Host": "a b"},
            {"Content-Encoding": "gzip"},
            {"Accept-Language": "de"},
            {"x-proviso-purpose": "no purpose"},
        ],
    )
    @pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
    def test_so_is_a_stranger(
        self, shared: Installation, path: str, headers: dict[str, str]
    ) -> None:
        """
        Without a credential, with a wrong one, or with headers that are refused.
        """
        if len(headers) == 1 and "Authorization" not in headers:
            headers = {"Authorization": f"Bearer {shared.key_for()}", **headers}
        request = asked(path, "My key is AKIAIOSFODNN7EXAMPLE")

        direct = told(shared.client, request, headers)

        assert direct == told(shared.client, request, {**headers, **THROUGH_FLASK})

    @pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
    def test_so_is_who_may_not(
        self, acme: Installation, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Whose role does not generate is refused before anything of the request is read.
        """
        key = {"Authorization": f"Bearer {acme.key_for()}"}
        monkeypatch.setattr(auth, "granted", lambda _: frozenset())

        direct = told(acme.client, (path.format("echo"), b"{"), key)

        assert direct == told(acme.client, (path.format("echo"), b"{"), {**key, **THROUGH_FLASK})
        assert direct[0] == "403 forbidden"
        assert acme.entries() == []

    @pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
    def test_what_nobody_expected_is_not_told(
        self, acme: Installation, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        An error of ours is answered with its public text, on either way, and counted.
        """

        def fail(_: Any) -> Any:
            raise RuntimeError("canary-prompt in File")

        monkeypatch.setattr(acme.gateway.pep, "generate", fail)
        key = {"Authorization": f"Bearer {acme.key_for()}"}

        direct = told(acme.client, asked(path), key)

        assert direct == told(acme.client, asked(path), {**key, **THROUGH_FLASK})
        assert direct[0] == "500 internal server error"
        assert "canary" not in direct[2]
        counted = f'proviso_errors_total{{code="{GatewayError.code}"}} 2.0'
        assert counted.encode() in acme.gateway.metrics.expose()


class TestShort:
    @pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE])
    @pytest.mark.parametrize(("more", "around"), [({}, False), (THROUGH_FLASK, True)])
    def test_nothing_of_flask_is_around_what_generates(
        self,
        acme: Installation,
        path: str,
        more: dict[str, str],
        around: bool,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        The pipeline runs without its contexts, so nothing in it can ask for what is ambient.
        """
        generate, contexts = acme.gateway.pep.generate, []

        def noted(exchange: Any) -> Any:
            # A context of another test's is none of this application.
            ours = bool(current_app) and current_app == acme.flask
            contexts.append((has_request_context(), ours))
            return generate(exchange)

        monkeypatch.setattr(acme.gateway.pep, "generate", noted)
        told(acme.client, asked(path), {"Authorization": f"Bearer {acme.key_for()}", **more})

        assert contexts == [(around, around)]

    def test_all_that_generates_is_direct_and_nothing_else(self, shared: Installation) -> None:
        """
        Each declares its permission as every view does.
        """
        found = {
            rule.rule: permission_of(view)
            for rule in shared.flask.url_map.iter_rules()
            if isinstance(view := shared.flask.view_functions[rule.endpoint], Direct)
        }

        assert found == {route.path: Permission.TENANT_CHAT_CREATE for route in ROUTES}

    @pytest.mark.parametrize("more", [{}, THROUGH_FLASK])
    def test_a_stream_that_no_server_takes_has_ended(
        self, acme: Installation, more: dict[str, str]
    ) -> None:
        """
        Its place is free again, however often that happens, and the log says how it ended.
        """
        path, body = REQUESTS["chat, streamed"]
        headers = {"Authorization": f"Bearer {acme.key_for()}", **more}
        times = 2 * acme.gateway.settings.server.streams

        def gone(*_: Any) -> Any:
            raise BrokenPipeError

        for _ in range(times):
            with pytest.raises(BrokenPipeError):
                acme.flask(create_environ(path, method="POST", data=body, headers=headers), gone)

        ends = [entry["status"] for entry in acme.entries() if entry["kind"] == "outcome"]
        assert ends == ["abandoned"] * times

    def test_no_hook_is_meant_for_what_generates(self, shared: Installation) -> None:
        """
        Flask would not call it: what goes for these routes as well has to stand in their way.
        """
        app = shared.flask
        of_all, own = None, "generation"

        for hooks in (app.before_request_funcs, app.teardown_request_funcs):
            assert not hooks.get(of_all)
            assert own not in hooks
        assert own not in app.after_request_funcs
        assert [hook.__name__ for hook in app.after_request_funcs[of_all]] == ["protect"]
        assert app.teardown_appcontext_funcs == []
