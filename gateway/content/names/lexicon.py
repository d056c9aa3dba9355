"""What is known of single words without a context: lists of names and places, and word clusters.

Kept as sorted hashes, 4 bytes a word: the lists can be asked, not read. A word that is
not listed is taken for one that is about once in ten thousand times, which the tagger
was trained with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gateway.content.names.reading import Lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray


class Entry(NamedTuple):
    """What is known of one word."""

    flags: int
    cluster: int
    """Words used alike share one; 0 when the word has none."""

    coarse: int


class Lexicon:
    """The lists."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays ``keys`` (sorted), ``flags``, ``clusters`` and ``coarse``."""
        self.lists = Lists(arrays["keys"], arrays["flags"], arrays["clusters"])
        self.coarse: list[int] = arrays["coarse"].tolist()
        """The coarse cluster of each cluster."""

        self.listed = frozenset(np.flatnonzero(np.bincount(arrays["flags"])).tolist())
        """Every set of lists that a word is on."""

    def entry(self, word: str) -> Entry:
        """What is known of `word`; of a hyphenated one that is not listed, of its last part."""
        flags, cluster = self.lists.entry(word)
        return Entry(flags, cluster, self.coarse[cluster])

    def entries(self, words: Iterable[str]) -> list[Entry]:
        """What is known of each of `words`."""
        return list(map(self.entry, words))
