"""What a word says for the labels of the words around it: the model's weights, summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gateway.content.names.arithmetic import Table
from gateway.content.names.lexicon import STOP, hashed
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


class Traits(NamedTuple):
    """Of some words, in order."""

    kinds: bytes
    """``C`` (may be a name), ``g`` (may stand in one) or ``o`` (neither)."""

    classes: bytes
    weights: NDArray[np.float32]
    """What a word says for the labels of each of the words around it."""


class Weights:
    """Five rows of weights for each attribute, one for each word around the one that has it."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        keys = arrays["keys"]
        self._table = Table(keys, arrays["weights"].astype(np.float32).reshape(len(keys), -1))
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
        classes = bytearray()
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
        weights = self._table.sums(attributes, len(SPELLING), _LISTED)
        return Traits("".join(kinds).encode(), bytes(classes), weights)

    def _summed(self, said: Iterable[list[str]]) -> int:
        """Add a row for each of these names of weights; where the first is."""
        all_said = list(said)
        most = max(map(len, all_said))
        attributes: list[int] = []
        for names in all_said:
            attributes += map(hashed, names)
            attributes += [0] * (most - len(names))
        return self._table.add(self._table.sums(attributes, most))
