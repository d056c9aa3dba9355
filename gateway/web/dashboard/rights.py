"""The page where the rights record of an output is found by the output."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request

from gateway.content.attachments.attachment import Kind, Unreadable
from gateway.content.attachments.sniff import sniff
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest
from gateway.identity.permissions import Permission
from gateway.web import uploads
from gateway.web.api import rights as api
from gateway.web.api.rights import RightsRooms, scope
from gateway.web.auth import requires
from gateway.web.dashboard import media
from gateway.web.pages import SHOWING_A_PICTURE

if TYPE_CHECKING:
    from flask import Flask

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.rights.assembly import OutputRights
    from gateway.web.api.rights import Answer

_JSON = "application/json"
_LARGEST_SHOWN = 5_000_000


@dataclass(frozen=True, slots=True)
class RightsPage:
    """What the page shows and takes."""

    rooms: RightsRooms

    def show(self, principal: Principal) -> str:
        """The form."""
        return self._page(principal, None)

    def look_up(self, principal: Principal) -> Response:
        """What was found for the text, or the file; a picture is shown beside it.

        Raises:
            InvalidRequest: there is neither, or both.
            TooLarge: it is over the limit.
        """
        data, text = uploads.the_file(), request.form.get("text", "")
        if (data is None) == (not text.strip()):
            raise InvalidRequest("Paste a text, or choose one file.")
        answer = (
            self.rooms.text(principal, text) if data is None else self.rooms.file(principal, data)
        )
        shown = "" if data is None else _shown(data)
        page = Response(self._page(principal, answer, shown), mimetype="text/html")
        if shown:
            page.headers["Content-Security-Policy"] = SHOWING_A_PICTURE
        return page

    def record(self, principal: Principal, exchange_id: str) -> Response | str:
        """The record in words; signed and as JSON for who asks for that."""
        found = self.rooms.record(principal, exchange_id)
        if request.accept_mimetypes.best_match(["text/html", _JSON]) == _JSON:
            return Response(_written(found), mimetype=_JSON)
        rights = found["document"]["rights"]
        came, left = (
            [media.mark(item) for item in rights[name]] for name in ("marks_in", "marks_out")
        )
        return render_template(
            "rights_record.html",
            document=found["document"],
            verifier_key=found["verifier_key"],
            came=came,
            left=left,
        )

    def file(self, principal: Principal, exchange_id: str) -> Response:
        """The signed record, as a file."""
        return Response(
            _written(self.rooms.record(principal, exchange_id)),
            mimetype=_JSON,
            headers={"Content-Disposition": 'attachment; filename="rights-record.json"'},
        )

    @staticmethod
    def _page(principal: Principal, answer: Answer | None, shown: str = "") -> str:
        return render_template(
            "rights_lookup.html",
            answer=answer,
            shown=shown,
            everybody=scope(principal) is None,
            megabytes=uploads.LARGEST_FILE // 1_000_000,
        )


def register(app: Flask, rights: OutputRights, ledger: Ledger, clock: Clock) -> None:
    """Finding the rights record of an output, over the API and on its page."""
    rooms = RightsRooms(rights, ledger, clock)
    app.register_blueprint(api.blueprint(rooms))
    app.register_blueprint(blueprint(RightsPage(rooms)))


def blueprint(page: RightsPage) -> Blueprint:
    """The page's routes."""
    routes = Blueprint("rights", __name__)
    uploads.bound(routes)
    declare = requires(Permission.SELF_RIGHTS_READ)
    routes.get("/rights/lookup", endpoint="show")(declare(page.show))
    routes.post("/rights/lookup", endpoint="look_up")(declare(page.look_up))
    routes.get("/rights/records/<exchange_id>", endpoint="record")(declare(page.record))
    routes.get("/rights/records/<exchange_id>/file", endpoint="file")(declare(page.file))
    return routes


def _shown(data: bytes) -> str:
    """The picture as an address that holds it; empty for what is none, or is large."""
    try:
        found = sniff(data)
    except Unreadable:
        return ""
    if found is None or found.kind is not Kind.IMAGE or len(data) > _LARGEST_SHOWN:
        return ""
    return f"data:{found.media_type};base64,{base64.b64encode(data).decode()}"


def _written(signed: dict[str, Any]) -> str:
    return json.dumps(signed, indent=2, ensure_ascii=False)
