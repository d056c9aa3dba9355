"""The models this caller may use, and no others, in the form of the API that is asked.

``GET /v1/models`` is OpenAI's and Anthropic's at once; who asks with Anthropic's version header
is told in Anthropic's form. Gemini's is ``GET /v1beta/models``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.errors import NotFound
from gateway.identity.permissions import Permission
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.principal import Principal


def blueprint(catalogue: Catalogue) -> Blueprint:
    """The list of models, filtered by right."""
    api = Blueprint("models", __name__)

    def seen(principal: Principal) -> list[ModelEntry]:
        return catalogue.visible_to(principal.tenant.slug, principal.groups)

    @api.get("/v1/models")
    @api.get("/anthropic/v1/models")
    @requires(Permission.TENANT_MODELS_READ)
    def list_models(principal: Principal) -> Response:
        models = [_describe(model) for model in seen(principal)]
        if not _anthropic():
            return _json({"object": "list", "data": models})
        ends = [models[0]["id"], models[-1]["id"]] if models else [None, None]
        page = {"data": models, "has_more": False, "first_id": ends[0], "last_id": ends[1]}
        return _json(page)

    @api.get("/v1beta/models")
    @requires(Permission.TENANT_MODELS_READ)
    def list_gemini(principal: Principal) -> Response:
        return _json({"models": [_describe_gemini(model) for model in seen(principal)]})

    @api.get("/v1/models/<path:alias>")
    @api.get("/anthropic/v1/models/<path:alias>")
    @requires(Permission.TENANT_MODELS_READ)
    def one_model(principal: Principal, alias: str) -> Response:
        return _json(_describe(_one(seen(principal), alias)))

    @api.get("/v1beta/models/<path:alias>")
    @requires(Permission.TENANT_MODELS_READ)
    def one_gemini(principal: Principal, alias: str) -> Response:
        return _json(_describe_gemini(_one(seen(principal), alias)))

    return api


def _one(seen: list[ModelEntry], alias: str) -> ModelEntry:
    for model in seen:
        if model.alias == alias:
            return model
    raise NotFound("There is no such model, or you may not use it.", param="model")


def _anthropic() -> bool:
    """Whether the answer is read by a client of Anthropic's API."""
    return "anthropic-version" in request.headers or request.path.startswith("/anthropic/")


_UNKNOWN_DAY = "1970-01-01T00:00:00Z"
"""Anthropic's form for a model whose day of release is not known."""


def _describe(model: ModelEntry) -> dict[str, Any]:
    if _anthropic():
        named = {"id": model.alias, "display_name": model.alias}
        return {"type": "model", **named, "created_at": _UNKNOWN_DAY}
    return {
        "id": model.alias,
        "object": "model",
        "created": 0,
        "owned_by": model.provider.name,
        "display_name": model.alias,
    }


def _describe_gemini(model: ModelEntry) -> dict[str, Any]:
    return {
        "name": f"models/{model.alias}",
        "displayName": model.alias,
        "supportedGenerationMethods": ["generateContent"],
    }


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
