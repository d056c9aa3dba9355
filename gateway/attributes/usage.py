"""How often somebody asked in the last minute, and how often the same.

Kept in memory, by each worker for itself: these numbers find loops and scripts gone
wild, and are not for accounting. Nothing of a request is kept but a keyed digest.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import field
from threading import Lock
from typing import TYPE_CHECKING

from gateway.core.policy_input import step
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.core.principal import Principal

_WINDOW_SECONDS = 60.0
_REQUESTS_KEPT = 10_000
"""The top of the scale that policies see; older ones of the same minute are let go."""

_PRINCIPALS_KEPT = 10_000


@dataclass(slots=True)
class _Minute:
    """One principal's last minute."""

    seen: deque[tuple[float, bytes]] = field(default_factory=deque)
    by_digest: dict[bytes, int] = field(default_factory=dict)

    def add(self, at: float, digest: bytes) -> tuple[int, int]:
        while self.seen and (
            self.seen[0][0] <= at - _WINDOW_SECONDS or len(self.seen) >= _REQUESTS_KEPT
        ):
            self._forget()
        repeats = self.by_digest.get(digest, 0)
        self.seen.append((at, digest))
        self.by_digest[digest] = repeats + 1
        return len(self.seen), repeats

    def _forget(self) -> None:
        _, digest = self.seen.popleft()
        self.by_digest[digest] -= 1
        if not self.by_digest[digest]:
            del self.by_digest[digest]


class Usage:
    """Counts requests, principal by principal."""

    def __init__(self) -> None:
        """Nobody has asked anything yet."""
        self._lock = Lock()
        self._minutes: OrderedDict[tuple[int, int], _Minute] = OrderedDict()
        """By the numbers of the ids, of tenant and principal: an id's hash is computed in Python.
        """

    def note_request(
        self, principal: Principal, body_digest: bytes, at: datetime
    ) -> dict[str, int]:
        """Note one request and say how many there were in the minute up to `at`.

        `body_digest` is a keyed digest of the body as it came. The request itself counts among
        the requests; repeats are earlier requests with the same digest. Both numbers are
        stepped, so that equal situations are equal inputs.
        """
        key = (principal.tenant.id.int, principal.id.int)
        with self._lock:
            minute = self._minutes.pop(key, None) or _Minute()
            self._minutes[key] = minute
            if len(self._minutes) > _PRINCIPALS_KEPT:
                self._minutes.popitem(last=False)
            requests, repeats = minute.add(at.timestamp(), body_digest)
        return {
            "requests_last_minute": step(requests),
            "repeats_last_minute": step(repeats) if repeats else 0,
        }
