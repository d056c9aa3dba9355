"""Connections kept for the next request to the same place."""

from __future__ import annotations

import re
import select
from collections import defaultdict, deque
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Hashable, Mapping

    from gateway.core.clock import Clock

LONGEST_SECONDS = 30.0
"""Firewalls and address translators forget silent connections without a word, some after a
minute; a request on such a one would wait for nothing until it times out."""

MOST_PER_PLACE = 512
_KEEP_ALIVE = re.compile(r"\btimeout=(\d{1,6})\b")


class _Kept(NamedTuple):
    until: float
    connection: socket.socket


class KeptConnections:
    """Idle connections by place, the freshest first; used by many threads."""

    def __init__(self, clock: Clock) -> None:
        """None yet."""
        self._clock = clock
        self._lock = Lock()
        self._idle: defaultdict[Hashable, deque[_Kept]] = defaultdict(deque)
        self._closed = False

    def take(self, place: Hashable) -> socket.socket | None:
        """A connection to `place` on which nothing has happened since it was kept, or None.

        What the other side closed in the meantime is noticed here, before anything is sent:
        afterwards nobody could tell whether the request was taken.
        """
        while True:
            with self._lock:
                idle = self._idle[place]
                kept = idle.pop() if idle else None
            if kept is None:
                return None
            if kept.until > self._clock.monotonic() and not _stirred(kept.connection):
                return kept.connection
            kept.connection.close()

    def keep(self, place: Hashable, connection: socket.socket, seconds: float) -> None:
        """Keep `connection` for at most `seconds`; close what has been kept for too long."""
        now = self._clock.monotonic()
        with self._lock:
            idle = self._idle[place]
            idle.append(_Kept(now + min(seconds, LONGEST_SECONDS), connection))
            old = []
            while idle and (self._closed or len(idle) > MOST_PER_PLACE or idle[0].until <= now):
                old.append(idle.popleft())
        for kept in old:
            kept.connection.close()

    def close(self) -> None:
        """Close them all, and from now on whatever comes back."""
        with self._lock:
            self._closed = True
            old = [kept for idle in self._idle.values() for kept in idle]
            self._idle.clear()
        for kept in old:
            kept.connection.close()


def seconds_kept(headers: Mapping[str, str]) -> float:
    """How long a connection may be kept: shorter than the other side said it will keep it."""
    said = _KEEP_ALIVE.search(headers.get("keep-alive", ""))
    return int(said[1]) - 1 if said else LONGEST_SECONDS


def _stirred(connection: socket.socket) -> bool:
    """Whether an idle connection was closed, or says something nobody asked for."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
