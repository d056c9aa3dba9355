"""The outbound door against providers that mean harm, and against its own configuration."""

from __future__ import annotations

import os
import ssl
import threading
import time
import tracemalloc
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from gateway.core.clock import Deadline, SystemClock
from gateway.errors import (
    ConfigurationError,
    ProviderCut,
    ProviderGarbage,
    ProviderTimeout,
    ProviderUnreachable,
)
from gateway.providers.http import Door
from tests.simulators.sockets import (
    OK,
    certificate,
    reading,
    serving,
    whole_request,
    without_end,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.providers.http import Reply

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def a_door(
    *bases: str,
    idle: float = 1.0,
    clock: SystemClock | None = None,
    context: ssl.SSLContext | None = None,
) -> Iterator[Door]:
    """A door to these hosts."""
    made = Door(
        bases, connect_seconds=0.5, idle_seconds=idle, answer_bytes=10_000,
        context=context, clock=clock,
    )  # fmt: skip
    with closing(made):
        yield made


def post(door: Door, base: str, body: bytes = b"hello", *, seconds: float = 5.0) -> Reply:
    """One request."""
    return door.post(f"{base}/v1/x", {"Authorization": "x"}, body, Deadline(SystemClock(), seconds))


class LaterClock(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class TestEndlessAnswers:
    @pytest.mark.parametrize(
        ("start", "more"),
        [
            (b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536),
            (CHUNKED + b"2\r\nok\r\n0\r\nX: ", b"a" * 65_536),
            (CHUNKED + b"2;x=", b"a" * 65_536),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
            (CHUNKED + b"2\r\nok\r\n0\r\n", b"X: a\r\n" * 1_000),
        ],
    )
    def test_what_is_no_body_does_not_go_on_for_ever(self, start: bytes, more: bytes) -> None:
        """
        P10: endless headers, trailers, chunk extensions and interim answers cost no memory.
        """
        tracemalloc.start()
        with (
            serving(without_end(start, more)) as base,
            a_door(base) as door,
            pytest.raises(ProviderGarbage),
        ):
            post(door, base).read()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert peak < 4_000_000

    def test_a_provider_that_does_not_hang_up_keeps_nobody_waiting(self) -> None:
        """
        Once the answer is had, its end is not waited for; the connection is cut.
        """
        gone = threading.Event()

        def play(peer: socket.socket) -> None:
            peer.recv(1_000)
            peer.sendall(CHUNKED + b"2\r\nok\r\n")
            if peer.recv(10) == b"":
                gone.set()

        with serving(play) as base, a_door(base, idle=30) as door:
            reply = post(door, base)
            first = next(iter(reply.pieces()))
            reply.finish()

            assert first == b"ok"
            assert gone.wait(2)


class TestOtherPeoplesAnswers:
    @pytest.mark.parametrize("extra", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b"\0"])
    @pytest.mark.parametrize("pause", [0.0, 0.03])
    def test_an_unasked_answer_is_never_the_next_one(self, extra: bytes, pause: float) -> None:
        """
        P4: an answer nobody asked for could be read by whoever uses the connection next.
        """

        def play(peer: socket.socket) -> None:
            while whole_request(peer):
                peer.sendall(OK + (b"" if pause else extra))
                time.sleep(pause)
                peer.sendall(extra if pause else b"")

        with serving(play) as base, a_door(base) as door:
            for _ in range(3):
                assert post(door, base).read() == b"ok"
                time.sleep(0.06)

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Length: 2\r\nTransfer-Encoding: chunked",
            b"Content-Length: 2\r\nContent-Length: 3",
            b"Content-Encoding: gzip\r\nContent-Length: 2",
        ],
    )
    def test_answers_that_can_be_read_two_ways(self, head: bytes) -> None:
        """
        Two lengths, or a coding nobody asked for, are refused rather than guessed at.
        """
        answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        with serving(reading(answer)) as base, a_door(base) as door, pytest.raises(ProviderGarbage):
            post(door, base).read()

    def test_another_protocol_is_not_spoken(self) -> None:
        """
        101 Switching Protocols is no answer.
        """
        switch = b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
        with serving(reading(switch)) as base, a_door(base) as door, pytest.raises(ProviderGarbage):
            post(door, base)

    def test_trailers_change_no_header(self) -> None:
        """
        A header that arrives after the body was judged is not believed.
        """
        head = b"HTTP/1.1 200 OK\r\nX-A: one\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = head + b"2\r\nok\r\n0\r\nX-A: two\r\n\r\n"
        with serving(reading(answer)) as base, a_door(base) as door:
            reply = post(door, base)

            assert reply.read() == b"ok"
            assert reply.headers["x-a"] == "one"


