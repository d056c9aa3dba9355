"""``/v1/batches``: many requests in one file. Each is an exchange of its own, judged by itself.

No provider is given the file. A provider's own batch API would take requests that nobody had
judged, keep them for a day, and answer for all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import administration
from gateway.core.identifiers import exchange_id
from gateway.db import batches
from gateway.db.batches import CANCELLING, COMPLETED, RUNNING, Batch
from gateway.errors import Conflict, InvalidRequest, NotFound
from gateway.identity.permissions import Permission
from gateway.web.api import declared
from gateway.web.api.body import read_object
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.pep.files import Files

WINDOW = timedelta(hours=24)
MOST_LINES = 50_000
_LISTED = 100
_EXAMPLE = '{"input_file_id": "file-…", "endpoint": "/v1/chat/completions"}'


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of principals."""

    database: Database
    ledger: Ledger
    files: Files
    clock: Clock
    endpoints: Collection[str]
    """The addresses whose requests may stand in a batch."""

    wake: Callable[[], None]
    """Tells the worker of this process that there is something to do."""

    def begin(self, principal: Principal, body: dict[str, Any], purpose: str) -> Batch:
        """Begin a batch.

        Raises:
            InvalidRequest: it names no file of requests, or no address that can be asked so.
            NotFound: the file is not there, or not theirs.
            AuditUnavailable: it could not be recorded, so it has not begun.
        """
        endpoint = body.get("endpoint")
        if endpoint not in self.endpoints:
            known = ", ".join(sorted(self.endpoints))
            raise InvalidRequest(f"endpoint must be one of {known}.", param="endpoint")
        name = body.get("input_file_id")
        if not isinstance(name, str):
            raise InvalidRequest(f"Send {_EXAMPLE}.", param="input_file_id")
        kept = self.files.open(principal, name)
        total = len(lines_of(kept.upload.data))
        if kept.purpose != "batch" or not 0 < total <= MOST_LINES:
            raise InvalidRequest(
                f"The file must be for a batch and have 1 to {MOST_LINES} lines.",
                param="input_file_id",
            )
        now = self.clock.now()
        row = Batch(
            tenant_id=principal.tenant.id,
            id=f"batch_{exchange_id()}",
            principal_id=principal.id,
            credential=principal.credential.value,
            credential_id=principal.credential_id,
            endpoint=endpoint,
            input_file=name,
            purpose=purpose,
            language=principal.tenant.language,
            status=RUNNING,
            output_file="",
            error_file="",
            total=total,
            done=0,
            failed=0,
            created_at=now,
            expires_at=now + WINDOW,
            leased_until=now,
            ended_at=None,
        )
        self._note(principal, "batch.begun", row.id, lines=total)
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            session.add(row)
        self.wake()
        return row

    def find(self, principal: Principal, name: str) -> Batch:
        """A batch of the principal.

        Raises:
            NotFound: there is none of that name, or it is not theirs.
        """
        with self.database.tenant_session(principal.tenant.id) as session:
            row = batches.find(session, principal.id, name)
        if row is None:
            raise NotFound("There is no such batch, or it is not yours.")
        return row

    def of(self, principal: Principal) -> list[Batch]:
        """The principal's batches, newest first."""
        with self.database.tenant_session(principal.tenant.id) as session:
            return batches.of_principal(session, principal.id, _LISTED)

    def cancel(self, principal: Principal, name: str) -> Batch:
        """Stop a batch after the lines that are on their way.

        Raises:
            NotFound: as `find`.
            Conflict: it has ended.
        """
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            row = batches.find(session, principal.id, name)
            if row is None:
                raise NotFound("There is no such batch, or it is not yours.")
            if row.status not in (RUNNING, CANCELLING):
                raise Conflict("It has ended.")
            row.status = CANCELLING
        self._note(principal, "batch.cancelled", name)
        self.wake()
        return row

    def _note(self, principal: Principal, action: str, target: str, **params: int) -> None:
        entry = administration(self.clock.now(), principal.pseudonym, action, target, **params)
        self.ledger.record_event(principal.tenant.id, entry)


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a file of requests that hold anything."""
    return [line for line in data.splitlines() if line.strip()]


def blueprint(rooms: Batches) -> Blueprint:
    """The batches of whoever asks."""
    api = Blueprint("batches", __name__)
    may = requires(Permission.TENANT_CHAT_CREATE)

    @api.post("/v1/batches")
    @may
    def begin(principal: Principal) -> Response:
        purpose = declared.purpose(request.headers.get("x-proviso-purpose"))
        if "x-proviso-data-class" in request.headers:
            # Better refused than forgotten: it would have made the lines stricter.
            raise InvalidRequest(
                "A batch takes no data class of its own.", param="x-proviso-data-class"
            )
        return _json(described(rooms.begin(principal, read_object(_EXAMPLE), purpose)))

    @api.get("/v1/batches")
    @may
    def listed(principal: Principal) -> Response:
        data = [described(row) for row in rooms.of(principal)]
        return _json({"object": "list", "data": data, "has_more": False})

    @api.get("/v1/batches/<name>")
    @may
    def one(principal: Principal, name: str) -> Response:
        return _json(described(rooms.find(principal, name)))

    @api.post("/v1/batches/<name>/cancel")
    @may
    def cancel(principal: Principal, name: str) -> Response:
        return _json(described(rooms.cancel(principal, name)))

    return api


def described(row: Batch) -> dict[str, Any]:
    """A batch in OpenAI's words."""
    ended = int(row.ended_at.timestamp()) if row.ended_at is not None else None
    return {
        "id": row.id,
        "object": "batch",
        "endpoint": row.endpoint,
        "errors": None,
        "input_file_id": row.input_file,
        "completion_window": "24h",
        "status": row.status,
        "output_file_id": row.output_file or None,
        "error_file_id": row.error_file or None,
        "created_at": int(row.created_at.timestamp()),
        "in_progress_at": int(row.created_at.timestamp()),
        "expires_at": int(row.expires_at.timestamp()),
        "completed_at": ended if row.status == COMPLETED else None,
        "cancelled_at": ended if row.status == "cancelled" else None,
        "expired_at": ended if row.status == "expired" else None,
        "failed_at": ended if row.status == "failed" else None,
        "request_counts": {
            "total": row.total,
            "completed": row.done - row.failed,
            "failed": row.failed,
        },
    }


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
