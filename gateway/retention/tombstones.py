"""Entries that say that something went: how much, of which class, never what.

They are never taken out themselves, and the offline verifier reads them: a leaf
without its bytes is accepted only where one of them says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

KIND = "erasure"
JOB = "system:retention"
"""The actor of what the schedule does."""


def entries_expired(at: datetime, name: str, sequences: Sequence[int]) -> Entry:
    """That these entries, in ascending order, have expired."""
    return Entry(
        kind=KIND,
        at=at,
        status="entries.expired",
        principal=JOB,
        document={
            "action": "entries.expired",
            "class": name,
            "first": sequences[0],
            "last": sequences[-1],
            "count": len(sequences),
            "runs": [list(run) for run in runs(sequences)],
        },
    )


def gone(at: datetime, action: str, name: str, count: int) -> Entry:
    """That so much of a class that does not stand in the log itself has gone."""
    return Entry(
        kind=KIND,
        at=at,
        status=action,
        principal=JOB,
        document={"action": action, "class": name, "count": count},
    )


def person_erased(at: datetime, actor: str, pseudonym: str, counts: Mapping[str, int]) -> Entry:
    """That a person was erased: under which pseudonym, and how much of each class."""
    return Entry(
        kind=KIND,
        at=at,
        status="person.erased",
        principal=actor,
        document={
            "action": "person.erased",
            "class": "person",
            "target": pseudonym,
            "count": sum(counts.values()),
            "counts": dict(counts),
        },
    )


def runs(sequences: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending positions as runs without gaps: the first and last of each."""
    found: list[tuple[int, int]] = []
    for sequence in sequences:
        if found and found[-1][1] + 1 == sequence:
            found[-1] = (found[-1][0], sequence)
        else:
            found.append((sequence, sequence))
    return found
