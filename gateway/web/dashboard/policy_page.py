"""The page that shows the effective policy: every rule, every value, and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from gateway.attributes.parameters import TENANT_LEVEL, Stored
from gateway.attributes.standing import standing
from gateway.core.values import dataclass
from gateway.db import parameters, profiles
from gateway.identity.permissions import Permission
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.attributes.parameters import Parameters
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.pdp.bundle import Bundle


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What the page shows."""

    database: Database
    tuning: Parameters
    in_force: Callable[[], Bundle]
    """The policies that requests are judged by when the page is asked for."""

    def show(self, principal: Principal) -> str:
        """The policy for everybody, or as it counts for members of one group."""
        group, bundle = request.args.get("group", "")[:100], self.in_force()
        with self.database.tenant_session(principal.tenant.id) as session:
            rows = parameters.every(session)
            profile = profiles.of_tenant(session)
        stored = [Stored(row.group, row.name, row.value, row.exempt) for row in rows]
        groups = sorted({row.group for row in rows} - {TENANT_LEVEL})
        policy = self.tuning.effective(stored, [group] if group in groups else [])
        seats = profile.establishments if profile is not None else []
        return render_template(
            "policy.html",
            rules=standing(bundle.annotations, policy, bundle.european, seats),
            values=[item for item in policy.values if not item.declared.switch],
            conflicts=policy.conflicts,
            groups=groups,
            group=group if group in groups else "",
            profile=profile,
            revision=bundle.revision,
        )


def blueprint(page: PolicyPage) -> Blueprint:
    """The page's route."""
    routes = Blueprint("policy", __name__)
    routes.get("/policy", endpoint="show")(requires(Permission.TENANT_POLICY_READ)(page.show))
    return routes
