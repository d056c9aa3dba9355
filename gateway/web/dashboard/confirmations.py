"""The page where people give their own word on what a rule asked of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.attributes.answers import CONFIRM
from gateway.attributes.resolve import CONFIRMED_FOR
from gateway.core.values import dataclass
from gateway.db.search_words import Filter
from gateway.identity.permissions import Permission
from gateway.web.auth import requires
from gateway.web.dashboard.asked import asked

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.core.principal import Principal
    from gateway.reasons import Reasons
    from gateway.web.api.confirmations import AnswerRooms

_LOOK_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ConfirmationPage:
    """What the page shows and takes."""

    rooms: AnswerRooms
    reasons: Reasons

    def show(self, principal: Principal) -> str:
        """What was asked of this person lately, and what they have confirmed."""
        wanted = Filter(
            effect="deny",
            principal=principal.pseudonym,
            since=self.rooms.clock.now() - _LOOK_BACK,
        )
        given = self.rooms.confirmed(principal)
        settled = {(row.code, row.purpose) for row in given}
        with self.rooms.database.tenant_session(principal.tenant.id) as session:
            found = asked(session, wanted, CONFIRM, self.rooms.answers)
        # A word is given for a purpose; one that is not known has none to give it for.
        open_now = [
            item
            for item in found
            if item.purpose and (item.reason.code, item.purpose) not in settled
        ]
        return render_template(
            "confirmations.html",
            asked=[(item, self.reasons.explain(item.reason)) for item in open_now],
            given=[(row, self._rule(row.code), row.at + CONFIRMED_FOR) for row in given],
            hours=int(CONFIRMED_FOR.total_seconds()) // 3600,
        )

    def confirm(self, principal: Principal) -> Response:
        """Take one's word and show the page again."""
        code, purpose = request.form.get("code", ""), request.form.get("purpose", "")
        self.rooms.confirm(principal, code, purpose, "page")
        return redirect(url_for("confirmations.show", done="confirmed"), 303)

    def _rule(self, code: str) -> str:
        found = self.rooms.answers.codes.get(code)
        return f"{found.rule} · {found.title}" if found is not None else code


def blueprint(page: ConfirmationPage) -> Blueprint:
    """The page's routes."""
    routes = Blueprint("confirmations", __name__)
    declare = requires(Permission.SELF_CONFIRMATION_CREATE)
    routes.get("/confirmations", endpoint="show")(declare(page.show))
    routes.post("/confirmations", endpoint="confirm")(declare(page.confirm))
    return routes
