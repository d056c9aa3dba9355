"""What is left out of Flask's way makes no difference to anybody who asks."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask, Request, Response, current_app, has_request_context, request
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import ImATeapot

from gateway.errors import Forbidden, Overloaded, Unauthenticated
from gateway.telemetry import Metrics
from gateway.web import problems
from gateway.web.application import Application, Direct, SentHeaders, incoming

PATH = "/v1/chat/completions"
ENVIRON = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "PATH_INFO": PATH,
    "QUERY_STRING": "",
    "SERVER_NAME": "gateway.example",
    "SERVER_PORT": "80",
    "HTTP_HOST": "gateway.example",
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": "2",
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": True,
}


class Broken(Exception):
    """What nobody expects, with a text that is nobody's business."""


ERRORS: dict[bytes, type[Exception]] = {
    b"busy": Overloaded,
    b"forbidden": Forbidden,
    b"stranger": Unauthenticated,
    b"teapot": ImATeapot,
    b"broken": Broken,
}


def said(asking: Request, **named: str) -> Response:
    """What a view is told; or the error that the request asks for."""
    body = asking.get_data()
    if body in ERRORS:
        raise ERRORS[body]("secret")
    told = f"{asking.method} {asking.path} {named} {asking.args} {asking.host}"
    return Response(told, headers={"x-length": str(len(body))})


def routed(kind: type[Flask]) -> Flask:
    """An application of this kind with routes of each sort, some of them direct."""
    app = kind(__name__, static_folder=None)
    problems.register(app, Metrics())

    def view(**named: str) -> Response:
        return said(incoming(), **named)

    app.add_url_rule(PATH, "chat", Direct(said), methods=["POST"])
    app.add_url_rule("/v1/models/<path:model>:draw", "draw", Direct(said), methods=["POST"])
    app.add_url_rule("/v1/files", "files", view, methods=["GET", "POST"])
    app.add_url_rule("/v1/files/<name>", "file", view, methods=["GET", "DELETE"])
    app.add_url_rule("/v1/models/", "models", view)
    app.add_url_rule("/v1/<path:anything>", "rest", view, methods=["PUT"])
    app.add_url_rule("/", "front", view)
    return app


