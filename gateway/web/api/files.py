"""``/v1/files``: files for later, kept here under their person's key, and at no provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.core.media import Upload
from gateway.errors import InvalidRequest
from gateway.identity.permissions import Permission
from gateway.web.api.reading import read_form
from gateway.web.auth import requires

if TYPE_CHECKING:
    from gateway.core.principal import Principal
    from gateway.pep.files import FileFacts, Files
    from gateway.sections import LimitSettings

PURPOSES = ("batch", "user_data", "vision")
"""What a file may be for. Assistants and fine-tuning would keep it at a provider."""


def blueprint(files: Files, limits: LimitSettings) -> Blueprint:
    """The files of whoever asks."""
    api = Blueprint("files", __name__)
    may = requires(Permission.TENANT_CHAT_CREATE)

    @api.post("/v1/files")
    @may
    def keep(principal: Principal) -> Response:
        upload, purpose = _handed_over(limits)
        return _json(described(files.keep(principal, upload, purpose)))

    @api.get("/v1/files")
    @may
    def listed(principal: Principal) -> Response:
        wanted = request.args.get("purpose", "")
        data = [
            described(item) for item in files.of(principal) if wanted in ("", item.purpose)
        ]  # fmt: skip
        return _json({"object": "list", "data": data, "has_more": False})

    @api.get("/v1/files/<name>")
    @may
    def one(principal: Principal, name: str) -> Response:
        return _json(described(files.find(principal, name)))

    @api.get("/v1/files/<name>/content")
    @may
    def content(principal: Principal, name: str) -> Response:
        kept = files.open(principal, name)
        answer = Response(kept.data, content_type="application/octet-stream")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @api.delete("/v1/files/<name>")
    @may
    def delete(principal: Principal, name: str) -> Response:
        files.delete(principal, name)
        return _json({"id": name, "object": "file", "deleted": True})

    return api


def described(kept: FileFacts) -> dict[str, Any]:
    """A file in OpenAI's words."""
    return {
        "id": kept.id,
        "object": "file",
        "bytes": kept.size,
        "created_at": int(kept.created_at.timestamp()),
        "expires_at": int(kept.expires_at.timestamp()),
        "filename": kept.name,
        "purpose": kept.purpose,
        "status": "processed",
    }


def _handed_over(limits: LimitSettings) -> tuple[Upload, str]:
    body = read_form(request, limits, {}).body
    upload, purpose = body.get("file"), body.get("purpose")
    if not isinstance(upload, Upload):
        raise InvalidRequest("file must be a file of the form.", param="file")
    if purpose not in PURPOSES:
        known = ", ".join(PURPOSES)
        raise InvalidRequest(f"purpose must be one of {known}.", param="purpose")
    return upload, str(purpose)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
