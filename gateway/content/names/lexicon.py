"""What is known of single words without a context: lists of names and places, and word clusters.

Kept as sorted hashes, 4 bytes a word: the lists can be asked, not read. A word that is
not listed is taken for one that is about once in ten thousand times, which the tagger
was trained with.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


@cache
def group(flags: int) -> int:
    """The lists folded into one number below 16."""
    for number, flag in _ALONE:
        if flags & flag:
            return number
    common = bool(flags & COMMON)
    names = (bool(flags & FIRST), bool(flags & LAST), bool(flags & (CITY | REGION)))
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
    return crc32(word.lower().encode("utf-8", "surrogatepass"))


def hashed(name: str) -> int:
    """The hash that stands for a name, case included."""
    return crc32(name.encode("utf-8", "surrogatepass"))


class Lexicon:
    """The lists."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays ``keys`` (sorted), ``flags``, ``clusters`` and ``coarse``."""
        keys = arrays["keys"]
        self._keys = keys.data
        self._flags = arrays["flags"].data
        self._clusters = arrays["clusters"].data
        self.coarse: list[int] = arrays["coarse"].tolist()
        """The coarse cluster of each cluster."""

        self.listed = frozenset(np.flatnonzero(np.bincount(arrays["flags"])).tolist())
        """Every set of lists that a word is on."""

        buckets = np.arange((1 << _BITS) + 1, dtype=np.uint64) << np.uint64(32 - _BITS)
        self._firsts = keys.searchsorted(buckets).astype(np.uint32).data

    def entry(self, word: str) -> Entry:
        """What is known of `word`; of a hyphenated one that is not listed, of its last part."""
        wanted = key(word)
        bucket = wanted >> (32 - _BITS)
        keys = self._keys
        for at in range(self._firsts[bucket], self._firsts[bucket + 1]):
            if keys[at] == wanted:
                cluster = self._clusters[at]
                return Entry(self._flags[at], cluster, self.coarse[cluster])
        if "-" in word[1:]:
            last = self.entry(word.rpartition("-")[2])
            return last._replace(flags=last.flags & ~STOP)
        return NOTHING

    def entries(self, words: Iterable[str]) -> list[Entry]:
        """What is known of each of `words`."""
        return list(map(self.entry, words))


_BITS = 18
"""Bits of a hash that say where to look for it: about one listed word for each value of them."""
