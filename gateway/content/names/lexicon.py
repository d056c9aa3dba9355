"""What is known of single words without a context: lists of names and places, and word clusters.

Kept as sorted hashes, 4 bytes a word: the lists can be asked, not read. A word that is
not listed is taken for one that is about once in ten thousand times, which the tagger
was trained with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FIRST, LAST, CITY, REGION, COUNTRY, PEOPLE, CALENDAR, TITLE, ORG, PLACE_PART, COMMON, ROLE, STOP = (
    1 << bit for bit in range(13)
)
"""What a word is listed as. COMMON words are written in lower case in running text; STOP words
are never a name or part of one."""


class Entry(NamedTuple):
    """What is known of one word."""

    flags: int
    cluster: int
    """Words used alike share one; 0 when the word has none."""

    coarse: int

    @property
    def group(self) -> int:
        """The lists folded into one number below 16."""
        flags = self.flags
        if flags & TITLE:
            return 1
        if flags & CALENDAR:
            return 2
        if flags & STOP:
            return 3
        if flags & ORG:
            return 4
        if flags & COUNTRY:
            return 5
        if flags & PEOPLE:
            return 6
        if flags & ROLE:
            return 7
        common = bool(flags & COMMON)
        if flags & FIRST:
            return 8 if common else 10 if flags & LAST else 9
        if flags & (CITY | REGION):
            return 11 if common or flags & LAST else 12
        if flags & LAST:
            return 13 if common else 14
        return 15 if common else 0


NOTHING = Entry(0, 0, 0)


def key(word: str) -> int:
    """The hash a word is listed under; case does not count."""
    return hashed(word.lower())


def hashed(name: str) -> int:
    """The hash that stands for a name, case included."""
    return crc32(name.encode("utf-8", "surrogatepass"))


class Lexicon:
    """The lists."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays ``keys`` (sorted), ``flags``, ``clusters`` and ``coarse``."""
        self._keys = arrays["keys"]
        self._flags = arrays["flags"]
        self._clusters = arrays["clusters"]
        self._coarse = arrays["coarse"]

    def entry(self, word: str) -> Entry:
        """What is known of `word`; of a hyphenated one that is not listed, of its last part."""
        return self.entries([word])[0]

    def entries(self, words: Sequence[str]) -> list[Entry]:
        """What is known of each of `words`."""
        found = self._find([key(word) for word in words])
        for place, word in enumerate(words):
            if found[place] is NOTHING and "-" in word[1:]:
                last = self._find([key(word.rpartition("-")[2])])[0]
                found[place] = last._replace(flags=last.flags & ~STOP)
        return found

    def _find(self, wanted: list[int]) -> list[Entry]:
        hashes = np.array(wanted, dtype=np.uint32)
        at = self._keys.searchsorted(hashes)
        at[at == len(self._keys)] = 0
        clusters = self._clusters[at]
        rows = zip(
            (self._keys[at] == hashes).tolist(),
            self._flags[at].tolist(),
            clusters.tolist(),
            self._coarse[clusters].tolist(),
            strict=True,
        )
        return [Entry(*row) if listed else NOTHING for listed, *row in rows]
