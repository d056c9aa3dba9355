"""The outbound door against servers that misbehave on the wire."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from gateway.core.clock import Deadline, SystemClock
from gateway.errors import (
    EgressRefused,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderTimeout,
    ProviderUnreachable,
)
from gateway.providers.http import Door
from tests.simulators.sockets import OK, certificate, reading, serving, whole_request

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path


def sent(
    base: str, *, allowed: str | None = None, seconds: float = 5.0, most: int = 10_000
) -> bytes:
    """A request through a door, read to its end."""
    door = Door([allowed or base], connect_seconds=0.5, idle_seconds=0.3, answer_bytes=most)
    deadline = Deadline(SystemClock(), seconds)
    with closing(door):
        return door.post(f"{base}/v1/x", {"Content-Type": "text/plain"}, b"hello", deadline).read()


@contextmanager
def a_door(base: str) -> Iterator[Door]:
    """A door for several requests."""
    with closing(Door([base], connect_seconds=1, idle_seconds=1, answer_bytes=100)) as door:
        yield door


class TestWhereTo:
    def test_other_hosts_are_never_called(self) -> None:
        """
        The allow-list comes from the configuration; host, port and scheme all count.
        """
        calls: list[socket.socket] = []
        with serving(calls.append) as base:
            for allowed in (
                "http://127.0.0.1:1",
                base.replace("http", "https"),
                "http://x.example",
            ):
                with pytest.raises(EgressRefused):
                    sent(base, allowed=allowed)

        assert calls == []

    def test_redirects_are_not_followed(self) -> None:
        """
        A provider cannot send a prompt on to somebody else.
        """
        moved = b"HTTP/1.1 307 X\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"
        with serving(reading(moved)) as base:
            assert sent(base) == b""

    def test_proxies_of_the_environment_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        HTTP_PROXY in the environment diverts nothing.
        """
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with serving(reading(OK)) as base:
            assert sent(base) == b"ok"

    def test_nobody_there(self) -> None:
        """
        A refused connection: nothing was sent, and trying again is right.
        """
        with pytest.raises(ProviderUnreachable):
            sent("http://127.0.0.1:1")


class TestWaiting:
    def test_silence_before_the_first_byte(self) -> None:
        """
        A server that accepts and says nothing is a time-out.
        """
        with serving(lambda peer: time.sleep(1.5)) as base, pytest.raises(ProviderTimeout):
            sent(base)

    def test_silence_in_the_middle(self) -> None:
        """
        So is one that falls silent in the middle of its answer.
        """
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
        with serving(reading(half, hold=1.5)) as base, pytest.raises(ProviderTimeout):
            sent(base)

    def test_a_slow_drip_meets_the_deadline(self) -> None:
        """
        Bytes that keep coming, but too slowly for the whole, meet the total deadline.
        """

        def drip(peer: socket.socket) -> None:
            peer.recv(65_536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(40):
                peer.sendall(b"x")
                time.sleep(0.1)

        start = time.monotonic()
        with serving(drip) as base, pytest.raises(ProviderTimeout):
            sent(base, seconds=0.5)

        assert time.monotonic() - start < 2


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (b"", ProviderError),
            (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ProviderError),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ProviderCut),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ProviderCut),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", ProviderError),
            (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 70_000 + b"\r\n\r\n", ProviderError),
            (b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 500 + b"\r\n", ProviderError),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000, ProviderGarbage),
            (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000, ProviderGarbage),
        ],
    )
    def test_what_is_not_a_whole_answer(self, answer: bytes, error: type[ProviderError]) -> None:
        """
        Nothing, garbage, half an answer, endless headers, too much: an error of ours each time.
        """
        with serving(reading(answer)) as base, pytest.raises(error):
            sent(base)

    @pytest.mark.parametrize(
        "answer",
        [
            OK,
            b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
            b"HTTP/1.0 200 OK\r\n\r\nok",
        ],
    )
    def test_every_form_of_a_whole_answer(self, answer: bytes) -> None:
        """
        By length, in chunks, until the end of the connection, after 100 Continue.
        """
        with serving(reading(answer)) as base:
            assert sent(base) == b"ok"


class TestConnections:
    def test_a_connection_is_used_again(self) -> None:
        """
        An answer that was read to its end gives its connection back.
        """
        connections: list[socket.socket] = []

        def talk(peer: socket.socket) -> None:
            connections.append(peer)
            while whole_request(peer):
                peer.sendall(OK)

        with serving(talk) as base, a_door(base) as door:
            for _ in range(3):
                door.post(f"{base}/", {}, b"x", Deadline(SystemClock(), 5)).read()

        assert len(connections) == 1

    def test_a_kept_connection_that_was_closed_is_replaced(self) -> None:
        """
        A server that closes idle connections costs no request: the stale one is noticed first.
        """
        with serving(reading(OK)) as base, a_door(base) as door:
            for _ in range(3):
                assert door.post(f"{base}/", {}, b"x", Deadline(SystemClock(), 5)).read() == b"ok"
                time.sleep(0.05)

    def test_nothing_is_sent_twice(self) -> None:
        """
        A server that reads and hangs up got the request once, and gets it no second time.
        """
        seen: list[bytes] = []
        with serving(lambda peer: seen.append(peer.recv(65_536))) as base:
            with pytest.raises(ProviderError):
                sent(base)
            time.sleep(0.1)

        assert len(seen) == 1


class TestTls:
    def test_a_certificate_nobody_vouches_for(self, tmp_path: Path) -> None:
        """
        TLS is verified: a self-made certificate is no connection, and nothing was sent.
        """
        seen: list[bytes] = []
        with (
            serving(
                lambda peer: seen.append(peer.recv(10)), certificate(tmp_path, "127.0.0.1")[0]
            ) as base,
            pytest.raises(ProviderUnreachable),
        ):
            sent(base)

        assert seen == []
