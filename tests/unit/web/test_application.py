"""What Flask is told not to look for makes no difference to anybody who asks."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.datastructures import EnvironHeaders

from gateway.web.application import Application, SentHeaders, incoming

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


def routed(kind: type[Flask]) -> Flask:
    """An application of this kind with routes of each sort."""
    app = kind(__name__, static_folder=None)

    def view(**named: str) -> Response:
        said = f"{request.method} {request.path} {request.endpoint} {named} {request.host}"
        return Response(f"{said} {request.view_args} {request.get_data().decode()}")

    app.add_url_rule(PATH, "chat", view, methods=["POST"])
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


class TestApplication:
    @pytest.mark.parametrize("method", ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "post"])
    @pytest.mark.parametrize(
        "path",
        [
            PATH, f"/{PATH}", f"{PATH}/", PATH[1:], "/v1/files", "/v1/files/", "/v1/files/a b",
            "/v1/models", "/v1/models/", "/v1//files", "/v1/x/y", "/", "", "/nothing",
            "/v1/ch\xc3\xa4t",
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
