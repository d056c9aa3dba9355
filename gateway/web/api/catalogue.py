"""``GET /v1/models``: the models this caller may use, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from gateway.errors import NotFound
from gateway.identity.permissions import Permission
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.principal import Principal


def blueprint(catalogue: Catalogue) -> Blueprint:
    """The list of models, filtered by right."""
    api = Blueprint("models", __name__)

    @api.get("/v1/models")
    @requires(Permission.TENANT_MODELS_READ)
    def list_models(principal: Principal) -> Response:
        visible = catalogue.visible_to(principal.tenant.slug, principal.groups)
        return _json({"object": "list", "data": [_describe(model) for model in visible]})

    @api.get("/v1/models/<path:alias>")
    @requires(Permission.TENANT_MODELS_READ)
    def one_model(principal: Principal, alias: str) -> Response:
        visible = catalogue.visible_to(principal.tenant.slug, principal.groups)
        for model in visible:
            if model.alias == alias:
                return _json(_describe(model))
        raise NotFound("There is no such model, or you may not use it.", param="model")

    return api


def _describe(model: ModelEntry) -> dict[str, Any]:
    return {
        "id": model.alias,
        "object": "model",
        "created": 0,
        "owned_by": model.provider.name,
        "display_name": model.alias,
    }


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
