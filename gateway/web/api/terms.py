"""``/v1/terms``: what providers' contracts say, how that stands, and a person's word for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.audit.entries import administration
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest, NotFound
from gateway.identity.permissions import Permission
from gateway.terms import reviewing, told
from gateway.terms.evidence import Signatory
from gateway.web.api.body import read_object
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.terms.beliefs import Override
    from gateway.terms.effective import EffectiveTerms, ReviewState
    from gateway.terms.registry import TermsRegistry
    from gateway.terms.statements import Source
    from gateway.terms.told import TierStanding

_EXAMPLE = '{"digests": ["…"]} with the digests of the statements that you confirm'


@dataclass(frozen=True, slots=True)
class TierFacts:
    """Everything about one tier, as it stands with a tenant."""

    tier: str
    name: str
    effective: EffectiveTerms
    statements: Sequence[ReviewState]
    overrides: Sequence[Override]
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class TermsRooms:
    """What reading and confirming terms needs, over the API and on the pages."""

    registry: TermsRegistry
    ledger: Ledger
    clock: Clock
    providers: Mapping[str, Sequence[str]]
    """The names of the configured providers, by tier."""

    def tiers(self, principal: Principal, *, everything: bool) -> list[TierStanding]:
        """The tiers that are configured here, or every tier that is known."""
        used = None if everything else self.providers
        return told.tiers(self.registry, principal.tenant, self.clock.now(), used)

    def tier(self, principal: Principal, tier: str) -> TierFacts:
        """One tier, statement by statement.

        Raises:
            NotFound: there is none of that name.
        """
        tenant, now, base = principal.tenant, self.clock.now(), self.registry.base
        if tier not in base.tiers:
            raise NotFound("There is no tier of that name.")
        agreed = self.registry.record(tenant).overrides
        return TierFacts(
            tier=tier,
            name=base.tiers[tier].name,
            effective=self.registry.effective(tenant, tier, "", now),
            statements=self.registry.states(tenant, tier, now),
            overrides=[item for item in agreed if item.row.tier == tier],
            sources=base.sources,
        )

    def confirm(
        self, principal: Principal, tier: str, digests: Collection[str]
    ) -> list[ReviewState]:
        """Keep that the signed-in person confirms these statements.

        Raises:
            Forbidden, NotFound, InvalidRequest, Conflict, AuditUnavailable: as
                `reviewing.confirm`.
        """
        by, now = Signatory.signed_in(principal), self.clock.now()
        record = partial(self._record, principal)
        return reviewing.confirm(self.registry, principal.tenant, tier, digests, by, now, record)

    def _record(self, by: Principal, action: str, target: str, **params: str | int | bool) -> None:
        entry = administration(self.clock.now(), by.pseudonym, action, target, **params)
        self.ledger.record_event(by.tenant.id, entry)


def blueprint(rooms: TermsRooms) -> Blueprint:
    """Terms over the API."""
    api = Blueprint("terms_api", __name__)

    @api.get("/v1/terms")
    @requires(Permission.TENANT_TERMS_READ)
    def listed(principal: Principal) -> Response:
        found = rooms.tiers(principal, everything=request.args.get("all") == "true")
        data = [_standing(item, rooms.providers) for item in found]
        return _json({"object": "list", "edition": rooms.registry.version, "data": data}, 200)

    @api.get("/v1/terms/<path:tier>")
    @requires(Permission.TENANT_TERMS_READ)
    def one(principal: Principal, tier: str) -> Response:
        found = rooms.tier(principal, tier)
        return _json(
            {
                "object": "terms",
                "tier": found.tier,
                "edition": rooms.registry.version,
                "effective": found.effective.as_input(),
                "statements": [told.row(item, found.sources) for item in found.statements],
            },
            200,
        )

    @api.post("/v1/terms/<path:tier>/reviews")
    @requires(Permission.TENANT_TERMS_REVIEW)
    def confirm(principal: Principal, tier: str) -> Response:
        confirmed = rooms.confirm(principal, tier, _digests())
        sources = rooms.registry.base.sources
        data = [told.row(item, sources) for item in confirmed]
        return _json({"object": "list", "data": data}, 201)

    return api


def _digests() -> list[str]:
    given = read_object(_EXAMPLE).get("digests")
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise InvalidRequest(f"Send {_EXAMPLE}.", param="digests")
    return given


def _standing(item: TierStanding, providers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "object": "tier",
        "tier": item.tier,
        "name": item.name,
        "providers": list(providers.get(item.tier, ())),
        "usable": item.usable,
        "unknown_facts": list(item.unknown_facts),
        "next_expiry": item.next_expiry,
    }


def _json(document: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(document), status, mimetype="application/json")
