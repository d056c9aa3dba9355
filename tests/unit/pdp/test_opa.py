"""The OPA adapter against servers that misbehave. What a real OPA answers: tests/contract/pdp."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gateway.errors import ConfigurationError
from gateway.pdp.opa import OpaServerPdp
from tests.unit.pdp.builders import ACME, DECISION, SetClock, http, saying, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.decision import Decision
    from tests.unit.pdp.builders import Conversation

GOOD = http("200 OK", b'{"result": %s}' % DECISION, "Content-Type: application/json")
QUESTION = b'{"version":1}'


@contextmanager
def adapter(
    url: str, seconds: float = 1.0, clock: SetClock | None = None
) -> Iterator[OpaServerPdp]:
    pdp = OpaServerPdp(url, "r0", seconds, clock or SetClock())
    pdp.start()
    try:
        yield pdp
    finally:
        pdp.stop()


def ask(pdp: OpaServerPdp) -> Decision:
    return pdp.decide(ACME, "gateway/output/decision", QUESTION)


def code(decision: Decision) -> str:
    assert not decision.permits
    return decision.reasons[0].code


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class TestAsking:
    def test_the_question_goes_to_the_entrypoint_and_strictly(self) -> None:
        """
        The path is the entrypoint's, the body the input, and built-in errors are errors.
        """
        with server(saying(GOOD)) as (url, conversation), adapter(url) as pdp:
            decision = ask(pdp)

        head, _, body = conversation.requests[0].partition(b"\r\n\r\n")
        assert decision.permits
        assert head.startswith(
            b"POST /v1/data/gateway/output/decision?strict-builtin-errors=True HTTP/1.1"
        )
        assert json.loads(body) == {"input": {"version": 1}}

    def test_the_revision_is_the_servers(self) -> None:
        """
        What is recorded is what decided, not what was expected to.
        """
        with server(saying(GOOD)) as (url, _), adapter(url) as pdp:
            assert pdp.revision == "r0"
            assert ask(pdp).revision == "r1"
            assert pdp.revision == "r1"

    def test_the_environment_has_no_say(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """
        A proxy variable would divert every question, and a netrc file add a password.
        """
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        monkeypatch.setenv("http_proxy", closed_port())
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password hunter2\n")
        monkeypatch.setenv("NETRC", str(netrc))

        with server(saying(GOOD)) as (url, conversation), adapter(url) as pdp:
            assert ask(pdp).permits

        assert b"authorization" not in conversation.requests[0].lower()

    def test_what_we_replace_in_the_client_is_still_there(self) -> None:
        """
        The session is private to the client: a new version that moves it must fail here.
        """
        with server(saying(GOOD)) as (url, _), adapter(url) as pdp:
            session = pdp._client._session
            transport = session.get_adapter(url)

            assert session.trust_env is False
            assert session.max_redirects == 0
            assert transport._pool_maxsize == 64
            assert transport.max_retries.read == 0
            assert transport.max_retries.connect == 1
            assert pdp._client.timeout == 0.5

    @pytest.mark.parametrize(
        ("url", "root"),
        [
            ("http://opa", "http://opa:8181/v1"),
            ("https://opa.example", "https://opa.example:443/v1"),
            ("http://[::1]:8282/", "http://[::1]:8282/v1"),
        ],
    )
    def test_addresses(self, url: str, root: str) -> None:
        """
        The client builds addresses by hand; ports and IPv6 literals come out right.
        """
        assert OpaServerPdp(url, "r0", 1, SetClock())._client.root_url == root

    @pytest.mark.parametrize("url", ["", "opa:8181", "http://", "http://opa/v1", "unix:///opa"])
    def test_addresses_that_cannot_be_used(self, url: str) -> None:
        """
        A path or a socket would be dropped silently by the client; here the start fails.
        """
        with pytest.raises(ConfigurationError):
            OpaServerPdp(url, "r0", 1, SetClock())


class TestNoAnswer:
    def test_a_dead_server_denies(self) -> None:
        """
        Nothing listens: deny, and not ready.
        """
        with adapter(closed_port()) as pdp:
            assert code(ask(pdp)) == "policy.unavailable"
            assert not pdp.ready()

    def test_before_the_start_and_after_the_stop_everything_is_denied(self) -> None:
        """
        A process that forgot to start it permits nothing.
        """
        with server(saying(GOOD)) as (url, conversation):
            pdp = OpaServerPdp(url, "r0", 1, SetClock())
            assert code(ask(pdp)) == "policy.unavailable"
            pdp.start()
            pdp.start()
            pdp.stop()
            pdp.stop()

            assert code(ask(pdp)) == "policy.unavailable"
            assert conversation.requests == []

    def test_a_silent_server_denies_within_the_deadline(self) -> None:
        """
        It takes the question and never answers: the deadline holds.
        """

        def silent(_connection: socket.socket, conversation: Conversation) -> None:
            conversation.over.wait(2)

        with server(silent) as (url, _), adapter(url, 0.2) as pdp:
            decision = ask(pdp)

        assert code(decision) in ("policy.timeout", "policy.unavailable")

    def test_a_dripping_server_denies_within_the_deadline(self) -> None:
        """
        Each byte is in time, the whole is not: the sum is bounded too.
        """

        def dripping(connection: socket.socket, conversation: Conversation) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not conversation.over.wait(0.02):
                connection.sendall(b" ")

        with server(dripping) as (url, _), adapter(url, 0.15) as pdp:
            decision = ask(pdp)

        assert code(decision) == "policy.timeout"

    @pytest.mark.parametrize(
        "response",
        [
            http("200 OK", b"<html>"),
            http("200 OK", b""),
            http("200 OK", b"\xff\xfe"),
            http("200 OK", b"[]"),
            http("200 OK", b"null"),
            http("200 OK", b"{}"),
            http("200 OK", b'{"result": {}}'),
            http("200 OK", b'{"result": true}'),
            http("200 OK", b'{"result": ' + b"[" * 100_000),
            http("204 No Content", b""),
            http("500 Internal Server Error", b'{"result": %s}' % DECISION),
            http("404 Not Found", b'{"result": %s}' % DECISION),
            b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
            b"garbage\r\n\r\n",
            b"",
        ],
        ids=lambda response: repr(response[:60]),
    )
    def test_whatever_is_no_decision_denies(self, response: bytes) -> None:
        """
        Garbage, undefined, errors with a permit in their body: all deny.
        """
        with server(saying(response)) as (url, _), adapter(url) as pdp:
            assert not ask(pdp).permits

    def test_a_redirect_is_not_followed(self) -> None:
        """
        Another server must not answer for the configured one.
        """
        with server(saying(GOOD)) as (elsewhere, other):
            moved = http("307 Temporary Redirect", b"", f"Location: {elsewhere}/v1/data/x")
            with server(saying(moved)) as (url, _), adapter(url) as pdp:
                assert code(ask(pdp)) == "policy.unavailable"

            assert other.requests == []


class TestCircuit:
    def test_after_a_row_of_failures_nobody_waits(self) -> None:
        """
        Five failures, and the sixth caller is denied without a question being sent.
        """
        clock = SetClock()
        with server(saying(b"")) as (url, conversation), adapter(url, clock=clock) as pdp:
            for _ in range(5):
                ask(pdp)
            sent = len(conversation.requests)

            assert code(ask(pdp)) == "policy.unavailable"
            assert not pdp.ready()
            assert len(conversation.requests) == sent

    def test_it_is_tried_again_after_a_moment(self) -> None:
        """
        Two seconds later a server that is back is asked, and answers.
        """
        clock = SetClock()
        answers = [b""] * 5 + [GOOD] * 5

        def recovering(connection: socket.socket, conversation: Conversation) -> None:
            connection.sendall(answers[min(len(conversation.requests), 10) - 1])

        with server(recovering) as (url, _), adapter(url, clock=clock) as pdp:
            for _ in range(5):
                ask(pdp)
            clock.ticks += 2.1

            assert ask(pdp).permits

    def test_a_question_that_cannot_be_evaluated_does_not_open_it(self) -> None:
        """
        HTTP 500 is one bad evaluation of a server that is well; others must not suffer.
        """
        failed = http("500 Internal Server Error", b'{"code": "internal_error"}')
        with server(saying(failed)) as (url, conversation), adapter(url) as pdp:
            for _ in range(8):
                assert code(ask(pdp)) == "policy.unavailable"

        assert len(conversation.requests) == 8


class TestReadiness:
    def test_a_server_without_our_policies_is_not_ready(self) -> None:
        """
        OPA says that it is healthy without any bundle. Every decision would be undefined.
        """
        with server(saying(http("200 OK", b"{}"))) as (url, _), adapter(url) as pdp:
            assert not pdp.ready()

    def test_a_server_that_permits_everything_is_not_ready(self) -> None:
        """
        A question without a single attribute must be denied; a policy that permits it is broken.
        """
        with server(saying(GOOD)) as (url, _), adapter(url) as pdp:
            assert not pdp.ready()
