"""Decisions already made. Decisions are pure, so equal questions have equal answers."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from gateway.core.decision import GATEWAY_RULE, Decision

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId


class Engine(Protocol):
    """What is cached: an engine with one revision."""

    @property
    def revision(self) -> str:
        """The revision it decides with."""

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision."""

    def ready(self) -> bool:
        """Whether a decision can be had."""


class CachedPdp:
    """Remembers the answers of one engine, by tenant, revision and exact question.

    A deny that the gateway made itself, because no decision could be had, is never kept: the
    next caller may be luckier.
    """

    def __init__(self, engine: Engine, entries: int) -> None:
        """At most `entries` decisions are kept; the least recently used one goes first."""
        self._engine = engine
        self._entries = entries
        self._known: OrderedDict[tuple[object, ...], Decision] = OrderedDict()
        self._lock = Lock()
        self.hits = 0
        self.misses = 0

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        key = (tenant, entrypoint, self._engine.revision, policy_input)
        with self._lock:
            decision = self._known.get(key)
            if decision is not None:
                self._known.move_to_end(key)
                self.hits += 1
                return decision
            self.misses += 1
        decision = self._engine.decide(tenant, entrypoint, policy_input)
        if self._entries and not any(item.rule == GATEWAY_RULE for item in decision.reasons):
            with self._lock:
                self._known[key] = decision
                while len(self._known) > self._entries:
                    self._known.popitem(last=False)
        return decision

    def ready(self) -> bool:
        """Whether the engine can decide."""
        return self._engine.ready()

    def __len__(self) -> int:
        return len(self._known)
