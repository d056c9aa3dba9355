"""``/v1/confirmations``: a person's own word on what a rule asks them to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from gateway.attributes.resolve import CONFIRMED_FOR
from gateway.audit.entries import administration
from gateway.core.values import dataclass
from gateway.db import confirmations
from gateway.identity.permissions import Permission
from gateway.web.api.body import read_object, text
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateway.attributes.answers import Answers
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.confirmations import Confirmation
    from gateway.db.session import Database

_EXAMPLE = '{"code": "…", "purpose": "…"} with the code of the refusal'


@dataclass(frozen=True, slots=True)
class AnswerRooms:
    """What taking an answer needs, over the API and on the pages."""

    database: Database
    ledger: Ledger
    clock: Clock
    answers: Answers

    def recorder(self, principal: Principal, at: datetime) -> Callable[..., None]:
        """Notes changes in the tenant's log, with `principal` as the actor."""

        def record(action: str, target: str, **params: str | int | bool) -> None:
            entry = administration(at, principal.pseudonym, action, target, **params)
            self.ledger.record_event(principal.tenant.id, entry)

        return record

    def confirm(self, principal: Principal, code: str, purpose: str, channel: str) -> None:
        """Take one's own word, now.

        Raises:
            NotFound, Forbidden, AuditUnavailable: as `Answers.confirm`.
        """
        now = self.clock.now()
        record = self.recorder(principal, now)
        self.answers.confirm(principal, code, purpose, now, channel, record)

    def confirmed(self, principal: Principal) -> list[Confirmation]:
        """What this person confirmed and what still counts, newest first."""
        since = self.clock.now() - CONFIRMED_FOR
        with self.database.tenant_session(principal.tenant.id) as session:
            return confirmations.of_person(session, principal.id, since)


def blueprint(rooms: AnswerRooms) -> Blueprint:
    """Confirmations over the API."""
    api = Blueprint("confirmations_api", __name__)

    @api.get("/v1/confirmations")
    @requires(Permission.SELF_CONFIRMATION_CREATE)
    def read(principal: Principal) -> Response:
        return _list(rooms, principal, 200)

    @api.post("/v1/confirmations")
    @requires(Permission.SELF_CONFIRMATION_CREATE)
    def confirm(principal: Principal) -> Response:
        body = read_object(_EXAMPLE)
        code = text(body, "code", _EXAMPLE)
        rooms.confirm(principal, code, text(body, "purpose", _EXAMPLE, default=""), "api")
        return _list(rooms, principal, 201)

    return api


def _list(rooms: AnswerRooms, principal: Principal, status: int) -> Response:
    data = [_describe(item) for item in rooms.confirmed(principal)]
    document = {"object": "list", "data": data}
    return Response(orjson.dumps(document), status, mimetype="application/json")


def _describe(row: Confirmation) -> dict[str, Any]:
    return {
        "object": "confirmation",
        "code": row.code,
        "purpose": row.purpose,
        "confirmed_at": row.at,
        "expires_at": row.at + CONFIRMED_FOR,
    }
