"""A KMS over HTTP with the Transit API of Vault and OpenBao, which can be told to misbehave."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from gateway.sealed.envelope import Unsealable, new_key, seal, unseal

TOKEN = "kms-token"


class Kms:
    """One transit key with versions."""

    def __init__(self) -> None:
        self.versions = [new_key()]
        self.calls: list[str] = []
        self.behave = "well"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def rotate(self) -> None:
        """A new version wraps from now on."""
        self.versions.append(new_key())

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, token: str, body: dict[str, str]) -> tuple[int, Any]:
        """The status and document of one call."""
        action = path.split("/")[3]
        self.calls.append(action)
        if self.behave == "garbage":
            return 200, ["not an answer"]
        if self.behave == "down" or token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        place = base64.b64decode(body["associated_data"])
        if action == "encrypt":
            wrapped = seal(self.versions[-1], base64.b64decode(body["plaintext"]), place)
            text = base64.b64encode(wrapped).decode()
            return 200, {"data": {"ciphertext": f"vault:v{len(self.versions)}:{text}"}}
        _, version, text = body["ciphertext"].split(":")
        try:
            key = unseal(self.versions[int(version[1:]) - 1], base64.b64decode(text), place)
        except Unsealable:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(key).decode()}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        kms = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                token = self.headers.get("X-Vault-Token", "")
                status, document = kms.answer(self.path, token, body)
                raw = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
