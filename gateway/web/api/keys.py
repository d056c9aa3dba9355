"""``/v1/keys``: a tenant's gateway keys, for the programs of those who run its accounts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from flask import Blueprint, Response

from gateway.audit.entries import administration
from gateway.core.values import dataclass
from gateway.errors import NotFound
from gateway.identity.key_desk import Wanted
from gateway.identity.permissions import Permission
from gateway.web.api.body import read_object, text
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.identity.assembly import Identity
    from gateway.identity.keys import HeldKey, KeyFacts, NewKey

_EXAMPLE = '{"for": "name@company.example", "label": "…"}, or "workload" instead of "for"'


@dataclass(frozen=True, slots=True)
class KeyRooms:
    """What giving out keys needs, over the API and on the page."""

    identity: Identity
    ledger: Ledger
    clock: Clock

    def listed(self, principal: Principal) -> Sequence[HeldKey]:
        """The keys of the principal's tenant, newest first."""
        return self.identity.keys.held(principal.tenant.id)

    def give(self, principal: Principal, wanted: Wanted) -> NewKey:
        """A new key, made by `principal`.

        Raises:
            InvalidRequest, Conflict, AuditUnavailable: as `KeyDesk.give`.
        """
        record = partial(self._record, principal)
        return self.identity.desk.give(principal.tenant.id, wanted, principal.pseudonym, record)

    def stop(self, principal: Principal, key_id: str) -> KeyFacts:
        """Stop a key, by `principal`.

        Raises:
            NotFound: the tenant has no such key.
            AuditUnavailable: as `KeyDesk.stop`.
        """
        try:
            wanted = UUID(key_id)
        except ValueError:
            raise NotFound("There is no key of that id.") from None
        record = partial(self._record, principal)
        return self.identity.desk.stop(principal.tenant.id, wanted, record)

    def _record(self, by: Principal, action: str, target: str, **params: str | int | bool) -> None:
        entry = administration(self.clock.now(), by.pseudonym, action, target, **params)
        self.ledger.record_event(by.tenant.id, entry)


def blueprint(rooms: KeyRooms) -> Blueprint:
    """Keys over the API."""
    api = Blueprint("keys_api", __name__)

    @api.get("/v1/keys")
    @requires(Permission.TENANT_KEYS_READ)
    def listed(principal: Principal) -> Response:
        data = [_described(item) for item in rooms.listed(principal)]
        return _json({"object": "list", "data": data}, 200)

    @api.post("/v1/keys")
    @requires(Permission.TENANT_KEYS_CREATE)
    def give(principal: Principal) -> Response:
        made = rooms.give(principal, _wanted())
        return _json({**_facts(made.facts), "key": made.text}, 201)

    @api.delete("/v1/keys/<key_id>")
    @requires(Permission.TENANT_KEYS_REVOKE)
    def stop(principal: Principal, key_id: str) -> Response:
        return _json(_facts(rooms.stop(principal, key_id)), 200)

    return api


def _wanted() -> Wanted:
    body = read_object(_EXAMPLE)
    return Wanted(
        email=text(body, "for", _EXAMPLE, default=""),
        workload=text(body, "workload", _EXAMPLE, default=""),
        label=text(body, "label", _EXAMPLE, default=""),
    )


def _described(item: HeldKey) -> dict[str, Any]:
    holder = {"kind": item.kind.value, "name": item.name, "active": item.active}
    return {**_facts(item.facts), "holder": holder}


def _facts(facts: KeyFacts) -> dict[str, Any]:
    return {
        "object": "key",
        "id": str(facts.id),
        "label": facts.label,
        "hint": facts.hint,
        "created_at": facts.created_at,
        "last_used_on": facts.last_used_on,
        "revoked_at": facts.revoked_at,
    }


def _json(document: dict[str, Any], status: int) -> Response:
    answer = Response(orjson.dumps(document), status, mimetype="application/json")
    # One of these answers is the only appearance of a key.
    answer.headers["Cache-Control"] = "no-store"
    return answer
