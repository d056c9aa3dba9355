"""The page where those who run a tenant's accounts give out and stop gateway keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.core.values import dataclass
from gateway.identity.key_desk import LONGEST_ADDRESS, LONGEST_LABEL, Wanted
from gateway.identity.keys import PREFIX
from gateway.identity.permissions import Permission, granted
from gateway.web.auth import requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.core.principal import Principal
    from gateway.identity.keys import NewKey
    from gateway.web.api.keys import KeyRooms


@dataclass(frozen=True, slots=True)
class KeyPage:
    """What the page shows and takes."""

    rooms: KeyRooms

    def show(self, principal: Principal) -> str:
        """The tenant's keys."""
        return self._page(principal, None, "")

    def give(self, principal: Principal) -> str:
        """Make a key, and show it on the page that answers: it is kept nowhere to be fetched."""
        form = request.form
        name, kind = form.get("name", ""), form.get("kind", "")
        wanted = Wanted(
            email=name if kind == "person" else "",
            workload=name if kind == "workload" else "",
            label=form.get("label", ""),
        )
        return self._page(principal, self.rooms.give(principal, wanted), name.strip())

    def stop(self, principal: Principal, key_id: str) -> Response:
        """Stop a key."""
        self.rooms.stop(principal, key_id)
        return redirect(url_for("keys.show"), 303)

    def _page(self, principal: Principal, made: NewKey | None, holder: str) -> str:
        may = granted(principal)
        return render_template(
            "keys.html",
            keys=self.rooms.listed(principal),
            made=made,
            holder=holder,
            prefix=PREFIX,
            may_give=Permission.TENANT_KEYS_CREATE in may,
            may_stop=Permission.TENANT_KEYS_REVOKE in may,
            longest_name=LONGEST_ADDRESS,
            longest_label=LONGEST_LABEL,
        )


def blueprint(page: KeyPage) -> Blueprint:
    """The page's routes."""
    routes = Blueprint("keys", __name__)
    routes.get("/keys", endpoint="show")(requires(Permission.TENANT_KEYS_READ)(page.show))
    routes.post("/keys", endpoint="give")(requires(Permission.TENANT_KEYS_CREATE)(page.give))
    routes.post("/keys/<key_id>/revoke", endpoint="stop")(
        requires(Permission.TENANT_KEYS_REVOKE)(page.stop)
    )
    return routes
