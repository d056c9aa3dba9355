"""Entries that have expired: a leaf without its bytes, and the tombstone that says so.

Retention takes an entry's bytes out and leaves its leaf hash, so the tree stands. It
says so first, by an entry of kind ``erasure`` that names the positions. Anything
emptied that no such entry names was emptied by somebody else.
"""

from __future__ import annotations

import json
from bisect import bisect_right

_MARK = b'"entries.expired"'
ACTION = "entries.expired"


class Expired:
    """Gathers both sides while a log is read in order, and compares them at the end."""

    def __init__(self) -> None:
        """Nothing has been read."""
        self._empty: list[tuple[int, int]] = []
        self._said: list[tuple[int, int]] = []

    def empty(self, sequence: int) -> None:
        """The entry at this position has no bytes."""
        if self._empty and self._empty[-1][1] + 1 == sequence:
            self._empty[-1] = (self._empty[-1][0], sequence)
        else:
            self._empty.append((sequence, sequence))

    def read(self, sequence: int, canonical: bytes) -> None:
        """The entry at this position says this; most entries are no tombstones."""
        if _MARK not in canonical:
            return
        try:
            said = json.loads(canonical)
            if said["kind"] != "erasure" or said["action"] != ACTION:
                return
            runs = [(int(first), int(last)) for first, last in said["runs"]]
        except (ValueError, KeyError, TypeError):
            return  # it explains nothing
        count = sum(last - first + 1 for first, last in runs)
        # A tombstone speaks of earlier entries, and of exactly as many as it counts.
        if count == said["count"] and all(0 <= a <= b < sequence for a, b in runs):
            self._said += runs

    def unexplained(self) -> list[int]:
        """The first position of each stretch that is empty and named by no tombstone."""
        said = self._merged()
        starts = [first for first, _ in said]
        found = []
        for first, last in self._empty:
            at = first
            while at <= last:
                place = bisect_right(starts, at) - 1
                if place < 0 or said[place][1] < at:
                    found.append(at)
                    break
                at = said[place][1] + 1
        return found

    def _merged(self) -> list[tuple[int, int]]:
        merged: list[tuple[int, int]] = []
        for first, last in sorted(self._said):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged
