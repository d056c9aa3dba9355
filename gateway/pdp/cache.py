"""Decisions already made. Decisions are pure, so equal questions have equal answers."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from gateway.core.clock import SystemClock
from gateway.core.decision import GATEWAY_RULE, Decision

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId


class Engine(Protocol):
    """What is cached: an engine with one revision at a time."""

    @property
    def revision(self) -> str:
        """The revision it decides with, as far as it knows."""

    @property
    def lifetime(self) -> float:
        """Seconds for which its answers hold; after them it may have another revision."""

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision."""

    def ready(self) -> bool:
        """Whether a decision can be had."""


class CachedPdp:
    """Remembers the answers of one engine, by tenant, revision and exact question.

    A deny that the gateway made itself, because no decision could be had, is never kept: the
    next caller may be luckier.
    """

    def __init__(self, engine: Engine, entries: int, clock: Clock | None = None) -> None:
        """At most `entries` decisions are kept; the least recently used one goes first."""
        self._engine = engine
        self._entries = entries
        self._clock = clock or SystemClock()
        self._known: OrderedDict[tuple[object, ...], tuple[float, Decision]] = OrderedDict()
        self._lock = Lock()
        self.hits = 0
        self.misses = 0

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        key = (tenant, entrypoint, self._engine.revision, policy_input)
        now = self._clock.monotonic()
        with self._lock:
            known = self._known.get(key)
            if known is not None and now < known[0]:
                self._known.move_to_end(key)
                self.hits += 1
                return known[1]
            self.misses += 1
        decision = self._engine.decide(tenant, entrypoint, policy_input)
        if self._entries and not any(item.rule == GATEWAY_RULE for item in decision.reasons):
            self._keep(
                (tenant, entrypoint, decision.revision, policy_input),
                (now + self._engine.lifetime, decision),
            )
        return decision

    def _keep(self, key: tuple[object, ...], entry: tuple[float, Decision]) -> None:
        with self._lock:
            self._known[key] = entry
            self._known.move_to_end(key)
            while len(self._known) > self._entries:
                self._known.popitem(last=False)

    def ready(self) -> bool:
        """Whether the engine can decide."""
        return self._engine.ready()

    def __len__(self) -> int:
        return len(self._known)
