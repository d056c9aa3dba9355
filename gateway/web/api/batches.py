"""``/v1/batches``: many requests in one file. Each is an exchange of its own, judged by itself.

No provider is given the file. A provider's own batch API would take requests that nobody had
judged, keep them for a day, and answer for all of them at once.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import administration
from gateway.core.identifiers import exchange_id
from gateway.core.values import dataclass
from gateway.db import batches
from gateway.db.batches import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    EXPIRED,
    FAILED,
    RUNNING,
    Batch,
    Page,
)
from gateway.errors import (
    Conflict,
    ContentOff,
    GatewayError,
    InvalidRequest,
    NotFound,
    Unauthenticated,
)
from gateway.identity.permissions import Permission
from gateway.pep.held import require_free
from gateway.web.api import declared
from gateway.web.api.body import read_object
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.pep.files import Files

WINDOW = timedelta(hours=24)
MOST_LINES = 50_000
PURPOSE = "batch"
"""Of files that callers hand over for batches."""

OWN_PURPOSE = "batch_input"
"""Of files that requests are put into which came without one."""

_LISTED = 100
_EXAMPLE = '{"input_file_id": "file-…", "endpoint": "/v1/chat/completions"}'


class Asked(NamedTuple):
    """A batch that is asked for."""

    endpoint: str
    file: str
    """The file of its requests."""

    purpose: str
    passed_on: Mapping[str, str]
    """Headers that belong to its requests."""


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of principals in one API."""

    database: Database
    ledger: Ledger
    files: Files
    clock: Clock
    prefix: str
    """How this API's names of batches begin."""

    endpoints: Collection[str]
    """The addresses whose requests may stand in a batch."""

    wake: Callable[[], None]
    """Tells the worker of this process that there is something to do."""

    def begin(self, principal: Principal, asked: Asked) -> Batch:
        """Begin a batch.

        Raises:
            InvalidRequest: it has no lines, or too many.
            NotFound: the file is not there, or not theirs.
            AuditUnavailable: it could not be recorded, so it has not begun.
        """
        purpose = self.files.find(principal, asked.file).purpose
        total = len(lines_of(self.files.open(principal, asked.file).data))
        if purpose not in (PURPOSE, OWN_PURPOSE) or not 0 < total <= MOST_LINES:
            raise InvalidRequest(
                f"The file must be for a batch and have 1 to {MOST_LINES} lines.",
                param="input_file_id",
            )
        now = self.clock.now()
        row = Batch(
            tenant_id=principal.tenant.id,
            id=f"{self.prefix}{exchange_id()}",
            principal_id=principal.id,
            credential=principal.credential.value,
            credential_id=principal.credential_id,
            endpoint=asked.endpoint,
            passed_on=dict(asked.passed_on),
            input_file=asked.file,
            purpose=asked.purpose,
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
            cancelling_at=None,
            problem="",
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
            row = batches.find(session, principal.id, name, self.endpoints)
        if row is None:
            raise NotFound("There is no such batch, or it is not yours.")
        return row

    def of(self, principal: Principal, page: Page) -> tuple[list[Batch], bool]:
        """The principal's batches, newest first, and whether there are more."""
        with self.database.tenant_session(principal.tenant.id) as session:
            return batches.of_principal(session, principal.id, self.endpoints, page)

    def cancel(self, principal: Principal, name: str) -> Batch:
        """Stop a batch after the lines that are on their way.

        Raises:
            NotFound: as `find`.
            Conflict: it has ended.
        """
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            row = batches.find(session, principal.id, name, self.endpoints)
            if row is None:
                raise NotFound("There is no such batch, or it is not yours.")
            if row.status not in (RUNNING, CANCELLING):
                raise Conflict("It has ended.")
            row.status = CANCELLING
            row.cancelling_at = row.cancelling_at or self.clock.now()
        self._note(principal, "batch.cancelled", name)
        self.wake()
        return row

    def delete(self, principal: Principal, name: str) -> None:
        """Forget a batch with its requests and answers.

        Raises:
            NotFound: as `find`.
            Conflict: it has not ended, or a legal hold keeps it.
            AuditUnavailable: it could not be recorded, so it is still there.
        """
        row = self.find(principal, name)
        if row.ended_at is None:
            raise Conflict("It has not ended. Cancel it first.")
        require_free(self.database, principal)
        self._note(principal, "batch.deleted", name)
        for file in (row.input_file, row.output_file, row.error_file):
            if file:
                with suppress(NotFound):  # deleted by itself, or its time is over
                    self.files.delete(principal, file)
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            batches.forget(session, name)

    def _note(self, principal: Principal, action: str, target: str, **params: int) -> None:
        entry = administration(self.clock.now(), principal.pseudonym, action, target, **params)
        self.ledger.record_event(principal.tenant.id, entry)


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a file of requests that hold anything."""
    return [line for line in data.splitlines() if line.strip()]


def declared_purpose() -> str:
    """The purpose that the current request names for all lines.

    Raises:
        InvalidRequest: it cannot be one; or the request declares a data class.
    """
    if "x-proviso-data-class" in request.headers:
        # Better refused than forgotten: it would have made the lines stricter.
        raise InvalidRequest(
            "A batch takes no data class of its own.", param="x-proviso-data-class"
        )
    return declared.purpose(request.headers.get("x-proviso-purpose"))


def page_of(default: int, most: int, after: str, before: str = "") -> Page:
    """The page that the current request's query asks for, under these names of its API.

    Raises:
        InvalidRequest: ``limit`` is no number from 1 to `most`, or both ends are given.
    """
    said = request.args.get("limit", str(default))
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= most:
        raise InvalidRequest(f"limit must be a number from 1 to {most}.", param="limit")
    ends = [request.args.get(name, "") if name else "" for name in (after, before)]
    if all(ends):
        raise InvalidRequest(f"Give {after} or {before}, not both.", param=before)
    return Page(int(said), *ends)


def blueprint(rooms: Batches) -> Blueprint:
    """The batches of whoever asks."""
    api = Blueprint("batches", __name__)
    may = requires(Permission.TENANT_CHAT_CREATE)

    @api.post("/v1/batches")
    @may
    def begin(principal: Principal) -> Response:
        purpose = declared_purpose()
        asked = _asked(read_object(_EXAMPLE), rooms.endpoints, purpose)
        return _json(described(rooms.begin(principal, asked)))

    @api.get("/v1/batches")
    @may
    def listed(principal: Principal) -> Response:
        rows, more = rooms.of(principal, page_of(20, _LISTED, "after"))
        data = [described(row) for row in rows]
        ends = {"first_id": rows[0].id, "last_id": rows[-1].id} if rows else {}
        return _json({"object": "list", "data": data, **ends, "has_more": more})

    @api.get("/v1/batches/<name>")
    @may
    def one(principal: Principal, name: str) -> Response:
        return _json(described(rooms.find(principal, name)))

    @api.post("/v1/batches/<name>/cancel")
    @may
    def cancel(principal: Principal, name: str) -> Response:
        return _json(described(rooms.cancel(principal, name)))

    return api


def _asked(body: dict[str, Any], endpoints: Collection[str], purpose: str) -> Asked:
    endpoint, file = body.get("endpoint"), body.get("input_file_id")
    if not isinstance(endpoint, str) or endpoint not in endpoints:
        known = ", ".join(sorted(endpoints))
        raise InvalidRequest(f"endpoint must be one of {known}.", param="endpoint")
    if not isinstance(file, str):
        raise InvalidRequest(f"Send {_EXAMPLE}.", param="input_file_id")
    return Asked(endpoint, file, purpose, {})


_PROBLEMS: tuple[type[GatewayError], ...] = (ContentOff, NotFound, Unauthenticated)


def problem_of(row: Batch) -> GatewayError:
    """Why a batch failed, as an error."""
    for kind in _PROBLEMS:
        if kind.code == row.problem:
            return kind()
    return GatewayError()


def described(row: Batch) -> dict[str, Any]:
    """A batch in OpenAI's words."""
    return {
        "id": row.id,
        "object": "batch",
        "endpoint": row.endpoint,
        "errors": _errors(row),
        "input_file_id": row.input_file,
        "completion_window": "24h",
        "status": row.status,
        "output_file_id": row.output_file or None,
        "error_file_id": row.error_file or None,
        "created_at": _seconds(row.created_at),
        "in_progress_at": _seconds(row.created_at),
        "expires_at": _seconds(row.expires_at),
        "cancelling_at": _seconds(row.cancelling_at),
        **{
            f"{status}_at": _seconds(row.ended_at) if row.status == status else None
            for status in (COMPLETED, CANCELLED, EXPIRED, FAILED)
        },
        "request_counts": {
            "total": row.total,
            "completed": row.done - row.failed,
            "failed": row.failed,
        },
    }


def _errors(row: Batch) -> dict[str, Any] | None:
    if row.status != FAILED:
        return None
    error = problem_of(row)
    told = {"code": error.code, "message": error.message, "line": None, "param": None}
    return {"object": "list", "data": [told]}


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
