"""What follows once an answer is stored: it is fetched, gone on with, cancelled or deleted.

Asking how far an answer is tells the provider nothing it does not know. Fetching one is an exchange
of its own: policy may have changed since, and its words are judged when they are released.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import administration
from gateway.errors import Conflict, InvalidRequest, NotFound, ProviderError
from gateway.identity.permissions import Permission
from gateway.pep.held import require_free
from gateway.shapes.stored_responses import (
    BACKGROUND,
    INPUT,
    NAME,
    PREVIOUS,
    QUERY,
    STORED,
    UPSTREAM,
    is_pending,
    state_of,
)
from gateway.web.api.generation import Route
from gateway.web.api.reading import Reading, read_json
from gateway.web.application import incoming
from gateway.web.auth import requires
from gateway.web.dialects.choice import OPENAI_RESPONSES, STORED_RESPONSES

if TYPE_CHECKING:
    from gateway.audit.ledger import Ledger
    from gateway.core.catalogue import Catalogue
    from gateway.core.principal import Principal
    from gateway.core.stored import Stored
    from gateway.db.stored_responses import StoredResponse
    from gateway.pep.stored import StoredResponses
    from gateway.web.api.generation import Generation

_PATH = "/v1/responses/<name>"
STORED_ROUTE = Route(_PATH, STORED, STORED_RESPONSES, read_json)
BACKGROUND_ROUTE = replace(STORED_ROUTE, shape=BACKGROUND)
INPUT_ROUTE = Route(f"{_PATH}/input_items", INPUT, OPENAI_RESPONSES, read_json, streams=False)

_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_ASKED = {
    "after": re.compile(r"[\w.-]{1,200}", re.ASCII),
    "limit": re.compile(r"[1-9][0-9]?|100"),
    "order": re.compile(r"asc|desc"),
}
"""What the list of an answer's input may be asked for."""


class Earlier:
    """Finds the stored answer that a request goes on with."""

    def __init__(self, stored: StoredResponses, catalogue: Catalogue) -> None:
        """Among `stored`; `catalogue` says who runs a model."""
        self._stored = stored
        self._catalogue = catalogue

    def of(self, principal: Principal, body: dict[str, Any]) -> Stored | None:
        """The stored answer that `body` names; None when it names none.

        Raises:
            NotFound: there is none of that name, or it is not theirs.
            InvalidRequest: the model asked for is another provider's, who does not know it.
        """
        name = body.get("previous_response_id")
        if not isinstance(name, str):
            return None
        row = self._stored.find(principal, name, "previous_response_id")
        model = self._catalogue.find(body["model"])
        if model is not None and model.provider.name != row.provider:
            raise InvalidRequest(
                "The answer that this goes on with is kept by another provider. Ask "
                f"{row.alias}, or send the whole conversation in input.",
                param="model",
            )
        return self._stored.opened(principal, row, "previous_response_id")


