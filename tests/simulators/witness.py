"""Those outside who take checkpoints: an address that may cosign, and a time-stamp authority."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.audit import checkpoint, note

if TYPE_CHECKING:
    from pathlib import Path

NAME = "witness.example"
_TSA = """[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Outside:
    """A server that answers each post with what `answer` makes of it."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[bytes] = []
        self.tokens: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: bytes) -> bytes:
        """What goes back."""
        return b"taken: " + str(len(body)).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.taken.append(body)
                outside.tokens.append(self.headers.get("Authorization", ""))
                raw = outside.answer(body) if outside.status == 200 else b"no"
                self.send_response(outside.status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class Cosigner(Outside):
    """Signs what it is given with a key of its own, unless it is told to be useless."""

    def __init__(self) -> None:
        super().__init__()
        self.private = Ed25519PrivateKey.generate()
        self.key = checkpoint.Verifier(NAME, self.private.public_key(), cosigns=True).written()
        self.signs = True

    def answer(self, body: bytes) -> bytes:
        """A signature line, as C2SP witnesses give it."""
        given = note.parse(body.decode())
        private = self.private if self.signs else Ed25519PrivateKey.generate()
        at = int(datetime.now(UTC).timestamp())
        return checkpoint.cosign(given, NAME, private, at).line().encode()


class StampAuthority(Outside):
    """A time-stamp authority (RFC 3161) made of `openssl ts`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_TSA.format(folder=folder))
        root_key, key = (
            ec.generate_private_key(ec.SECP256R1()),
            ec.generate_private_key(ec.SECP256R1()),
        )
        root = _certificate("Root", root_key, "Root", root_key, authority=True)
        signer = _certificate("Stamps", key, "Root", root_key, authority=False)
        self.roots = root.public_bytes(serialization.Encoding.PEM)
        (folder / "tsa.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def answer(self, body: bytes) -> bytes:
        """A stamp over the digest in the query."""
        query, reply = self._folder / "query", self._folder / "reply"
        query.write_bytes(body)
        subprocess.run(
            [
                "openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "one",
                "-queryfile", query, "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", reply,
            ],
            cwd=self._folder, check=True, capture_output=True,
        )  # fmt: skip
        return reply.read_bytes()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
    )
    if not authority:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())
