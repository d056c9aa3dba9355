"""Which keys speak for a log, learnt from one of them.

An auditor holds one verifier key. A log may have had others: each change of key
is an entry in the log that names both keys, followed at once by a checkpoint that
both have signed. Whoever trusts the one can therefore trust the other, for its
own time: the old key up to that checkpoint, the new key from there on.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.audit import note as notes
from gateway.audit.checkpoint import Statement, Verifier, read_statement, read_verifier
from gateway.audit.note import BadCheckpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_KEYS = 1_000
ROTATED = "checkpoint_key.rotated"
"""The action of the entry that announces a change of key."""


@dataclass(frozen=True, slots=True)
class Succession:
    """A change of key that both keys have signed."""

    old: str
    new: str
    size: int
    """The size of the tree that both have signed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint whose signatures have been looked at."""

    statement: Statement
    by: frozenset[str]
    """The log's keys that have signed it, trusted or not; empty when none of them is known."""


class Keyring:
    """The keys of one log: those an auditor brought, and those the log itself names."""

    def __init__(self, origin: str, anchors: Iterable[str], claimed: Iterable[str] = ()) -> None:
        """`anchors` are trusted; `claimed` are only tried, and trusted if a trusted one says so.

        Raises:
            BadCheckpoint: one of the anchors cannot be read.
        """
        self.origin = origin
        self._anchors = {item.written() for item in map(read_verifier, anchors)}
        self._keys = {text: read_verifier(text) for text in (*self._anchors, *claimed)}
        self._announced: tuple[str, str, int] | None = None
        self.successions: list[Succession] = []
        self._confirmed: Counter[frozenset[str]] = Counter()
        self._covered: dict[frozenset[str], int] = {}
        self._first_use: dict[str, int] = {}

    @property
    def foreign(self) -> bool:
        """Whether no key that the auditor brought is for this log."""
        return all(self._keys[text].name != self.origin for text in self._anchors)

    def open(self, written: str) -> Signed:
        """Read a checkpoint and see who has signed it.

        Raises:
            BadCheckpoint: it cannot be read, or a signature by a key we have is wrong.
        """
        note = notes.parse(written)
        statement = read_statement(note)
        by = frozenset(
            text
            for text, key in self._keys.items()
            if not key.cosigns and key.name == statement.origin and key.verify(note)
        )
        return Signed(statement, by)

    def announce(self, document: dict[str, Any], size: int) -> None:
        """Note an entry about a change of key; `size` is the tree's with the entry in it."""
        if document.get("kind") != "administration" or document.get("status") != ROTATED:
            return
        params = document.get("params") or {}
        old, new = str(params.get("old")), str(params.get("new"))
        self._announced = (old, new, size)
        for text in (old, new):
            # The entry counts even where the export's header does not name the key.
            if len(self._keys) < _MOST_KEYS:
                with suppress(BadCheckpoint):
                    self._keys.setdefault(text, read_verifier(text))

    def confirm(self, signed: Signed) -> str:
        """Note a checkpoint that fits the tree; a text says what is wrong with its keys, if so."""
        size = signed.statement.size
        if self._announced and {*self._announced[:2]} <= signed.by and size == self._announced[2]:
            old, new, _ = self._announced
            self.successions.append(Succession(old, new, size))
            if self._first_use.get(new, size) < size:
                return "A key signed before it was introduced."
        for text in signed.by:
            self._first_use.setdefault(text, size)
        if any(item.old in signed.by and size > item.size for item in self.successions):
            return "A key signed after it was replaced."
        self._confirmed[signed.by] += 1
        self._covered[signed.by] = max(size, self._covered.get(signed.by, 0))
        return ""

    def trusted(self) -> set[str]:
        """The keys that a chain of changes joins to one the auditor brought."""
        trusted, more = set(self._anchors), True
        while more:
            linked = {
                end
                for item in self.successions
                for end in (item.old, item.new)
                if trusted & {item.old, item.new}
            }
            more = not linked <= trusted
            trusted |= linked
        return trusted

    def result(self) -> tuple[int, int, int]:
        """How many checkpoints trusted keys have signed, how far they reach, and how many not."""
        trusted = self.trusted()
        good = [by for by in self._confirmed if by & trusted]
        count = sum(self._confirmed[by] for by in good)
        covered = max((self._covered[by] for by in good), default=0)
        return count, covered, self._confirmed.total() - count

    def validity(self) -> list[dict[str, Any]]:
        """The trusted keys of this log and the sizes each has signed for."""
        started = {item.new: item.size for item in self.successions}
        ended = {item.old: item.size for item in self.successions}
        return [
            {"key": text, "from_size": started.get(text, 0), "until_size": ended.get(text)}
            for text in sorted(self.trusted(), key=lambda text: started.get(text, 0))
            if text in self._keys and not self._keys[text].cosigns
        ]


def witness_keys(texts: Iterable[str]) -> dict[str, Verifier]:
    """Witnesses' keys by the names they sign under.

    Raises:
        BadCheckpoint: one cannot be read.
    """
    return {key.name: key for key in map(read_verifier, texts)}
