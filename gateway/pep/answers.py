"""Answers given again: exact, only for tenants that asked for it, and judged anew each time.

What is kept is the provider's answer to a protected request, before anything was restored, in the
memory of one process and for minutes. The key holds everything the answer may depend on: tenant,
what the caller may, the policy's revision, the destination, and the request as it would leave. Two
people who ask the same thing with different names in it leave the same bytes, and each gets their
own names back.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.pep.judgement import Judged
    from gateway.sections import AnswerCacheSettings
    from gateway.telemetry import Metrics


class Answers:
    """The answers of one process."""

    def __init__(self, settings: AnswerCacheSettings, clock: Clock, metrics: Metrics) -> None:
        """Within the bounds of `settings`; empty."""
        self._tenants = frozenset(settings.tenants)
        self._seconds = settings.seconds
        self._most = settings.bytes
        self._clock = clock
        self._metrics = metrics
        self._lock = Lock()
        self._kept: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._size = 0

    def key(self, judged: Judged, body: dict[str, Any]) -> bytes:
        """What an answer to `body`, as it would leave, is kept under; empty where none is."""
        exchange, principal = judged.exchange, judged.exchange.principal
        if principal.tenant.slug not in self._tenants:
            return b""
        rights = [sorted(principal.groups), sorted(role.value for role in principal.roles)]
        parts = [
            str(principal.tenant.id), rights, judged.decision.revision, exchange.shape,
            judged.model.provider.name, judged.model.provider.base_url, judged.model.upstream,
            sorted(exchange.passed_on.items()), body,
        ]  # fmt: skip
        try:
            written = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return b""  # files are in it
        return hashlib.sha256(written).digest()

    def get(self, key: bytes, tenant: str) -> dict[str, Any] | None:
        """The answer under `key`, as it came; None when there is none that is young enough."""
        if not key:
            return None
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found[0] < self._clock.monotonic():
                self._drop(key)
                found = None
            if found is not None:
                self._kept.move_to_end(key)
        self._metrics.answered(tenant, "hit" if found is not None else "miss").inc()
        return None if found is None else dict(orjson.loads(found[1]))

    def put(self, key: bytes, answer: dict[str, Any]) -> None:
        """Keep the answer, unless it is no JSON or too large."""
        if not key:
            return
        try:
            written = orjson.dumps(answer)
        except TypeError:
            return  # bytes
        with self._lock:
            if key in self._kept:
                self._drop(key)
            if len(written) > self._most:
                return
            self._kept[key] = (self._clock.monotonic() + self._seconds, written)
            self._size += len(written)
            while self._size > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        self._size -= len(self._kept.pop(key)[1])
