"""``/v1/approvals``: what a second person has approved for me, and approving for a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from gateway.attributes.answers import Approver, Wanted
from gateway.db import approvals
from gateway.errors import InvalidRequest
from gateway.identity.permissions import Permission
from gateway.web.api.body import read_object, text
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.core.principal import Principal
    from gateway.db.approvals import Approval
    from gateway.web.api.confirmations import AnswerRooms

_EXAMPLE = (
    '{"principal": "p_…", "code": "…", "reason": "…", "hours": N}, and "purpose" where it is '
    "for one purpose only"
)


def blueprint(rooms: AnswerRooms) -> Blueprint:
    """Approvals over the API."""
    api = Blueprint("approvals_api", __name__)

    @api.get("/v1/approvals")
    @requires(Permission.SELF_APPROVAL_READ)
    def mine(principal: Principal) -> Response:
        with rooms.database.tenant_session(principal.tenant.id) as session:
            rows = approvals.current(session, rooms.clock.now(), principal.pseudonym)
        return _json({"object": "list", "data": [_describe(row) for row in rows]}, 200)

    @api.post("/v1/approvals")
    @requires(Permission.TENANT_APPROVALS_CREATE)
    def approve(principal: Principal) -> Response:
        now = rooms.clock.now()
        row = rooms.answers.approve(
            Approver.signed_in(principal), _wanted(), now, rooms.recorder(principal, now)
        )
        return _json(_describe(row), 201)

    return api


def _wanted() -> Wanted:
    body = read_object(_EXAMPLE)
    hours = body.get("hours")
    if not isinstance(hours, int) or isinstance(hours, bool):
        raise InvalidRequest(f"Send {_EXAMPLE}.", param="hours")
    return Wanted(
        principal=text(body, "principal", _EXAMPLE),
        code=text(body, "code", _EXAMPLE),
        reason=text(body, "reason", _EXAMPLE),
        hours=hours,
        purpose=text(body, "purpose", _EXAMPLE, default=""),
    )


def _describe(row: Approval) -> dict[str, Any]:
    return {
        "object": "approval",
        "id": str(row.id),
        "principal": row.principal,
        "code": row.code,
        "purpose": row.purpose,
        "approver": row.approver,
        "approved_at": row.at,
        "expires_at": row.expires_at,
    }


def _json(document: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(document), status, mimetype="application/json")
