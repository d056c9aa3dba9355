"""``/v1/code-of-use``: read the code of use and accept it, for people who only have a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import administration
from gateway.code_of_use import text_of
from gateway.core.values import dataclass
from gateway.db import acknowledgements
from gateway.db.acknowledgements import CODE_OF_USE, Acknowledgement
from gateway.errors import Conflict, InvalidRequest
from gateway.identity.permissions import Permission
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.session import Database

_LARGEST_BODY = 10_000


@dataclass(frozen=True, slots=True)
class CodeOfUse:
    """What a principal's organisation asks it to accept, and accepting it."""

    database: Database
    ledger: Ledger
    clock: Clock

    def versions(self, principal: Principal) -> tuple[int, int]:
        """The version that is required, and the newest one accepted (0 for none)."""
        with self.database.connection(principal.tenant.id) as connection:
            return acknowledgements.required_and_accepted(
                connection, principal.tenant.id, principal.id
            )

    def accept(self, principal: Principal, version: int, channel: str) -> None:
        """Record that `principal` accepts `version`, in the table and in the log.

        Raises:
            Conflict: that is not the version in force.
            AuditUnavailable: it could not be recorded.
        """
        required, _ = self.versions(principal)
        if version != required:
            raise Conflict(f"The code of use in force is version {required}.")
        now = self.clock.now()
        # The log first: an acceptance that rules rely on must be provable.
        self.ledger.record_event(
            principal.tenant.id,
            administration(
                now,
                principal.pseudonym,
                "code_of_use.accepted",
                principal.pseudonym,
                version=version,
                channel=channel,
            ),
        )
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            row = Acknowledgement(
                tenant_id=principal.tenant.id,
                principal_id=principal.id,
                document=CODE_OF_USE,
                version=version,
                at=now,
                channel=channel,
            )
            acknowledgements.accept(session, row)


def blueprint(code: CodeOfUse) -> Blueprint:
    """The code of use over the API."""
    api = Blueprint("code_of_use_api", __name__)

    @api.get("/v1/code-of-use")
    @requires(Permission.SELF_ACKNOWLEDGEMENT_CREATE)
    def read(principal: Principal) -> Response:
        return _state(code, principal)

    @api.post("/v1/code-of-use")
    @requires(Permission.SELF_ACKNOWLEDGEMENT_CREATE)
    def accept(principal: Principal) -> Response:
        code.accept(principal, _version(), "api")
        return _state(code, principal)

    return api


def _version() -> int:
    try:
        body: Any = orjson.loads(request.stream.read(_LARGEST_BODY))
    except orjson.JSONDecodeError:
        body = None
    version = body.get("version") if isinstance(body, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidRequest('Send {"version": N} with the version you accept.', param="version")
    return version


def _state(code: CodeOfUse, principal: Principal) -> Response:
    required, accepted = code.versions(principal)
    document = {
        "object": "code_of_use",
        "version": required,
        "accepted_version": accepted,
        "current": accepted >= required,
        "text": text_of(required),
    }
    return Response(orjson.dumps(document), mimetype="application/json")
