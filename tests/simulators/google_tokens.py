"""Google's token service: gives a token for an assertion that a service account signed."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from pathlib import Path

EMAIL = "gateway@project-1.iam.gserviceaccount.example"
TOKEN = "sk-upstream-secret"


class GoogleTokenService:
    """The service in this process; use as a context manager."""

    def __init__(self, seconds: int = 3_600) -> None:
        self.key = RSAKey.generate_key(2048, private=True)
        self.claims: list[dict[str, Any]] = []
        self.seconds = seconds
        self.status = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.service = self  # type: ignore[attr-defined]
        self.uri = f"http://127.0.0.1:{self._server.server_port}/token"

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def credentials(self, folder: Path, key: RSAKey | None = None) -> Path:
        """A service account's key file; `key` for another key than the service knows."""
        path = folder / "account.json"
        document = {
            "type": "service_account",
            "client_email": EMAIL,
            "private_key_id": "kid-1",
            "private_key": (key or self.key).as_pem(private=True).decode(),
            "token_uri": self.uri,
        }
        path.write_text(json.dumps(document))
        return path

    def answer(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """What the service says to a request."""
        if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return 400, {"error": "unsupported_grant_type"}
        try:
            token = jwt.decode(form["assertion"][0], self.key, algorithms=["RS256"])
        except JoseError:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        self.claims.append({**token.header, **token.claims})
        if self.status != 200:
            return self.status, {"error": "internal"}
        answer = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": self.seconds}
        return 200, answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        """One request for a token."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        status, body = self.server.service.answer(form)  # type: ignore[attr-defined]
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
