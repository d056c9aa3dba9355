"""Answers given again: exact, only for tenants that asked for it, and judged anew each time.

What is kept is the provider's answer to a protected request, before anything was restored, in the
memory of one process and for minutes; where somebody is erased, what their tenant had kept is used
no more. The key holds everything the answer may depend on: tenant, what the caller may, the
policy's revision, the destination, and the request as it would leave. Two people who ask the same
thing with different names in it leave the same bytes, and each gets their own names back.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Tenant
    from gateway.pep.judgement import Judged
    from gateway.sections import AnswerCacheSettings
    from gateway.telemetry import Metrics


class _Kept(NamedTuple):
    """One answer, as the provider gave it."""

    until: float
    tenant: Tenant
    written: bytes


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
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._erasures: dict[TenantId, int] = {}
        self._size = 0

    def key(self, judged: Judged, body: dict[str, Any]) -> bytes:
        """What an answer to `body`, as it would leave, is kept under; empty where none is."""
        exchange, principal = judged.exchange, judged.exchange.principal
        tenant = principal.tenant
        if tenant.slug not in self._tenants:
            return b""
        self._forget_before(tenant)
        rights = [sorted(principal.groups), sorted(role.value for role in principal.roles)]
        parts = [
            str(tenant.id), tenant.erasures, rights, judged.decision.revision, exchange.shape,
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
            if found is not None and found.until < self._clock.monotonic():
                self._drop(key)
                found = None
            if found is not None:
                self._kept.move_to_end(key)
        self._metrics.answered(tenant, "hit" if found is not None else "miss").inc()
        return None if found is None else dict(orjson.loads(found.written))

    def put(self, key: bytes, tenant: Tenant, answer: dict[str, Any]) -> None:
        """Keep the answer for the tenant, unless it is no JSON or too large."""
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
            self._kept[key] = _Kept(self._clock.monotonic() + self._seconds, tenant, written)
            self._size += len(written)
            while self._size > self._most:
                self._drop(next(iter(self._kept)))

    def _forget_before(self, tenant: Tenant) -> None:
        """Let go of what was kept for the tenant before somebody of it was last erased.

        No key finds it any more, whatever process erased them: this gives back its memory.
        """
        with self._lock:
            if self._erasures.get(tenant.id, 0) >= tenant.erasures:
                return
            self._erasures[tenant.id] = tenant.erasures
            old = [
                key
                for key, kept in self._kept.items()
                if kept.tenant.id == tenant.id and kept.tenant.erasures < tenant.erasures
            ]
            for key in old:
                self._drop(key)

    def _drop(self, key: bytes) -> None:
        self._size -= len(self._kept.pop(key).written)
