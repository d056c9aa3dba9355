"""The terms a request would run under, as far as a tenant may rely on them.

A fact counts only while a named person's review of this very statement has not
expired; otherwise it is unknown, and unknown is refused (rule IP-01). Reviews
are the tenant's own. The demonstration's synthetic tier needs none, and is
accepted for demo tenants only, by the same rule.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from gateway.db import terms_reviews
from gateway.terms.facts import DECIDING
from gateway.terms.statements import OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from gateway.terms.statements import BaseFacts, Fact

DEMO_PREFIX = "demo/"
_REMEMBER_SECONDS = 2.0
_REMEMBERED = 1_000
"""Tenants whose reviews are kept in memory."""

_EXPIRY_DAYS = {"high": 90, "medium": 30, "low": 30}
_WEIGHTS_PREFIX = "selfhosted/"
_WEIGHTS_DAYS = 180
NO_LIMIT = -1
"""Stands for "no number of days is known" in policy input, where numbers are whole."""


@dataclass(frozen=True, slots=True)
class EffectiveTerms:
    """What may be relied on for one destination at one moment."""

    tier: str
    known: bool
    demo: bool
    unknown_facts: tuple[str, ...]
    trains_on_input: str
    retention_days: int
    human_review: str

    def as_input(self) -> dict[str, Any]:
        """The terms as they stand in the policy input."""
        return {
            "tier": self.tier,
            "known": self.known,
            "demo": self.demo,
            "unknown_facts": list(self.unknown_facts),
            "trains_on_input": self.trains_on_input,
            "retention_days": self.retention_days,
            "human_review": self.human_review,
            "zero_retention": self.retention_days == 0,
            "processor_contract": True,
            "business_use": "allowed",
            "output_ownership": "unknown",
            "output_restrictions": [],
            "licence_conditions": [],
            "indemnity": "unknown",
            "labelling": False,
            "political_use": "unknown",
            "marks_text": False,
            "eu_excluded": False,
        }


@dataclass(frozen=True, slots=True)
class ReviewState:
    """One fact of one tier, and how it stands with a tenant."""

    fact: Fact
    state: str
    """``current``, ``expired``, ``changed`` (it says something else now) or ``unreviewed``."""

    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Review:
    digest: str
    by: str
    at: datetime
    expires_at: datetime


_Reviews = dict[tuple[str, str], _Review]


class TermsRegistry:
    """Base facts joined with the tenants' reviews."""

    def __init__(self, base: BaseFacts, database: Database, clock: Clock) -> None:
        """Reviews are read from `database` and remembered for two seconds, tenant by tenant."""
        self.base = base
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._remembered: OrderedDict[TenantId, tuple[float, _Reviews]] = OrderedDict()

    @property
    def version(self) -> str:
        """The edition of the base facts."""
        return self.base.version

    def effective(self, tenant: Tenant, tier: str, upstream: str, at: datetime) -> EffectiveTerms:
        """The terms for a model of `tier` at that moment; what is not confirmed is unknown."""
        facts = self.base.find(tier, upstream)
        if facts is None:
            return _nothing(tier)
        demo = tier.startswith(DEMO_PREFIX)
        reviews = {} if demo else self._reviews(tenant.id)
        usable = {
            name: fact
            for name in DECIDING
            if (fact := facts.get(name)) is not None
            and fact.established
            and (demo or _state(fact, tier, reviews, at).state == "current")
        }
        retention = usable.get("retention")
        days = retention.value["days"] if retention else None
        return EffectiveTerms(
            tier=tier,
            known=True,
            demo=demo,
            unknown_facts=tuple(
                _title(tier, name, facts) for name in DECIDING if name not in usable
            ),
            trains_on_input=_said(usable, "trains_on_input"),
            retention_days=NO_LIMIT if days is None else int(days),
            human_review=_said(usable, "human_review"),
        )

    def states(self, tenant: Tenant, tier: str, at: datetime) -> list[ReviewState]:
        """Every fact of a tier and how it stands.

        Raises:
            KeyError: there is no such tier.
        """
        reviews = self._reviews(tenant.id)
        return [_state(fact, tier, reviews, at) for fact in self.base.tiers[tier].facts.values()]

    def review(self, tenant: Tenant, tier: str, reviewer: str, at: datetime) -> list[ReviewState]:
        """Record that `reviewer` has confirmed every fact of `tier` that says something.

        Raises:
            KeyError: there is no such tier.
        """
        confirmed = [
            ReviewState(fact, "current", reviewer, at, at + _lifetime(tier, fact))
            for fact in self.base.tiers[tier].facts.values()
            if fact.established
        ]
        with self._database.tenant_session(tenant.id, write=True) as session:
            for item in confirmed:
                session.add(
                    terms_reviews.TermsReview(
                        tenant_id=tenant.id,
                        tier=tier,
                        fact=item.fact.name,
                        reviewed_at=at,
                        value_digest=item.fact.digest,
                        reviewed_by=reviewer,
                        expires_at=item.expires_at or at,
                    )
                )
        with self._lock:
            self._remembered.pop(tenant.id, None)
        return confirmed

    def _reviews(self, tenant: TenantId) -> _Reviews:
        now = self._clock.monotonic()
        with self._lock:
            at, reviews = self._remembered.get(tenant, (float("-inf"), {}))
        if now - at < _REMEMBER_SECONDS:
            return reviews
        with self._database.tenant_session(tenant) as session:
            reviews = {
                (row.tier, row.fact): _Review(
                    row.value_digest, row.reviewed_by, row.reviewed_at, row.expires_at
                )
                for row in terms_reviews.every(session)
            }
        with self._lock:
            self._remembered[tenant] = (now, reviews)
            self._remembered.move_to_end(tenant)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return reviews


def _nothing(tier: str) -> EffectiveTerms:
    """The terms of a tier that no file knows."""
    return EffectiveTerms(
        tier,
        known=False,
        demo=False,
        unknown_facts=DECIDING,
        trains_on_input="unknown",
        retention_days=NO_LIMIT,
        human_review="unknown",
    )


def _title(tier: str, name: str, facts: Mapping[str, Fact]) -> str:
    """A fact as a refusal names it, with the overlay when it is there that it must be confirmed."""
    fact = facts.get(name)
    if fact is None or fact.tier == tier or fact.tier not in OVERLAYS:
        return name
    return f"{name} ({fact.tier})"


def _state(fact: Fact, tier: str, reviews: _Reviews, at: datetime) -> ReviewState:
    """How one fact stands. An overlay's fact is confirmed under the overlay.

    What a tier inherits from another is confirmed for each of them: it is another contract.
    """
    review = reviews.get((fact.tier if fact.tier in OVERLAYS else tier, fact.name))
    if review is None or review.digest != fact.digest:
        return ReviewState(fact, "unreviewed" if review is None else "changed")
    state = ReviewState(fact, "current", review.by, review.at, review.expires_at)
    return state if at < review.expires_at else replace(state, state="expired")


def _lifetime(tier: str, fact: Fact) -> timedelta:
    if fact.confidence == "high" and tier.startswith(_WEIGHTS_PREFIX):
        return timedelta(days=_WEIGHTS_DAYS)
    return timedelta(days=_EXPIRY_DAYS[fact.confidence])


def _said(facts: Mapping[str, Fact], name: str) -> str:
    fact = facts.get(name)
    return str(fact.value) if fact is not None else "unknown"
