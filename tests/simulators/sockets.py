"""Servers that misbehave on the wire: each connection is played by a function of the test's."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def serving(
    play: Callable[[socket.socket], None], context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """A server that does `play` with each connection; its base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(peer,), daemon=True).start()

    def one(peer: socket.socket) -> None:
        try:
            with context.wrap_socket(peer, server_side=True) if context else peer as talk:
                play(talk)
        except OSError:
            return  # the door hung up, which is what the play is about

    threading.Thread(target=accept, daemon=True).start()
    scheme = "https" if context else "http"
    yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    ended.set()
    listener.close()


def reading(answer: bytes, *, hold: float = 0.0) -> Callable[[socket.socket], None]:
    """Read one request, send `answer`, keep the connection open for a while, close."""

    def play(peer: socket.socket) -> None:
        peer.recv(65_536)
        peer.sendall(answer)
        time.sleep(hold)

    return play


def without_end(start: bytes, more: bytes = b"a" * 65_536) -> Callable[[socket.socket], None]:
    """Read one request, send `start` and then `more` until the other side hangs up."""

    def play(peer: socket.socket) -> None:
        peer.recv(65_536)
        peer.sendall(start)
        while True:
            peer.sendall(more)

    return play


def whole_request(peer: socket.socket) -> bool:
    """Read a request with a small body; False when the peer has gone."""
    data = b""
    while not data.partition(b"\r\n\r\n")[2]:
        piece = peer.recv(65_536)
        if not piece:
            return False
        data += piece
    return True


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context for `host` with a certificate it made itself, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, pem
