"""The page where a second person approves what a rule does not let people decide alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.attributes.answers import APPROVE, LONGEST_REASON, Approver, Wanted
from gateway.audit.entries import reading
from gateway.core.values import dataclass
from gateway.db import approvals
from gateway.db.search_words import Filter
from gateway.errors import NotFound
from gateway.identity.permissions import Permission
from gateway.web.auth import requires
from gateway.web.dashboard.asked import asked

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.core.principal import Principal
    from gateway.reasons import Reasons
    from gateway.web.api.confirmations import AnswerRooms

_LOOK_BACK = timedelta(days=7)
_HOURS = (4, 24, 72)


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """What the page shows and takes."""

    rooms: AnswerRooms
    reasons: Reasons

    def show(self, principal: Principal) -> str:
        """Refusals that wait for a second person, and approvals that count; reading is noted."""
        now = self.rooms.clock.now()
        wanted = Filter(effect="deny", since=now - _LOOK_BACK)
        with self.rooms.database.tenant_session(principal.tenant.id) as session:
            found = asked(session, wanted, APPROVE, self.rooms.answers)
            current = approvals.current(session, now)
        granted = {(row.principal, row.code, row.purpose) for row in current}
        waiting = [
            item
            for item in found
            if (item.principal, item.reason.code, item.purpose) not in granted
            and (item.principal, item.reason.code, "") not in granted
        ]
        entry = reading(now, principal.pseudonym, "approvals.read", waiting=len(waiting))
        self.rooms.ledger.record_event(principal.tenant.id, entry)
        return render_template(
            "approvals.html",
            waiting=[(item, self.reasons.explain(item.reason)) for item in waiting],
            current=[(row, self._rule(row.code)) for row in current],
            own=principal.pseudonym,
            choices=_HOURS,
            longest=LONGEST_REASON,
        )

    def approve(self, principal: Principal) -> Response:
        """Approve one question, for its purpose or for each."""
        form, now = request.form, self.rooms.clock.now()
        hours = form.get("hours", "")
        wanted = Wanted(
            principal=form.get("principal", ""),
            code=form.get("code", ""),
            reason=form.get("reason", ""),
            hours=int(hours) if hours.isdecimal() and len(hours) < 4 else 0,
            purpose=form.get("purpose", ""),
        )
        record = self.rooms.recorder(principal, now)
        self.rooms.answers.approve(Approver.signed_in(principal), wanted, now, record)
        return redirect(url_for("approvals.show", done="approved"), 303)

    def revoke(self, principal: Principal, approval: str) -> Response:
        """Take an approval back."""
        now = self.rooms.clock.now()
        try:
            wanted = UUID(approval)
        except ValueError:
            raise NotFound from None
        record = self.rooms.recorder(principal, now)
        self.rooms.answers.revoke(Approver.signed_in(principal), wanted, now, record)
        return redirect(url_for("approvals.show", done="revoked"), 303)

    def _rule(self, code: str) -> str:
        found = self.rooms.answers.codes.get(code)
        return f"{found.rule} · {found.title}" if found is not None else code


def blueprint(page: ApprovalPage) -> Blueprint:
    """The page's routes."""
    routes = Blueprint("approvals", __name__)
    declare = requires(Permission.TENANT_APPROVALS_CREATE)
    routes.get("/approvals", endpoint="show")(declare(page.show))
    routes.post("/approvals", endpoint="approve")(declare(page.approve))
    routes.post("/approvals/<approval>/revoke", endpoint="revoke")(declare(page.revoke))
    return routes
