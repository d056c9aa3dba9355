"""The pages where providers' terms are read with their sources, and confirmed by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.core.values import dataclass
from gateway.identity.permissions import Permission, granted
from gateway.terms.statements import DECIDING
from gateway.terms.told import value
from gateway.web.auth import requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.core.principal import Principal
    from gateway.web.api.terms import TermsRooms

_FRESH = "current"


@dataclass(frozen=True, slots=True)
class TermsPages:
    """What the pages show and take."""

    rooms: TermsRooms

    def show(self, principal: Principal) -> str:
        """The tiers and how their facts stand."""
        everything = request.args.get("all") == "true"
        editions = self.rooms.registry.editions
        return render_template(
            "terms.html",
            tiers=self.rooms.tiers(principal, everything=everything),
            providers=self.rooms.providers,
            everything=everything,
            edition=self.rooms.registry.version,
            problem=editions.problem,
        )

    def tier(self, principal: Principal, tier: str) -> str:
        """One tier: what it comes to, and every statement with its sources and its state."""
        found = self.rooms.tier(principal, tier)
        return render_template(
            "terms_tier.html",
            found=found,
            providers=self.rooms.providers.get(tier, ()),
            now=self.rooms.clock.now(),
            deciding=DECIDING,
            stale=[it for it in found.statements if it.fact.established and it.state != _FRESH],
            value=value,
            may_confirm=Permission.TENANT_TERMS_REVIEW in granted(principal),
        )

    def confirm(self, principal: Principal, tier: str) -> Response:
        """Keep what the person ticked."""
        self.rooms.confirm(principal, tier, request.form.getlist("digest"))
        return redirect(url_for("terms.tier", tier=tier), 303)


def blueprint(pages: TermsPages) -> Blueprint:
    """The pages' routes."""
    routes = Blueprint("terms", __name__)
    may_read = requires(Permission.TENANT_TERMS_READ)
    routes.get("/terms", endpoint="show")(may_read(pages.show))
    routes.get("/terms/<path:tier>", endpoint="tier")(may_read(pages.tier))
    routes.post("/terms/<path:tier>", endpoint="confirm")(
        requires(Permission.TENANT_TERMS_REVIEW)(pages.confirm)
    )
    return routes
