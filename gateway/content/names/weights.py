"""What a word says for the labels of the words around it: the model's weights, summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gateway.content.names.lexicon import STOP, hashed
from gateway.content.names.memory import AROUND, Traits
from gateway.content.names.words import (
    OTHER,
    SPELLING,
    kind,
    lists,
    spelling,
    use,
    word_class,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from gateway.content.names.lexicon import Entry, Lexicon

_ABSENT = [0] * len(SPELLING)
"""In place of attributes that a word does not have: no model has this one."""

_HOWS = range(OTHER + 1)
_SUMMED = 2
"""Rows of a word that were summed beforehand: those of its lists, and those of its cluster."""


class Weights:
    """Five rows of weights for each attribute, one for each word around the one that has it."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self._keys = arrays["keys"]
        own = arrays["weights"].reshape(len(self._keys), -1)
        # As the file has them, in 16 bits: they are only read when a word is new.
        self._own = np.concatenate([own, np.zeros_like(own[:1])])
        flags = list({kept for listed in lexicon.listed for kept in (listed, listed & ~STOP)})
        # Few sets of lists and few clusters there are: what each says is summed beforehand.
        of_lists = self._summed(lists(flag, how) for flag in flags for how in _HOWS)
        of_uses = self._summed(
            use(cluster, coarse, how)
            for cluster, coarse in enumerate(lexicon.coarse)
            for how in _HOWS
        )
        self._sums = np.concatenate([of_lists, of_uses])
        self._lists = {flag: place * len(_HOWS) for place, flag in enumerate(flags)}
        self._uses = len(of_lists)

    def traits(self, words: Sequence[str], entries: Sequence[Entry]) -> Traits:
        """What is known of `words`, of which the lexicon says `entries`."""
        kinds: list[str] = []
        classes: list[int] = []
        attributes: list[int] = []
        listed: list[int] = []
        for word, (flags, cluster, _) in zip(words, entries, strict=True):
            how = writing(word)
            found = spelling(word, how)
            attributes += found
            attributes += _ABSENT[len(found) :]
            listed += (self._lists[flags] + how, self._uses + cluster * len(_HOWS) + how)
            kinds.append(kind(word, how, flags))
            classes.append(word_class(word, how, flags))
        count = len(words)
        spelt = self._found(np.array(attributes, dtype=np.uint32)).reshape(count, -1)
        said = np.empty((count, spelt.shape[1] + _SUMMED, self._own.shape[1]), dtype=np.float32)
        said[:, :-_SUMMED] = self._own[spelt]
        said[:, -_SUMMED:] = self._sums[np.array(listed).reshape(count, -1)]
        return Traits(
            np.frombuffer("".join(kinds).encode(), dtype=np.uint8),
            np.array(classes),
            said.sum(axis=1).reshape(count, len(AROUND), -1),
        )

    def _summed(self, said: Iterable[list[str]]) -> NDArray[np.float32]:
        """A row for each of these lists of names of weights."""
        all_said = list(said)
        wanted = np.zeros((len(all_said), max(map(len, all_said))), dtype=np.uint32)
        for row, names in enumerate(all_said):
            wanted[row, : len(names)] = list(map(hashed, names))
        sums: NDArray[np.float32] = self._own[self._found(wanted)].sum(axis=1, dtype=np.float32)
        return sums

    def _found(self, attributes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Where the weights of these attributes are; those of none are all zero."""
        at: NDArray[np.int64] = self._keys.searchsorted(attributes)
        at[self._keys[at % len(self._keys)] != attributes] = len(self._keys)
        return at
