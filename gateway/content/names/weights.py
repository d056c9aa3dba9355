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


class Weights:
    """Five rows of weights for each attribute, one for each word around the one that has it."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self._keys = arrays["keys"]
        own = arrays["weights"].astype(np.float32).reshape(len(self._keys), -1)
        self._rows = np.concatenate([own, np.zeros_like(own[:1])])
        flags = {kept for listed in lexicon.listed for kept in (listed, listed & ~STOP)}
        # Few sets of lists and few clusters there are: what each says is summed beforehand.
        self._lists = self._summed((flag, how, lists(flag, how)) for flag in flags for how in _HOWS)
        self._uses = self._summed(
            (cluster, how, use(cluster, coarse, how))
            for cluster, coarse in enumerate(lexicon.coarse)
            for how in _HOWS
        )

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
            listed += (self._lists[flags, how], self._uses[cluster, how])
            kinds.append(kind(word, how, flags))
            classes.append(word_class(word, how, flags))
        count = len(words)
        rows = np.empty((count, len(SPELLING) + 2), dtype=np.int64)
        rows[:, :-2] = self._found(np.array(attributes, dtype=np.uint32)).reshape(count, -1)
        rows[:, -2:] = np.array(listed).reshape(count, -1)
        return Traits(
            np.frombuffer("".join(kinds).encode(), dtype=np.uint8),
            np.array(classes),
            np.add.reduce(self._rows.take(rows, axis=0), axis=1).reshape(count, len(AROUND), -1),
        )

    def _summed(self, said: Iterable[tuple[int, int, list[str]]]) -> dict[tuple[int, int], int]:
        """Add a row for each (list or cluster, way of writing, names of weights): where it is."""
        all_said = list(said)
        most = max(len(names) for _, _, names in all_said)
        wanted = np.zeros((len(all_said), most), dtype=np.uint32)
        for row, (_, _, names) in enumerate(all_said):
            wanted[row, : len(names)] = list(map(hashed, names))
        first = len(self._rows)
        sums = self._rows[self._found(wanted)].sum(axis=1)
        self._rows = np.concatenate([self._rows, sums])
        return {(what, how): first + row for row, (what, how, _) in enumerate(all_said)}

    def _found(self, attributes: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Where the weights of these attributes are; those of none are all zero."""
        at: NDArray[np.int64] = self._keys.searchsorted(attributes)
        at[self._keys.take(at, mode="clip") != attributes] = len(self._keys)
        return at
