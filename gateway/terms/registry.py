"""The terms a request would run under, as far as a tenant may rely on them.

A fact counts only while a named person's review of this very statement has not
expired and the text it was read in is still the one that was reviewed; otherwise
it is unknown, and unknown is refused (rule IP-01). Reviews are the tenant's own.
The demonstration's synthetic tier needs none, and is accepted for demo tenants
only, by the same rule.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from gateway.core.values import dataclass
from gateway.db import terms_reviews
from gateway.db.last_known import Bridging, LastKnown
from gateway.errors import StorageUnavailable
from gateway.terms import beliefs, evaluate
from gateway.terms.beliefs import Beliefs, review_key
from gateway.terms.effective import NO_LIMIT, EffectiveTerms, ReviewState
from gateway.terms.evaluate import DEMO_PREFIX, WEIGHTS_PREFIX, Call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from gateway.terms.editions import Edition, Editions
    from gateway.terms.statements import BaseFacts, Fact

__all__ = ["DEMO_PREFIX", "NO_LIMIT", "EffectiveTerms", "ReviewState", "TermsRegistry"]

_REMEMBER_SECONDS = 2.0
_REMEMBERED = 1_000
"""Tenants whose record is kept in memory."""

_REMEMBERED_CALLS = 2_000
"""Effective terms kept for one tenant."""

_EXPIRY_DAYS = {"high": 90, "medium": 30, "low": 30}
_WEIGHTS_DAYS = 180
_ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass
class _Memory:
    """One tenant's record, and what followed from it under one edition."""

    edition: Edition
    mark: tuple[int, ...]
    beliefs: Beliefs
    read_at: float
    """Seconds of the monotonic clock."""

    recalled: int = 0
    """How many seconds ago it was read, where it stands in for what cannot be read."""

    terms: dict[tuple[str, str, tuple[str, ...]], _Remembered] = field(default_factory=dict)


_Remembered = tuple[datetime, datetime, EffectiveTerms]
"""Terms, and from when until when the clock alone does not change them."""


