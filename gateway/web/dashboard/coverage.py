"""The page that shows what is proven of each address that generates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from gateway.identity.permissions import Permission
from gateway.web.api import coverage
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.principal import Principal
    from gateway.web.api.generation import Route


def blueprint(routes: Sequence[Route]) -> Blueprint:
    """The page's route, for these that generate."""
    pages = Blueprint("coverage", __name__)

    @pages.get("/coverage", endpoint="show")
    @requires(Permission.TENANT_POLICY_READ)
    def show(principal: Principal) -> str:  # noqa: ARG001 - the same for everybody who may
        return render_template(
            "coverage.html",
            rows=coverage.rows(routes),
            ways=coverage.WAYS,
            meanings=coverage.MEANINGS,
            count=sum(1 for _ in coverage.cells(routes)),
        )

    return pages
