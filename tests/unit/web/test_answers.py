"""What a server gets of a complete answer."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response

from gateway.web.answers import Complete

ENVIRON = {"REQUEST_METHOD": "POST", "wsgi.url_scheme": "http", "HTTP_HOST": "gateway.example"}


def sent(answer: Response, **more: str) -> tuple[Any, str, list[tuple[str, str]]]:
    """The body, the status and the headers that a server is given."""
    return answer.get_wsgi_response({**ENVIRON, **more})


class TestComplete:
    def test_a_server_is_given_what_any_other_answer_would_give(self) -> None:
        """
        The same status, headers and bytes in the same order, with the one header that every answer
        to a program has; but the bytes stand in a list, which a server sends whole.
        """
        pairs = [("x-request-id", "ex_1"), ("x-proviso-labels", "ai, reviewed")]
        usual = Response(b'{"a":1}', mimetype="application/json")
        usual.headers.update({**dict(pairs), "X-Content-Type-Options": "nosniff"})
        body, status, headers = sent(usual)

        complete = sent(Complete(b'{"a":1}', "application/json", pairs))

        assert complete == ([b"".join(body)], status, headers)
        assert complete[2][:2] == [("Content-Type", "application/json"), ("Content-Length", "7")]

    def test_a_header_that_holds_a_line_break_is_never_sent(self) -> None:
        """
        What a provider passes back could otherwise begin a header, or an answer, of its own.
        """
        with pytest.raises(ValueError, match="newline"):
            Complete(b"", "application/json", [("retry-after", "1\r\nSet-Cookie: a=b")])

    def test_what_is_added_afterwards_is_sent(self) -> None:
        """
        Hooks that run after a view reach it as they reach any other answer.
        """
        app = Flask(__name__)

        @app.post("/")
        def view() -> Response:
            return Complete(b"{}", "application/json", [])

        @app.after_request
        def protect(answer: Response) -> Response:
            answer.headers["x-added"] = "afterwards"
            return answer

        answer = app.test_client().post("/")

        assert (answer.status_code, answer.data) == (200, b"{}")
        assert answer.headers["x-added"] == "afterwards"
        assert answer.headers.getlist("Content-Length") == ["2"]
