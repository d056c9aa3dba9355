"""What a server gets of a complete answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, Response

from gateway.web.answers import Complete, Streamed

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRON = {"REQUEST_METHOD": "POST", "wsgi.url_scheme": "http", "HTTP_HOST": "gateway.example"}


def sent(answer: Response, **more: str) -> tuple[Any, str, list[tuple[str, str]]]:
    """The body, the status and the headers that a server is given."""
    given: list[Any] = []
    body = answer(
        {**ENVIRON, **more}, lambda status, headers, _=None: given.extend((status, headers))
    )
    return body, given[0], given[1]


class Pieces:
    """A body that notes what is done with it."""

    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter((b"a", b"b"))

    def close(self) -> None:
        self.closed += 1


class TestStreamed:
    def test_a_server_is_given_what_any_other_answer_would_give(self) -> None:
        """
        The same status and headers, and the pieces themselves, which it reads and closes.
        """
        pieces, pairs = Pieces(), {"x-request-id": "ex_1"}
        usual = Response(iter(()), mimetype="text/event-stream")
        usual.headers.update({**pairs, "Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        usual.headers["X-Content-Type-Options"] = "nosniff"

        streamed = sent(Streamed(pieces, "text/event-stream; charset=utf-8", pairs.items()))

        assert streamed == (pieces, *sent(usual)[1:])
        assert pieces.closed == 0

    def test_what_no_server_takes_is_closed(self) -> None:
        """
        A server that cannot begin an answer never closes it: its place would be lost for good.
        """
        pieces = Pieces()

        def fail(*_: Any) -> Any:
            raise OSError("gone")

        with pytest.raises(OSError, match="gone"):
            Streamed(pieces, "text/event-stream", [])(ENVIRON, fail)

        assert pieces.closed == 1

    def test_who_asks_for_headers_alone_gets_no_piece(self) -> None:
        """
        And what was begun for them ends when the server closes the answer.
        """
        pieces = Pieces()
        body, status, _ = sent(Streamed(pieces, "text/plain", []), REQUEST_METHOD="HEAD")

        assert (list(body), status) == ([], "200 OK")
        body.close()
        assert pieces.closed == 1


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
