"""What is known of the words seen last, so that each is looked up and summed once.

No word is kept: a word is known again by Python's hash of it, which has a key of this process.
Numbers, handles and addresses are not even met as they are (`gateway.content.names.words.written`).
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AROUND = np.arange(5)
"""A word is judged with two words on either side."""

_ROOM = 32_768
_SLOTS = 65_536
"""A power of two."""


class Traits(NamedTuple):
    """Of some words, in order."""

    kinds: NDArray[np.uint8]
    """``C`` (may be a name), ``g`` (may stand in one) or ``o`` (neither)."""

    classes: NDArray[np.int64]
    weights: NDArray[np.float32]
    """What a word says for the labels of each of the words around it."""

    def some(self, which: slice | list[int]) -> Traits:
        """Of some of the words."""
        return Traits(self.kinds[which], self.classes[which], self.weights[which])

    def put(self, which: slice, others: Traits) -> None:
        """Write those of others over some."""
        self.kinds[which] = others.kinds
        self.classes[which] = others.classes
        self.weights[which] = others.weights


class Memory:
    """Words to their traits."""

    def __init__(self, words: Sequence[int], traits: Traits, least: int = 0) -> None:
        """With `words`, by their hashes, never forgotten, and room for at least this many more."""
        room = max(_ROOM, len(words) + least)
        self.rows: dict[int, int] = {}
        """Where in `traits` a word is, by its hash."""

        kinds, classes, weights = traits
        self.traits = Traits(
            np.zeros(room, kinds.dtype),
            np.zeros(room, classes.dtype),
            np.zeros((room, *weights.shape[1:]), weights.dtype),
        )
        # Most words are found here, side by side; one whose slot is another's only in `rows`.
        self._slots = np.zeros(_SLOTS, np.int64)
        self._slot_rows = np.zeros(_SLOTS, np.int64)
        self._write = (self._slots.data, self._slot_rows.data)
        self._room = room
        self._first = words
        self._lock = Lock()
        self.keep(words, traits)

    def find(self, words: Sequence[str]) -> tuple[NDArray[np.int64], list[int]]:
        """Where these words are, and the places of those that may be elsewhere or nowhere."""
        hashes = np.fromiter(map(hash, words), np.int64, len(words))
        slots = hashes & (_SLOTS - 1)
        # Slots are read before their rows, and written after them.
        others = (self._slots.take(slots) != hashes).nonzero()[0].tolist()
        return self._slot_rows.take(slots), others

    def keep(self, words: Sequence[int], traits: Traits) -> bool:
        """Remember these as well, by their hashes, if there is room."""
        with self._lock:
            at = len(self.rows)
            new = [place for place, word in enumerate(words) if word not in self.rows]
            if at + len(new) > self._room:
                return False
            if len(new) < len(words):
                words, traits = [words[place] for place in new], traits.some(new)
            end = at + len(words)
            self.traits.put(slice(at, end), traits)
            # Only now: a reader that finds a word must find what is known of it.
            self.rows.update(zip(words, range(at, end), strict=True))
            slots, rows = self._write
            for row, word in enumerate(words, at):
                slot = word & (_SLOTS - 1)
                if not slots[slot]:
                    rows[slot] = row
                    slots[slot] = word
            return True

    def emptied(self, least: int) -> Memory:
        """A memory of the first words only, with room for at least this many more."""
        return Memory(self._first, self.traits.some(slice(len(self._first))), least)


class Known(NamedTuple):
    """The words of a text, with two edges on either side."""

    rows: NDArray[np.int64]
    """For each word where it is remembered."""

    traits: Traits
    kinds: str
    """One letter for each word, without the edges."""
