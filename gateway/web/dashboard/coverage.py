"""The page that shows what is proven of each address that generates or is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from gateway.identity.permissions import Permission
from gateway.web.api import coverage
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.principal import Principal
    from gateway.web.api.followed import Followed
    from gateway.web.api.generation import Batched, Route


def blueprint(
    routes: Sequence[Route], batches: Sequence[Batched], followed: Sequence[Followed]
) -> Blueprint:
    """The page's route, for these that generate, that take many requests, and that follow."""
    pages = Blueprint("coverage", __name__)

    @pages.get("/coverage", endpoint="show")
    @requires(Permission.TENANT_POLICY_READ)
    def show(principal: Principal) -> str:  # noqa: ARG001 - the same for everybody who may
        return render_template(
            "coverage.html",
            rows=coverage.rows(routes, batches, followed),
            ways=coverage.WAYS,
            meanings=coverage.MEANINGS,
            count=coverage.count(routes, batches, followed),
        )

    return pages