def answered(app: Flask, **changes: Any) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of an answer."""
    said: list[Any] = []
    environ = {**ENVIRON, "wsgi.input": BytesIO(b"{}"), **changes}
    body = app(environ, lambda status, headers, _=None: said.extend((status, headers)))
    return said[0], said[1], b"".join(body)


LATIN = st.characters(max_codepoint=255)
NAMES = st.one_of(st.text(LATIN, max_size=20), st.text("a/:.", max_size=8))
OURS, THEIRS = routed(Application), routed(Flask)


class TestApplication:
    @pytest.mark.parametrize("method", ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "post"])
    @pytest.mark.parametrize(
        "path",
        [
            PATH, f"/{PATH}", f"{PATH}/", PATH[1:], "/v1/files", "/v1/files/", "/v1/files/a b",
            "/v1/models", "/v1/models/", "/v1//files", "/v1/x/y", "/", "", "/nothing",
            "/v1/ch\xc3\xa4t", "/v1/models/a:draw", "/v1/models/a/b:draw:draw", "/v1/models/:draw",
            "/v1/models//a:draw", "/v1/models/a:draw/", "/v1/models/\xc3\xa4 b:draw",
            "/v1/models/\xff:draw", f"/v1/models/{'a' * 600}:draw",
        ],
    )  # fmt: skip
    def test_every_address_is_answered_as_by_flask(self, method: str, path: str) -> None:
        """
        Found, redirected, not allowed or not there: with the same headers and bytes.
        """
        asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "a=%20b"}

        assert answered(routed(Application), **asked) == answered(routed(Flask), **asked)

    @pytest.mark.parametrize(
        "changes",
        [
            {"HTTP_HOST": "a b"},
            {"HTTP_HOST": "gateway.example:8080"},
            {"HTTP_HOST": ""},
            {"HTTP_HOST": "a" * 70},
            {"HTTP_HOST": "a..b"},
            {"HTTP_HOST": "x" * 600},
            {"HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "Upgrade"},
            {"HTTP_UPGRADE": "h2c", "HTTP_CONNECTION": "Upgrade"},
            {"SCRIPT_NAME": "/below"},
            {"wsgi.url_scheme": "https", "HTTP_HOST": "gateway.example:443"},
        ],
    )
    def test_every_caller_is_answered_as_by_flask(self, changes: dict[str, str]) -> None:
        """
        Hosts that are none, and who wants another protocol.
        """
        assert answered(routed(Application), **changes) == answered(routed(Flask), **changes)

    @settings(deadline=None)
    @given(
        host=st.one_of(st.just("gateway.example"), st.text(LATIN, max_size=80)),
        path=st.one_of(
            st.text(LATIN, max_size=20),
            st.tuples(st.sampled_from(["/v1/models/", "/v1//models/", "v1/models"]), NAMES).map(
                lambda parts: f"{parts[0]}{parts[1]}:draw"
            ),
        ),
    )
    def test_whatever_is_asked_for_is_answered_as_by_flask(self, host: str, path: str) -> None:
        """
        Bytes of all kinds, in the names of hosts, models and pages.
        """
        asked = {"HTTP_HOST": host, "PATH_INFO": path}

        assert answered(OURS, **asked) == answered(THEIRS, **asked)

    @pytest.mark.parametrize("body", sorted(ERRORS))
    def test_every_error_is_answered_as_by_flask(self, body: bytes) -> None:
        """
        Ours, the framework's, and those that nobody expects.
        """
        changes = {"CONTENT_LENGTH": str(len(body))}
        answers = [
            answered(routed(kind), **changes, **{"wsgi.input": BytesIO(body)})
            for kind in (Application, Flask)
        ]

        assert answers[0] == answers[1]
        assert b"secret" not in answers[0][2] or body != b"broken"

    def test_an_error_is_answered_once(self) -> None:
        """
        What a request raised is not raised again by whatever its server keeps for the next.
        """
        app, environ = routed(Application), {**ENVIRON, "wsgi.input": BytesIO(b"broken")}
        statuses = []
        for _ in range(2):
            b"".join(app(environ, lambda status, headers, _=None: statuses.append(status)))

        assert statuses == ["500 INTERNAL SERVER ERROR", "200 OK"]

    @pytest.mark.parametrize(
        ("changes", "around"),
        [
            ({}, False),
            ({"PATH_INFO": "/v1/models/a/b:draw"}, False),
            ({"HTTP_UPGRADE": "h2c"}, True),
            ({"PATH_INFO": f"/v1/models/{'a' * 600}:draw"}, True),
        ],
    )
    def test_a_direct_view_needs_no_context(self, changes: dict[str, str], around: bool) -> None:
        """
        Flask puts none around it; unless the request needs what only Flask knows, or is so long
        that remembering its address would cost more than it saves.
        """
        app, contexts = Application(__name__), []

        def view(asking: Request, **_: str) -> Response:
            # A context of another test's is none of this application.
            contexts.append((has_request_context(), bool(current_app) and current_app == app))
            return Response(asking.path)

        app.add_url_rule(PATH, "chat", Direct(view), methods=["POST"])
        app.add_url_rule("/v1/models/<path:model>:draw", "draw", Direct(view), methods=["POST"])

        assert answered(app, **changes)[0] == "200 OK"
        assert contexts == [(around, around)]

    def test_the_current_request_is_the_one_flask_names(self) -> None:
        """
        Whatever is read from it, or left at it, is the same by both names.
        """
        app = Application(__name__)
        with app.test_request_context("/v1/x", method="POST", data=b"abc"):
            assert incoming() == request
            assert incoming().get_data() == b"abc"


class TestSentHeaders:
    @pytest.mark.parametrize(
        "name",
        ["Content-Type", "content-length", "Authorization", "x-api-key", "X-None", "HTTP-Host", ""],
    )
    def test_a_header_is_found_as_by_werkzeug(self, name: str) -> None:
        """
        In whatever letters it is asked for, and also when it is not there.
        """
        environ = {**ENVIRON, "HTTP_AUTHORIZATION": "Bearer x", "HTTP_X_API_KEY": ""}
        ours, theirs = SentHeaders(environ), EnvironHeaders(environ)

        assert ours.get(name) == theirs.get(name)
        assert ours.get(name, "none") == theirs.get(name, "none")
        assert ours.get(name, 0, int) == theirs.get(name, 0, int)
        assert (name in ours) == (name in theirs)
        assert list(ours) == list(theirs)