class TestKeeping:
    @pytest.mark.parametrize("keep", [b"", b"Keep-Alive: timeout=5\r\n"])
    def test_silent_connections_are_not_trusted_for_long(self, keep: bytes) -> None:
        """
        Firewalls forget silent connections without a word, and servers say when they close.
        """
        answer = OK.replace(b"Content", keep + b"Content")
        connections: list[socket.socket] = []

        def play(peer: socket.socket) -> None:
            connections.append(peer)
            while whole_request(peer):
                peer.sendall(answer)

        clock = LaterClock()
        with serving(play) as base, a_door(base, clock=clock) as door:
            for ahead in (0, 3, 40):
                clock.ahead = ahead
                post(door, base).read()

        assert len(connections) == 2

    def test_what_comes_back_after_the_close_is_not_kept(self) -> None:
        """
        A stream that outlives the door leaves no connection behind.
        """
        gone = threading.Event()

        def play(peer: socket.socket) -> None:
            peer.recv(1_000)
            peer.sendall(OK)
            if peer.recv(10) == b"":
                gone.set()

        with serving(play) as base, a_door(base) as door:
            reply = post(door, base)
            door.close()
            reply.read()

            assert gone.wait(2)

    def test_leaving_is_noticed_by_the_provider(self) -> None:
        """
        Closing in the middle cuts the connection, so that a provider can stop generating.
        """
        gone = threading.Event()

        def play(peer: socket.socket) -> None:
            peer.recv(1_000)
            peer.sendall(CHUNKED + b"2\r\nok\r\n")
            if peer.recv(10) == b"":
                gone.set()

        with serving(play) as base, a_door(base) as door:
            reply = post(door, base)
            next(iter(reply.pieces()))
            reply.close()

            assert gone.wait(2)


class TestSending:
    def test_an_early_refusal_of_a_large_body_is_read(self) -> None:
        """
        A server that answers 413 before it has read everything is heard.
        """

        def play(peer: socket.socket) -> None:
            peer.recv(1_000)
            peer.sendall(b"HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\nno")
            time.sleep(0.1)

        with serving(play) as base, a_door(base) as door:
            reply = post(door, base, b"x" * 8_000_000)

            assert reply.status == 413
            assert reply.read() == b"no"

    def test_a_provider_that_does_not_listen_meets_the_deadline(self) -> None:
        """
        Sending has the same bounds as reading.
        """
        with (
            serving(lambda _: time.sleep(1)) as base,
            a_door(base, idle=30) as door,
            pytest.raises(ProviderTimeout),
        ):
            post(door, base, b"x" * 8_000_000, seconds=0.3)

    def test_no_time_left_sends_nothing(self) -> None:
        """
        Past the deadline nothing leaves any more.
        """
        seen: list[bytes] = []
        with (
            serving(lambda peer: seen.append(peer.recv(100))) as base,
            a_door(base) as door,
            pytest.raises(ProviderTimeout),
        ):
            post(door, base, seconds=0)
            time.sleep(0.05)

        assert seen == []

    @pytest.mark.parametrize("value", ["Bearer a\r\nX-Evil: b", "Bearer a\nb", "Bearer \u20ac"])
    def test_a_header_cannot_begin_another(self, value: str) -> None:
        """
        Request splitting through a credential is a mistake of configuration, not told in full.
        """
        with (
            serving(reading(OK)) as base,
            a_door(base) as door,
            pytest.raises(ConfigurationError) as error,
        ):
            door.post(f"{base}/", {"Authorization": value}, b"", Deadline(SystemClock(), 1))

        assert "Evil" not in str(error.value)

    @pytest.mark.parametrize("base", ["http://a..b", "http://" + "a" * 70 + ".example"])
    def test_a_host_that_cannot_be(self, base: str) -> None:
        """
        A name no resolver takes is a provider that cannot be reached.
        """
        with a_door(base) as door, pytest.raises(ProviderUnreachable):
            post(door, base)

    def test_a_port_that_cannot_be(self) -> None:
        """
        It stops the start.
        """
        with pytest.raises(ConfigurationError), a_door("http://127.0.0.1:99999"):
            pass


class TestTls:
    def test_a_certificate_for_another_name(self, tmp_path: Path) -> None:
        """
        The name on the certificate must be the host's, and then connections are used again.
        """
        server, trusted = certificate(tmp_path, "localhost")
        connections: list[socket.socket] = []

        def play(peer: socket.socket) -> None:
            connections.append(peer)
            while whole_request(peer):
                peer.sendall(OK)

        context = ssl.create_default_context(cafile=str(trusted))
        with serving(play, server) as base:
            named = base.replace("127.0.0.1", "localhost")
            with a_door(base, named, context=context) as door:
                answers = [post(door, named).read() for _ in range(3)]
                with pytest.raises(ProviderUnreachable):
                    post(door, base)

        assert answers == [b"ok"] * 3
        assert len(connections) == 1

    def test_an_answer_cannot_be_shortened_on_the_way(self, tmp_path: Path) -> None:
        """
        An answer without a length is whole only when TLS itself says that it ended.
        """
        server, trusted = certificate(tmp_path, "localhost")

        def play(peer: socket.socket) -> None:
            peer.recv(1_000)
            peer.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf of")
            os.close(peer.detach())

        context = ssl.create_default_context(cafile=str(trusted))
        with serving(play, server) as base:
            named = base.replace("127.0.0.1", "localhost")
            with a_door(named, context=context) as door, pytest.raises(ProviderCut):
                post(door, named).read()

    def test_silence_in_the_handshake(self) -> None:
        """
        The handshake is part of connecting and has the same bound.
        """
        with serving(lambda _: time.sleep(1)) as base:
            secure = base.replace("http:", "https:")
            with a_door(secure) as door, pytest.raises(ProviderUnreachable):
                post(door, secure)
