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
        for number, flag in _ALONE:
            if self.flags & flag:
                return number
        common = bool(self.flags & COMMON)
        names = (
            bool(self.flags & FIRST),
            bool(self.flags & LAST),
            bool(self.flags & (CITY | REGION)),
        )
        return _MIXED[(*names, common)]


_ALONE = (
    (1, TITLE), (2, CALENDAR), (3, STOP), (4, ORG), (5, COUNTRY), (6, PEOPLE), (7, ROLE),
)  # fmt: skip
"""Lists that decide by themselves, in this order."""

_MIXED = {
    (first, last, place, common): (
        (8 if common else 10 if last else 9)
        if first
        else (11 if common or last else 12)
        if place
        else (13 if common else 14)
        if last
        else (15 if common else 0)
    )
    for first in (False, True)
    for last in (False, True)
    for place in (False, True)
    for common in (False, True)
}
"""A word listed as first name, last name or place, and whether it is a common word as well."""

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
