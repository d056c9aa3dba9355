"""Anthropic's Message Batches: many messages in one request, each judged by itself.

They are worked through here as `gateway.web.api.batches` says, by the same worker. Requests and
answers are files of their person, sealed and gone with them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.core.media import Upload
from gateway.db.batches import CANCELLED, CANCELLING, EXPIRED, RUNNING
from gateway.errors import Conflict, InvalidRequest
from gateway.identity.permissions import Permission
from gateway.web.api import admission, declared
from gateway.web.api.batch_lines import ANTHROPIC_LINES
from gateway.web.api.batches import (
    MOST_LINES,
    OWN_PURPOSE,
    Asked,
    declared_purpose,
    lines_of,
    page_of,
    problem_of,
)
from gateway.web.api.routes import PROTOCOL
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.core.principal import Principal
    from gateway.db.batches import Batch
    from gateway.sections import LimitSettings
    from gateway.web.api.batches import Batches

ENDPOINT = "/v1/messages"
PREFIX = "msgbatch_"
_CUSTOM = re.compile(r"[a-zA-Z0-9_-]{1,64}", re.ASCII)
_MOST_LISTED = 1000
_STATES = {RUNNING: "in_progress", CANCELLING: "canceling"}
_UNANSWERED = {CANCELLED: "canceled", EXPIRED: "expired"}
"""What the lines are that nobody asked, by how their batch ended."""


class MessageBatches:
    """Batches in Anthropic's form, below one prefix of its addresses."""

    def __init__(self, rooms: Batches, limits: LimitSettings, address: str) -> None:
        """Those of `rooms`, below the public `address`."""
        self.rooms = rooms
        self._limits = limits
        self._address = f"{address}{ENDPOINT}/batches"

    def begin(self, principal: Principal) -> dict[str, Any]:
        """Begin the batch that the current request asks for.

        Raises:
            InvalidRequest, TooLarge: it cannot be read, or its lines cannot be told apart.
            ContentOff: the tenant keeps no content.
        """
        purpose = declared_purpose()
        passed_on = declared.passed_on(request.headers, PROTOCOL)
        raw = admission.read_body(request, self._limits.form_bytes)
        lines = _lines(admission.parse_json(raw, self._limits).get("requests"))
        data = b"".join(orjson.dumps(line) + b"\n" for line in lines)
        upload = Upload("requests.jsonl", "application/jsonl", data)
        kept = self.rooms.files.keep(principal, upload, OWN_PURPOSE)
        asked = Asked(ENDPOINT, kept.id, purpose, passed_on)
        return self.described(self.rooms.begin(principal, asked))

    def listed(self, principal: Principal) -> dict[str, Any]:
        """A page of the principal's batches, newest first."""
        rows, more = self.rooms.of(principal, page_of(20, _MOST_LISTED, "after_id", "before_id"))
        ends = (rows[0].id, rows[-1].id) if rows else (None, None)
        data = [self.described(row) for row in rows]
        return {"data": data, "has_more": more, "first_id": ends[0], "last_id": ends[1]}

    def results(self, principal: Principal, name: str) -> Iterator[bytes]:
        """The answers, line by line; what was never asked is told of too, while it is known.

        Raises:
            NotFound: there is no such batch, or the time of its answers is over.
            Conflict: it has not ended.
        """
        row, files = self.rooms.find(principal, name), self.rooms.files
        if row.ended_at is None:
            raise Conflict("It has not ended, so there are no results yet.")
        answers: list[bytes] = []
        unanswered: list[str] = []
        if row.output_file:
            answers = lines_of(files.open(principal, row.output_file).upload.data)
        if len(answers) < row.total:
            asked = lines_of(files.open(principal, row.input_file).upload.data)
            known = {_custom(line) for line in answers}
            unanswered = [item for line in asked if (item := _custom(line)) not in known]
        return _results(row, answers, unanswered)

    def described(self, row: Batch) -> dict[str, Any]:
        """A batch in Anthropic's words."""
        ended = row.ended_at is not None
        left = row.total - row.done
        counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        if not ended:
            counts["processing"] = row.total
        else:
            counts["succeeded"], counts["errored"] = row.done - row.failed, row.failed
            counts[_UNANSWERED.get(row.status, "errored")] += left
        return {
            "id": row.id,
            "type": "message_batch",
            "processing_status": _STATES.get(row.status, "ended"),
            "request_counts": counts,
            "created_at": _moment(row.created_at),
            "expires_at": _moment(row.expires_at),
            "ended_at": _moment(row.ended_at),
            "cancel_initiated_at": _moment(row.cancelling_at),
            "archived_at": None,
            "results_url": f"{self._address}/{row.id}/results" if ended else None,
        }


def _lines(given: Any) -> list[dict[str, Any]]:
    """The requests of a body, each with a name of its own. What they ask is judged one by one."""
    if not isinstance(given, list) or not 0 < len(given) <= MOST_LINES:
        raise InvalidRequest(
            f"requests must be a list of 1 to {MOST_LINES} objects.", param="requests"
        )
    names: set[str] = set()
    for at, line in enumerate(given):
        custom = line.get("custom_id") if isinstance(line, dict) else None
        if not isinstance(custom, str) or not _CUSTOM.fullmatch(custom) or custom in names:
            raise InvalidRequest(
                "Each request needs a custom_id of its own: 1 to 64 letters, digits, - and _.",
                param=f"requests.{at}.custom_id",
            )
        names.add(custom)
    return given


def _custom(line: bytes) -> str:
    return str(orjson.loads(line)["custom_id"])


def _results(row: Batch, answers: list[bytes], unanswered: list[str]) -> Iterator[bytes]:
    for line in answers:
        yield line + b"\n"
    kind = _UNANSWERED.get(row.status)
    for custom in unanswered:
        if kind is None:
            told = ANTHROPIC_LINES.failed(custom, "", problem_of(row))
        else:
            told = {"custom_id": custom, "result": {"type": kind}}
        yield orjson.dumps(told) + b"\n"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def blueprint(prefix: str, batches: MessageBatches) -> Blueprint:
    """The batches of whoever asks, below `prefix`."""
    api = Blueprint(f"{prefix}/message_batches".replace("/", "_"), __name__)
    may, path = requires(Permission.TENANT_CHAT_CREATE), f"{prefix}{ENDPOINT}/batches"

    @api.post(path)
    @may
    def begin(principal: Principal) -> Response:
        return _json(batches.begin(principal))

    @api.get(path)
    @may
    def listed(principal: Principal) -> Response:
        return _json(batches.listed(principal))

    @api.get(f"{path}/<name>")
    @may
    def one(principal: Principal, name: str) -> Response:
        return _json(batches.described(batches.rooms.find(principal, name)))

    @api.post(f"{path}/<name>/cancel")
    @may
    def cancel(principal: Principal, name: str) -> Response:
        return _json(batches.described(batches.rooms.cancel(principal, name)))

    @api.delete(f"{path}/<name>")
    @may
    def delete(principal: Principal, name: str) -> Response:
        batches.rooms.delete(principal, name)
        return _json({"id": name, "type": "message_batch_deleted"})

    @api.get(f"{path}/<name>/results")
    @may
    def results(principal: Principal, name: str) -> Response:
        lines = batches.results(principal, name)
        answer = Response(lines, content_type="application/x-jsonl")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return api


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