class TermsRegistry:
    """Base facts joined with what each tenant has on record."""

    def __init__(
        self,
        editions: Editions,
        database: Database,
        clock: Clock,
        bridging: Bridging | None = None,
    ) -> None:
        """Records are read from `database` and remembered for two seconds, tenant by tenant.

        `bridging` says for whom they are relied on for longer while the database is away.
        """
        self._last_known: LastKnown[None, _Memory] = LastKnown(bridging or Bridging(), clock)
        self.editions = editions
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._remembered: OrderedDict[TenantId, _Memory] = OrderedDict()
        self._changes = 0
        """How often something was to be forgotten: what was read before is not kept after it."""

    @property
    def base(self) -> BaseFacts:
        """The facts of the edition that serves."""
        return self.editions.current.facts

    @property
    def version(self) -> str:
        """The edition of the base facts."""
        return self.editions.current.version

    def effective(
        self,
        tenant: Tenant,
        tier: str,
        upstream: str,
        at: datetime,
        features: tuple[str, ...] = (),
        *,
        known_at: datetime | None = None,
    ) -> EffectiveTerms:
        """The terms for a model of `tier` at that moment; what is not confirmed is unknown.

        `features` are what the call uses beyond a plain question. With `known_at` the answer is
        what was believed then: the edition and the records of that moment.

        Raises:
            StorageUnavailable: the tenant's record could not be read.
        """
        if known_at is not None:
            return self._believed(tenant, Call(tier, upstream, features), at, known_at)
        memory = self._memory(tenant.id)
        found = memory.terms.get((tier, upstream, features))
        if found is not None and found[0] <= at < found[1]:
            return found[2]
        terms = evaluate.evaluate(
            memory.edition, memory.beliefs, Call(tier, upstream, features), at
        )
        since, until = _window(memory, at)
        if len(memory.terms) >= _REMEMBERED_CALLS:
            memory.terms.clear()
        memory.terms[tier, upstream, features] = (since, until, terms)
        return terms

    def states(
        self, tenant: Tenant, tier: str, at: datetime, *, known_at: datetime | None = None
    ) -> list[ReviewState]:
        """Every statement about a tier and how it stands.

        Raises:
            KeyError: there is no such tier.
        """
        edition, record = self.view(tenant, known_at)
        found: list[ReviewState] = []
        statements = edition.facts.tiers[tier].statements
        own = [name for where, name in record.stated if where == tier and name not in statements]
        for name in (*statements, *own):
            base = statements.get(name, ())
            holding = tuple(item for item in base if item.holds(at))
            correction = record.correction(tier, name, holding)
            if correction is not None:
                found.append(record.standing(correction, tier, "statement", at))
                continue
            found += [record.standing(item, tier, "base", at) for item in base]
        return found

    def review(
        self,
        tenant: Tenant,
        tier: str,
        reviewer: str,
        at: datetime,
        *,
        only: Iterable[str] | None = None,
        digests: Iterable[str] | None = None,
    ) -> list[ReviewState]:
        """Record that `reviewer` has confirmed the facts of `tier` that say something.

        `only` names the facts, `digests` the very statements; without them, all.

        Raises:
            KeyError: there is no such tier.
        """
        self.editions.keep()
        wanted = None if only is None else set(only)
        seen = None if digests is None else set(digests)
        confirmed = [
            ReviewState(
                item.fact, "current", reviewer, at, at + lifetime(tier, item.fact), item.origin
            )
            for item in self.states(tenant, tier, at)
            if item.fact.established
            and (wanted is None or item.fact.name in wanted)
            and (seen is None or item.fact.digest in seen)
        ]
        with self._database.tenant_session(tenant.id, write=True) as session:
            for item in confirmed:
                session.add(
                    terms_reviews.TermsReview(
                        tenant_id=tenant.id,
                        tier=tier,
                        fact=review_key(item.fact),
                        reviewed_at=at,
                        value_digest=item.fact.digest,
                        reviewed_by=reviewer,
                        expires_at=item.expires_at or at,
                    )
                )
        self.forget(tenant.id)
        return confirmed

    def record(self, tenant: Tenant) -> Beliefs:
        """What the tenant has on record.

        Raises:
            StorageUnavailable: it could not be read.
        """
        return self._memory(tenant.id).beliefs

    def recalled(self, tenant: TenantId) -> int:
        """How many seconds ago the record was read, where that could not be done now; else 0."""
        known = self._remembered.get(tenant)
        return known.recalled if known is not None else 0

    def view(self, tenant: Tenant, known_at: datetime | None = None) -> tuple[Edition, Beliefs]:
        """The edition and the tenant's record: those of now, or as they were known at a moment.

        Raises:
            KeyError: no edition was relied on at that moment.
            StorageUnavailable: they could not be read.
        """
        record = self.record(tenant)
        if known_at is None:
            return self.editions.current, record
        edition = self.editions.known_at(known_at)
        if edition is None:
            raise KeyError(known_at)
        return edition, record.at(known_at)

    def expired(self, tenant: Tenant, at: datetime) -> int:
        """How many confirmations have run out and were not renewed (metric of B-T2)."""
        record = self.record(tenant)
        newest: dict[tuple[str, str], datetime] = {}
        for (tier, name), review in record.latest.items():
            newest[tier, name] = review.expires_at
        for key, stated in record.stated.items():
            newest[key] = max(stated.expires_at, newest.get(key, stated.expires_at))
        return sum(expires <= at for expires in newest.values())

    def forget(self, tenant: TenantId | None = None) -> None:
        """Read the record of a tenant, or of all, again at the next question."""
        with self._lock:
            self._changes += 1
            if tenant is None:
                self._remembered.clear()
            else:
                self._remembered.pop(tenant, None)

    def _believed(
        self, tenant: Tenant, call: Call, at: datetime, known_at: datetime
    ) -> EffectiveTerms:
        edition = self.editions.known_at(known_at)
        if edition is None:
            return evaluate.nothing(call.tier)
        return evaluate.evaluate(edition, self.record(tenant).at(known_at), call, at)

    def _memory(self, tenant: TenantId) -> _Memory:
        """The tenant's record: remembered for two seconds, and longer while no row is added."""
        now, edition = self._clock.monotonic(), self.editions.current
        with self._lock:
            known, changes = self._remembered.get(tenant), self._changes
        if (
            known is not None
            and known.edition is edition
            and now - known.read_at < _REMEMBER_SECONDS
        ):
            return known
        try:
            memory = self._read(tenant, known, edition, now)
        except StorageUnavailable as error:
            old, age = self._last_known.recall(tenant, None, error)
            # For two seconds again: one wait is enough for the requests of a moment.
            memory = _Memory(edition, old.mark, old.beliefs, now, recalled=age)
        else:
            self._last_known.keep(tenant, None, memory)
        with self._lock:
            if changes != self._changes:
                return memory  # something was recorded meanwhile: the next question sees it
            self._remembered[tenant] = memory
            self._remembered.move_to_end(tenant)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return memory

    def _read(
        self, tenant: TenantId, known: _Memory | None, edition: Edition, now: float
    ) -> _Memory:
        with self._database.tenant_session(tenant) as session:
            mark = beliefs.mark(session.connection(), tenant)
            if known is None or known.mark != mark:
                return _Memory(edition, mark, beliefs.read(session), now)
            if known.edition is not edition or known.recalled:
                return _Memory(edition, mark, known.beliefs, now)
            known.read_at = now
            return known


def _window(memory: _Memory, at: datetime) -> tuple[datetime, datetime]:
    """From when until when the clock alone changes nothing around that moment."""
    moments = [*memory.beliefs.moments(), *memory.edition.facts.moments()]
    since = max((item for item in moments if item <= at), default=_ALWAYS[0])
    return since, min((item for item in moments if item > at), default=_ALWAYS[1])


def lifetime(tier: str, item: Fact) -> timedelta:
    """How long a confirmation of a statement counts: the registry's shipped expiry."""
    if item.confidence == "high" and tier.startswith(WEIGHTS_PREFIX):
        return timedelta(days=_WEIGHTS_DAYS)
    return timedelta(days=_EXPIRY_DAYS[item.confidence])
