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
_LISTED = 2
"""Rows of a word beside those of its spelling: of its lists, and of its use."""


class Weights:
    """Five rows of weights for each attribute, one for each word around the one that has it."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        own = arrays["weights"].astype(np.float32).reshape(len(arrays["keys"]), -1)
        self._rows = np.concatenate([own, np.zeros_like(own[:1])])
        # One more, greater than any other, so that what is looked for is never past the last.
        last = np.array([0xFFFFFFFF], dtype=np.uint32)
        self._keys = np.concatenate([arrays["keys"].astype(np.uint32), last])
        # Few sets of lists and few clusters there are: what each says is summed beforehand, for
        # every way of writing in turn.
        listed = {kept for of_word in lexicon.listed for kept in (of_word, of_word & ~STOP)}
        first = self._summed(lists(flags, how) for flags in listed for how in _HOWS)
        self._lists = {flags: first + at * len(_HOWS) for at, flags in enumerate(listed)}
        self._uses = self._summed(
            use(cluster, coarse, how)
            for cluster, coarse in enumerate(lexicon.coarse)
            for how in _HOWS
        )

    def traits(self, words: Sequence[str], entries: Sequence[Entry]) -> Traits:
        """What is known of `words`, of which the lexicon says `entries`."""
        kinds: list[str] = []
        classes: list[int] = []
        attributes: list[int] = []
        for word, (flags, cluster, _) in zip(words, entries, strict=True):
            how = writing(word)
            found = spelling(word, how)
            if len(found) < len(SPELLING):
                found += _ABSENT[len(found) :]
            attributes += found
            attributes += (self._lists[flags] + how, self._uses + cluster * len(_HOWS) + how)
            kinds.append(kind(word, how, flags))
            classes.append(word_class(word, how, flags))
        said = np.array(attributes, dtype=np.uint32)
        rows = self._found(said).reshape(len(words), -1)
        rows[:, -_LISTED:] = said.reshape(rows.shape)[:, -_LISTED:]
        return Traits(
            np.frombuffer("".join(kinds).encode(), dtype=np.uint8),
            np.array(classes),
            np.add.reduce(self._rows.take(rows, axis=0), axis=1).reshape(
                len(words), len(AROUND), -1
            ),
        )

    def _summed(self, said: Iterable[list[str]]) -> int:
        """Add a row for each of these names of weights; where the first is."""
        all_said = list(said)
        most = max(map(len, all_said))
        wanted = np.zeros((len(all_said), most), dtype=np.uint32)
        for row, names in enumerate(all_said):
            wanted[row, : len(names)] = list(map(hashed, names))
        first = len(self._rows)
        sums = self._rows[self._found(wanted)].sum(axis=1)
        self._rows = np.concatenate([self._rows, sums])
        return first

    def _found(self, attributes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Where the weights of these attributes are; those of none are all zero."""
        at: NDArray[np.int64] = self._keys.searchsorted(attributes)
        at[self._keys.take(at) != attributes] = len(self._keys) - 1
        return at
