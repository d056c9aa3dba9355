"""A circuit breaker: whoever keeps failing is left alone for a while (Nygard, Release It!).

Closed, calls go through and failures in a row are counted. Too many open it, and
nothing is sent until it has rested. Then it is half open: one call tries, and what
comes of it closes or opens it again. Time is an argument.
"""

from __future__ import annotations

from enum import IntEnum
from threading import Lock


class State(IntEnum):
    """Whether calls go through; the number is what the metric shows."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Circuit:
    """The breaker of one address; used by many threads."""

    def __init__(self, failures: int, rest_seconds: float) -> None:
        """Closed. It opens at `failures` in a row, for `rest_seconds`; 0 failures: never."""
        self._most = failures
        self._rest = rest_seconds
        self._lock = Lock()
        self._failed = 0
        self._open_until: float | None = None
        self._trying = False

    def state(self, now: float) -> State:
        """How it stands at `now`, in seconds of a monotonic clock."""
        until = self._open_until
        if until is None:
            return State.CLOSED
        return State.OPEN if now < until else State.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Whether a call may go through at `now`; takes nothing."""
        state = self.state(now)
        return state is State.CLOSED or (state is State.HALF_OPEN and not self._trying)

    def rests(self, now: float) -> float:
        """For how many seconds from `now` nothing will be sent."""
        until = self._open_until
        return max(0.0, until - now) if until is not None else 0.0

    def enter(self, now: float) -> bool:
        """Let a call through, or not. Whoever was let through says what came of it, once."""
        with self._lock:
            if self._open_until is None:
                return True
            if not self.allows(now):
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failed = 0
            self._open_until = None
            self._trying = False

    def failed(self, now: float) -> None:
        """A call came to nothing, and it was not the caller's fault."""
        with self._lock:
            self._failed += 1
            again = self._open_until is not None
            self._trying = False
            if self._most and (again or self._failed >= self._most):
                self._open_until = now + self._rest

    def left(self) -> None:
        """A call ended in a way that says nothing of the other side."""
        with self._lock:
            self._trying = False
