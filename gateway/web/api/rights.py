"""``/v1/rights``: finding the rights record of an output by the output, and handing it out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import reading
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest, TooLarge
from gateway.identity.permissions import Permission, granted
from gateway.web import uploads
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.rights.assembly import OutputRights
    from gateway.rights.index import Found
    from gateway.rights.marks.manifest import Manifest

_EXAMPLE = '{"text": "…"} or {"sha256": "64 hex digits"}, or a form with one "file"'
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found."""

    found: list[Found]
    manifest: Manifest | None = None
    """The content credentials in the file that was sent."""


@dataclass(frozen=True, slots=True)
class RightsRooms:
    """What a lookup needs, over the API and on the page."""

    rights: OutputRights
    ledger: Ledger
    clock: Clock

    def text(self, principal: Principal, text: str) -> Answer:
        """Outputs with this text, or one much like it."""
        tenant = principal.tenant.id
        return self._told(
            principal, "text", self.rights.index.by_text(tenant, text, scope(principal))
        )

    def digest(self, principal: Principal, sha256: str) -> Answer:
        """Outputs of this digest.

        Raises:
            InvalidRequest: it is no SHA-256 digest.
        """
        if not _SHA256.fullmatch(sha256.lower()):
            raise InvalidRequest(f"Send {_EXAMPLE}.", param="sha256")
        digest = bytes.fromhex(sha256)
        found = self.rights.index.by_digest(principal.tenant.id, digest, scope(principal))
        return self._told(principal, "sha256", found)

    def file(self, principal: Principal, data: bytes) -> Answer:
        """Media with these bytes, or pictures that look like this one; and its credentials."""
        found = self.rights.index.by_bytes(principal.tenant.id, data, scope(principal))
        manifest = self.rights.marks.read(principal.tenant, data)
        return self._told(principal, "file", found, manifest)

    def record(self, principal: Principal, exchange_id: str) -> dict[str, Any]:
        """The signed record of an exchange.

        Raises:
            NotFound: there is none that this principal may see.
        """
        whose = scope(principal)
        signed = self.rights.index.record(principal.tenant.id, exchange_id, whose)
        self._note(principal, "rights.read", exchange=exchange_id)
        return signed

    def _told(
        self, principal: Principal, how: str, found: list[Found], manifest: Manifest | None = None
    ) -> Answer:
        self._note(principal, "rights.looked_up", how=how, shown=len(found))
        return Answer(found, manifest)

    def _note(self, principal: Principal, what: str, **params: str | int | bool) -> None:
        """Who read colleagues' records is recorded; one's own are one's own."""
        if scope(principal) is None:
            entry = reading(self.clock.now(), principal.pseudonym, what, **params)
            self.ledger.record_event(principal.tenant.id, entry)


def scope(principal: Principal) -> str | None:
    """Whose outputs this principal may look up: their own, or everybody's (None)."""
    if Permission.TENANT_RIGHTS_READ in granted(principal):
        return None
    return principal.pseudonym


def blueprint(rooms: RightsRooms) -> Blueprint:
    """Lookups and records over the API."""
    api = Blueprint("rights_api", __name__)
    uploads.bound(api)

    @api.post("/v1/rights/lookup")
    @requires(Permission.SELF_RIGHTS_READ)
    def look_up(principal: Principal) -> Response:
        return _json(describe(_asked(rooms, principal)))

    @api.get("/v1/rights/records/<exchange_id>")
    @requires(Permission.SELF_RIGHTS_READ)
    def record(principal: Principal, exchange_id: str) -> Response:
        return _json(rooms.record(principal, exchange_id))

    return api


def describe(answer: Answer) -> dict[str, Any]:
    """What was found as JSON; each with where its signed record is."""
    data = [
        {**item.as_dict(), "record": f"/v1/rights/records/{item.exchange_id}"}
        for item in answer.found
    ]
    manifest = answer.manifest
    credentials = None if manifest is None else manifest.as_dict()
    return {"object": "list", "data": data, "content_credentials": credentials}


def _asked(rooms: RightsRooms, principal: Principal) -> Answer:
    if request.mimetype == "multipart/form-data":
        data = uploads.the_file()
        if data is None:
            raise InvalidRequest(f"Send {_EXAMPLE}.", param="file")
        return rooms.file(principal, data)
    body = _object()
    if set(body) == {"text"} and isinstance(body["text"], str) and body["text"].strip():
        return rooms.text(principal, body["text"])
    if set(body) == {"sha256"} and isinstance(body["sha256"], str):
        return rooms.digest(principal, body["sha256"])
    raise InvalidRequest(f"Send {_EXAMPLE}.")


def _object() -> dict[str, Any]:
    raw = request.stream.read(uploads.LARGEST_TEXT + 1)
    if len(raw) > uploads.LARGEST_TEXT:
        raise TooLarge(f"The limit for a text is {uploads.LARGEST_TEXT} bytes.")
    try:
        body: Any = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise InvalidRequest(f"Send {_EXAMPLE}.")
    return body


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), 200, mimetype="application/json")
