"""Time as an argument, so that nothing reads a clock behind a test's back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import Protocol


class Clock(Protocol):
    """What the gateway asks of time."""

    def now(self) -> datetime:
        """The present instant, in UTC, aware."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""


class SystemClock:
    """The machine's own clocks."""

    # Read so often that methods of ours count.
    now = staticmethod(partial(datetime.now, UTC))
    """The wall clock in UTC."""

    monotonic = staticmethod(time.monotonic)
    """The machine's monotonic clock, in seconds."""


class Deadline:
    """A point on the monotonic clock after which work for one request is over."""

    __slots__ = ("_at", "_clock")

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Start a deadline ``seconds`` from now."""
        self._clock = clock
        self._at = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._at - self._clock.monotonic())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self._clock.monotonic() >= self._at
