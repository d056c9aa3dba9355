"""A clock that is told, engines that are told, and an HTTP server that misbehaves on request."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.core.decision import Decision, Effect, Obligation, Reason
from gateway.core.identifiers import TenantId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACME = TenantId(UUID(int=1))
GLOBEX = TenantId(UUID(int=2))
DECISION = b'{"effect":"permit","revision":"r1","reasons":[],"obligations":[],"advice":[]}'


REFUSAL = (
    b'{"effect":"deny","revision":"r1","reasons":[{"rule":"X","code":"x","kind":"deny","params":{}}],'
    b'"obligations":[],"advice":[]}'
)


def until(true: Callable[[], bool]) -> None:
    """Wait until `true` is, for at most five seconds."""
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not become true")


class SetClock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.ticks = 100.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.ticks


def permit(revision: str = "r1") -> Decision:
    """A permit with one obligation."""
    return Decision(
        Effect.PERMIT, revision, obligations=(Obligation("A/x", "x", {"types": ["PERSON"]}),)
    )


def deny(rule: str = "IP-01", code: str = "terms.unknown") -> Decision:
    """A deny with one reason."""
    return Decision(Effect.DENY, "r1", (Reason(rule, code),))


class ToldEngine:
    """Answers what it is told to, and counts how often it was asked."""

    lifetime = float("inf")

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.revision = decision.revision
        self.asked = 0

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        self.asked += 1
        return self.decision

    def ready(self) -> bool:
        return True


class Conversation:
    """What a simulated server received, and how it is told to go on."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.over = threading.Event()


@contextmanager
def server(
    answer: Callable[[socket.socket, Conversation], None],
) -> Iterator[tuple[str, Conversation]]:
    """A TCP server that hands each request to `answer`; yields its URL."""
    conversation = Conversation()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(2)
            try:
                conversation.requests.append(_request(connection))
                answer(connection, conversation)
            except OSError:
                return  # the caller hung up, which is what some tests are about

    def accept() -> None:
        while not conversation.over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", conversation
    finally:
        conversation.over.set()
        thread.join(2)
        listener.close()


def _request(connection: socket.socket) -> bytes:
    """One HTTP request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def http(status: str, body: bytes, *headers: str) -> bytes:
    """An HTTP/1.1 response that ends the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(response: bytes) -> Callable[[socket.socket, Conversation], None]:
    """A server that always gives this response."""

    def answer(connection: socket.socket, _conversation: Conversation) -> None:
        connection.sendall(response)

    return answer
