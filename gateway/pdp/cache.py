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


_Key = tuple[int, str, str, bytes]
"""Tenant, entrypoint, revision, and the exact question. The tenant by the number of its id, whose
own hash is computed in Python."""

MOST_BYTES = 64 * 1024 * 1024
"""Memory the remembered decisions of one worker may take, unless told otherwise."""

_ENTRY_BYTES = 1_000
_ITEM_BYTES = 500
"""What an entry and each reason, obligation or advice take besides the question, measured
roughly: the bound is there so that long questions cannot fill the memory."""


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

    def __init__(
        self,
        engine: Engine,
        entries: int,
        clock: Clock | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """At most `entries` decisions are kept, and no more than take `most_bytes`.

        The least recently used one goes first.
        """
        self._engine = engine
        self._entries = entries
        self._most_bytes = most_bytes
        self._clock = clock or SystemClock()
        self._known: OrderedDict[_Key, tuple[float, Decision]] = OrderedDict()
        self._lock = Lock()
        self.hits = 0
        self.misses = 0
        self.size = 0
        """Bytes that the remembered decisions take, roughly."""

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        key = (tenant.int, entrypoint, self._engine.revision, policy_input)
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
                (tenant.int, entrypoint, decision.revision, policy_input),
                (now + self._engine.lifetime, decision),
            )
        return decision

    def _keep(self, key: _Key, entry: tuple[float, Decision]) -> None:
        with self._lock:
            before = self._known.pop(key, None)
            self.size += _size(key, entry) - (_size(key, before) if before else 0)
            self._known[key] = entry
            while len(self._known) > self._entries or self.size > self._most_bytes:
                self.size -= _size(*self._known.popitem(last=False))

    def ready(self) -> bool:
        """Whether the engine can decide."""
        return self._engine.ready()

    def __len__(self) -> int:
        return len(self._known)


def _size(key: _Key, entry: tuple[float, Decision]) -> int:
    decision, policy_input = entry[1], key[-1]
    items = len(decision.reasons) + len(decision.obligations) + len(decision.advice)
    return len(policy_input) + _ENTRY_BYTES + _ITEM_BYTES * items