class StoredRoutes:
    """Stored answers of a principal, whoever keeps them."""

    def __init__(self, generation: Generation, stored: StoredResponses, ledger: Ledger) -> None:
        """Exchanges go through `generation`; what is asked beside them stands in `ledger`."""
        self._generation = generation
        self._stored = stored
        self._ledger = ledger

    def fetch(self, principal: Principal, name: str) -> Response:
        """The answer, if policy lets it out now; its state while it is not there yet."""
        row = self._stored.find(principal, name)
        if request.args.get("stream") in ("true", "1"):
            return self._resumed(principal, row)
        if not row.background:
            return self._carried(STORED_ROUTE, principal, row)
        answer = self._stored.calls.asked(row)
        if is_pending(answer):
            return _json(_state(row, answer))
        if not self._stored.count(principal, name, counted=True):
            return self._carried(STORED_ROUTE, principal, row)
        try:
            return self._carried(BACKGROUND_ROUTE, principal, row)
        except ProviderError:
            # What it used stands nowhere yet.
            self._stored.count(principal, name, counted=False)
            raise

    def input_items(self, principal: Principal, name: str) -> Response:
        """What the answer was asked with, in the caller's own words."""
        asked = {key: value for key, value in request.args.items() if key in _ASKED}
        for key, value in asked.items():
            if not _ASKED[key].fullmatch(value):
                raise InvalidRequest(f"{key} is not one that can be asked for.", param=key)
        row = self._stored.find(principal, name)
        query = f"?{urlencode(sorted(asked.items()))}" if asked else ""
        return self._carried(INPUT_ROUTE, principal, row, query)

    def cancel(self, principal: Principal, name: str) -> dict[str, Any]:
        """Stop an answer that nobody waits for; its state then.

        Raises:
            NotFound: it is not the principal's, or its time is over.
            Conflict: it was waited for.
            ProviderError: the provider gave no usable answer.
        """
        row = self._stored.find(principal, name)
        if not row.background:
            raise Conflict("Only what runs in the background can be cancelled.")
        told = self._stored.calls.asked(row, "POST", "/cancel")
        self._note(principal, "response.cancelled", row)
        return _state(row, told)

    def delete(self, principal: Principal, name: str) -> dict[str, Any]:
        """Have the provider delete an answer, and forget it.

        Raises:
            NotFound, ProviderError: as `cancel`.
            Conflict: a legal hold keeps it.
            AuditUnavailable: it could not be recorded; asking again does it.
        """
        row = self._stored.find(principal, name)
        require_free(self._stored.database, principal)
        with suppress(NotFound):  # it went by itself, or before its end could be recorded
            self._stored.calls.asked(row, "DELETE")
        self._note(principal, "response.deleted", row)
        self._stored.forget(principal, row.id)
        return {"id": row.id, "object": "response", "deleted": True}

    def _resumed(self, principal: Principal, row: StoredResponse) -> Response:
        """The answer as a stream, or what is left of it.

        It is asked for and judged from its beginning, whatever the caller has had: the provider
        numbers its events otherwise, and no value is restored in half a placeholder.
        """
        after = request.args.get("starting_after", "0")
        if not _NUMBER.fullmatch(after):
            raise InvalidRequest("It must be the number of an event.", param="starting_after")
        route = STORED_ROUTE if row.counted else BACKGROUND_ROUTE
        return self._carried(route, principal, row, stream=True)

    def _carried(
        self,
        route: Route,
        principal: Principal,
        row: StoredResponse,
        query: str = "",
        *,
        stream: bool = False,
    ) -> Response:
        def read() -> Reading:
            body = {
                "model": row.alias,
                UPSTREAM: row.upstream_id,
                NAME: row.id,
                PREVIOUS: row.previous,
                QUERY: query,
                "text": {"format": {"type": row.format}},
            }
            known = self._stored.opened(principal, row)
            return Reading(body, row.alias, stream, 0, row.id.encode(), known)

        return self._generation.carry(route, incoming(), principal, read)

    def _note(self, principal: Principal, action: str, row: StoredResponse) -> None:
        now = self._stored.clock.now()
        entry = administration(now, principal.pseudonym, action, row.id, exchange=row.exchange_id)
        self._ledger.record_event(principal.tenant.id, entry)


def blueprint(routes: StoredRoutes) -> Blueprint:
    """The routes that follow a stored answer."""
    api = Blueprint("stored", __name__)
    may = requires(Permission.TENANT_CHAT_CREATE)

    @api.get(_PATH)
    @may
    def fetch(principal: Principal, name: str) -> Response:
        return routes.fetch(principal, name)

    @api.delete(_PATH)
    @may
    def delete(principal: Principal, name: str) -> Response:
        return _json(routes.delete(principal, name))

    @api.get(f"{_PATH}/input_items")
    @may
    def input_items(principal: Principal, name: str) -> Response:
        return routes.input_items(principal, name)

    @api.post(f"{_PATH}/cancel")
    @may
    def cancel(principal: Principal, name: str) -> Response:
        return _json(routes.cancel(principal, name))

    return api


def _state(row: StoredResponse, answer: dict[str, Any]) -> dict[str, Any]:
    return state_of(answer, row.id, row.alias, row.previous)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
