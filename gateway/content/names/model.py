"""The tagger's arithmetic: a linear-chain conditional random field (Lafferty et al. 2001).

Every weight belongs to one word, or to the kinds of three words side by side. A word's weights
are summed once, so that a text costs a few table look-ups. Where no name can begin the
label is fixed, so the chain falls into short runs, which are decoded side by side.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from gateway.content.names.arithmetic import CLASSES, Chain, Known, Memory, Scores, likely
from gateway.content.names.lexicon import Entry, Lexicon
from gateway.content.names.reading import EDGE, written
from gateway.content.names.weights import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gateway.content.names.arithmetic import Likely

TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
LABELS = ("O", *(f"{place}-{kind}" for kind in TYPES for place in "BI"))
_WIDTH = len(LABELS)
_ROOM = 32_768
"""Words that are remembered, so that each is looked up and summed once. None is kept: a word is
known again by its hash. Numbers, handles and addresses are not even met as they are."""


class Model:
    """Weights and lexicon."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self.lexicon = lexicon
        self._reader = reader(lexicon, arrays)
        # One in a hundred of three kinds says more than its pairs do; the others share a row of
        # zeros. All of them side by side would take 7 MB.
        triple, label = np.divmod(arrays["triples"], _WIDTH)
        said = np.flatnonzero(np.bincount(triple))
        which = np.zeros(CLASSES**3, dtype=np.uint16)
        which[said] = np.arange(1, len(said) + 1)
        triples = np.zeros((len(said) + 1, _WIDTH), dtype=np.float32)
        triples[which[triple], label] = arrays["triple_weights"]
        before, after = (
            arrays[name].astype(np.float32).reshape(-1, _WIDTH) for name in ("before", "after")
        )
        self._scores = Scores(before, after, which, triples)
        self._chain = Chain(arrays["transitions"])
        self._common = [EDGE, *bytes(arrays["common"].tolist()).decode().split(" ")]
        self._first = self._reader.read(self._common)
        self._memory = self._emptied(0)

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

    def known(self, words: list[str]) -> Known:
        """Each of `words` looked up, once."""
        memory = self._memory
        known, others = memory.find(words)
        if not others:
            return known
        forms = [written(words[place]) for place in others]
        new = [form for form in dict.fromkeys(forms) if form not in memory]
        if new and not memory.keep(new, *self._reader.read(new)):
            # It is full: begin anew, with room for at least this text.
            self._memory = self._emptied(len(words))
            return self.known(words)
        known.put(others, forms)
        return known

    def entries(self, words: Sequence[str]) -> list[Entry]:
        """What the lexicon says of each of `words`."""
        return self.lexicon.entries(words)

    def likely(self, known: Known, runs: list[tuple[int, int]], most: float) -> list[Likely]:
        """The words of `runs` that are in no name with a chance of at most `most`.

        Each with what it is likeliest part of instead (`arithmetic.likely`).
        """
        return likely(self._chain.chances(self._scores.chances(known, runs), runs), runs, most)

    def _emptied(self, least: int) -> Memory:
        """A memory of the common words only, with room for at least this many more."""
        memory = Memory(max(_ROOM, len(self._common) + least))
        memory.keep(self._common, *self._first)
        return memory
