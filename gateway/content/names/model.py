"""The tagger's arithmetic: a linear-chain conditional random field (Lafferty et al. 2001).

Every weight belongs to one word, or to the kinds of three words side by side. A word's weights
are summed once, so that a text costs a few table look-ups. Where no name can begin the
label is fixed, so the chain falls into short runs, which are decoded side by side.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from gateway.content.names.chains import Chain
from gateway.content.names.lexicon import Entry, Lexicon
from gateway.content.names.memory import AROUND, Known, Memory
from gateway.content.names.weights import Weights
from gateway.content.names.words import CLASSES, EDGE, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
LABELS = ("O", *(f"{place}-{kind}" for kind in TYPES for place in "BI"))
_WIDTH = len(LABELS)
_TRIPLE = np.array([CLASSES**2, CLASSES, 1])
_BITS = CLASSES.bit_length() - 1
"""Of a word's class, which is below a power of two."""

_LONGEST_RUN = 32


class Model:
    """Weights and lexicon."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self.lexicon = lexicon
        self._weights = Weights(lexicon, arrays)
        self._before = arrays["before"].astype(np.float32).reshape(-1, _WIDTH)
        self._after = arrays["after"].astype(np.float32).reshape(-1, _WIDTH)
        # One in a hundred of three kinds says more than its pairs do; the others share a row of
        # zeros. All of them side by side would take 7 MB.
        triple, label = np.divmod(arrays["triples"], _WIDTH)
        said = np.flatnonzero(np.bincount(triple))
        self._which = np.zeros(CLASSES**3, dtype=np.uint16)
        self._which[said] = np.arange(1, len(said) + 1)
        self._triples = np.zeros((len(said) + 1, _WIDTH), dtype=np.float32)
        self._triples[self._which[triple], label] = arrays["triple_weights"]
        self._chain = Chain(arrays["transitions"].astype(np.float64))
        common = [EDGE, *bytes(arrays["common"].tolist()).decode().split(" ")]
        self._memory = Memory(
            list(map(hash, common)), self._weights.traits(common, lexicon.entries(common))
        )

    @classmethod
    def shipped(cls) -> Model:
        """The model of this package."""
        folder = files("gateway.content.names") / "data"
        with (
            (folder / "lexicon.npz").open("rb") as words,
            (folder / "model.npz").open("rb") as file,
        ):
            lexicon = Lexicon(dict(np.load(words)))
            return cls(lexicon, dict(np.load(file)))

    def known(self, words: Sequence[str]) -> Known:
        """Each of `words` looked up, once."""
        memory = self._memory
        padded = [EDGE, EDGE, *words, EDGE, EDGE]
        rows, others = memory.find(padded)
        if others:
            memory, rows = self._met(memory, padded, rows, others)
        kinds = memory.traits.kinds.take(rows[2:-2]).tobytes().decode("ascii")
        return Known(rows, memory.traits, kinds)

    def entries(self, words: Sequence[str]) -> list[Entry]:
        """What the lexicon says of each of `words`."""
        return self.lexicon.entries(words)

    def marginals(
        self, known: Known, spans: Sequence[tuple[int, int]]
    ) -> tuple[list[int], NDArray[np.float64]]:
        """The words that stand in `spans` (first, past the last), and their labels' chances."""
        lengths = [last - start for start, last in spans]
        if max(lengths) > _LONGEST_RUN:
            lengths = list(_cut(lengths))
        places = [place for start, last in spans for place in range(start, last)]
        scores = self._scores(known, np.array(places))
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        return places, self._chain.chances(np.exp(scores, dtype=np.float64), lengths)

    def _scores(self, known: Known, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The labels' scores at these words, without the chain."""
        at = known.rows.take(places[:, None] + AROUND)
        scores: NDArray[np.float32] = np.add.reduce(known.traits.weights[at, AROUND], axis=1)
        kinds = known.traits.classes.take(at[:, 1:4]) @ _TRIPLE
        together = self._triples.take(self._which.take(kinds), axis=0)
        together += self._before.take(kinds >> _BITS, axis=0)
        together += self._after.take(kinds & (CLASSES**2 - 1), axis=0)
        scores += together
        return scores

    def _met(
        self, memory: Memory, words: list[str], rows: NDArray[np.int64], places: list[int]
    ) -> tuple[Memory, NDArray[np.int64]]:
        """Find the words at these places too, or remember them; in a new memory, if it is full."""
        met: list[int] = []
        new: dict[int, str] = {}
        for place in places:
            word = hash(words[place])
            if word not in memory.rows:
                form = written(words[place])
                word = hash(form)
                if word not in memory.rows:
                    new[word] = form
            met.append(word)
        forms = list(new.values())
        if new and not memory.keep(
            list(new), self._weights.traits(forms, self.lexicon.entries(forms))
        ):
            self._memory = anew = memory.emptied(len(words))
            return self._met(anew, words, *anew.find(words))
        rows[places] = [memory.rows[word] for word in met]
        return memory, rows


def _cut(lengths: Iterable[int]) -> Iterator[int]:
    """Runs of at most `_LONGEST_RUN` words in place of longer ones."""
    for length in lengths:
        whole, rest = divmod(length, _LONGEST_RUN)
        yield from [_LONGEST_RUN] * whole
        if rest:
            yield rest
