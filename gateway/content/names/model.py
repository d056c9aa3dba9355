"""The tagger's arithmetic: a linear-chain conditional random field (Lafferty et al. 2001).

Every weight belongs to one word, or to the kinds of two or three words side by side.
A word's weights are summed once and remembered, so that a text costs a few table
look-ups. Where no name can begin the label is fixed, so the chain falls into short
runs, which are decoded side by side.
"""

from __future__ import annotations

from importlib.resources import files
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gateway.content.names.lexicon import CITY, COMMON, COUNTRY, FIRST, STOP, Entry, Lexicon
from gateway.content.names.words import (
    CLASSES,
    EDGE,
    GLUE,
    LOWER,
    OTHER,
    attributes,
    word_class,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
LABELS = ("O", *(f"{place}-{kind}" for kind in TYPES for place in "BI"))
_WIDTH = len(LABELS)
_REACH = 2
_REMEMBERED = 16_384
_LONGEST_RUN = 32
_FLOOR = np.float64(1e-300)


class Word(NamedTuple):
    """What is remembered of a word: its row in the tables and its kind."""

    row: int
    kind: str
    """``C`` may be a name, ``g`` may stand inside of one, ``o`` neither."""


class Memory:
    """The words seen last with their summed weights. Full ones are thrown away whole."""

    def __init__(self) -> None:
        """Empty."""
        self.rows: dict[str, int] = {}
        self.weights = np.zeros((_REMEMBERED, 2 * _REACH + 1, _WIDTH), dtype=np.float32)
        self.classes = np.zeros(_REMEMBERED, dtype=np.int64)


class Model:
    """Weights and lexicon."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self.lexicon = lexicon
        self._keys = arrays["keys"]
        weights = arrays["weights"].astype(np.float32)
        self._weights = np.concatenate([weights, np.zeros_like(weights[:1])])
        self._before = arrays["before"].astype(np.float32)
        self._after = arrays["after"].astype(np.float32)
        triples = np.zeros(CLASSES**3 * _WIDTH, dtype=np.float16)
        triples[arrays["triples"]] = arrays["triple_weights"]
        self._triples = triples.reshape(CLASSES**3, _WIDTH)
        steps = arrays["transitions"].astype(np.float64)
        self._steps = np.exp(steps)
        self._both = np.stack([self._steps, self._steps.T])
        self._lock = Lock()
        self._memory = Memory()
        self._kinds: dict[str, str] = {}

    @classmethod
    def shipped(cls) -> Model:
        """The model of this package."""
        folder = files("gateway.content.names") / "data"
        with (folder / "lexicon.npz").open("rb") as words, (folder / "model.npz").open("rb") as file:
            lexicon = Lexicon(dict(np.load(words)))
            return cls(lexicon, dict(np.load(file)))

    def kind(self, word: str) -> str:
        """Whether a name may begin with `word` (``C``), go on with it (``g``), or neither."""
        known = self._kinds.get(word)
        if known is None:
            known = self._kind(word)
            if len(self._kinds) >= _REMEMBERED:
                self._kinds = {}
            self._kinds[word] = known
        return known

    def _kind(self, word: str) -> str:
        how = writing(word)
        if how == OTHER:
            return "g" if word in GLUE or word[0].isdigit() else "o"
        entry = self.lexicon.entry(word)
        if how == LOWER:
            if word in GLUE:
                return "g"
            return "C" if may_be_lower_name(word, entry) else "o"
        if entry.flags & STOP:
            return "g" if word.lower() in GLUE else "o"
        return "C"

    def marginals(
        self, words: Sequence[str], spans: Sequence[tuple[int, int]]
    ) -> list[tuple[int, NDArray[np.float64]]]:
        """For each run (first, last) of `words` its first word and the labels' probabilities."""
        pieces = [
            (first, min(first + _LONGEST_RUN, last))
            for start, last in spans
            for first in range(start, last, _LONGEST_RUN)
        ]
        scores = self._scores(words, pieces)
        lengths = np.array([last - first for first, last in pieces])
        longest = int(lengths.max())
        inside = np.arange(longest) < lengths[:, None]
        table = np.zeros((len(pieces), longest, _WIDTH))
        table[inside] = scores
        table -= table.max(axis=2, keepdims=True)
        chances = self._chains(np.exp(table), inside, lengths)
        return [
            (first, chances[number, : last - first]) for number, (first, last) in enumerate(pieces)
        ]

    def _scores(
        self, words: Sequence[str], pieces: list[tuple[int, int]]
    ) -> NDArray[np.float32]:
        """The labels' scores at every word of the pieces, without the chain."""
        memory = self._memory
        padded = [EDGE, EDGE, *words, EDGE, EDGE]
        rows = np.concatenate(
            [np.arange(first, last) for first, last in pieces]
        )
        wanted = rows[:, None] + np.arange(2 * _REACH + 1)
        needed = {padded[place] for place in set(wanted.ravel().tolist())}
        known = memory.rows
        missing = [word for word in needed if word not in known]
        if missing:
            memory = self._learn(memory, missing, needed)
            known = memory.rows
        get = known.get
        ids = np.array([get(word, 0) for word in padded])
        at = ids[wanted]
        scores = memory.weights[at, np.arange(2 * _REACH + 1)].sum(axis=1)
        before, own, after = (memory.classes[at[:, place]] for place in (1, 2, 3))
        scores += self._before[before, own]
        scores += self._after[own, after]
        scores += self._triples[(before * CLASSES + own) * CLASSES + after]
        return scores

    def _learn(self, memory: Memory, missing: list[str], needed: set[str]) -> Memory:
        """Sum the weights of words not seen lately."""
        with self._lock:
            if len(memory.rows) + len(missing) > _REMEMBERED:
                memory = Memory()
                missing = list(needed)[:_REMEMBERED]
            self._fill(memory, [word for word in missing if word not in memory.rows])
            self._memory = memory
        return memory

    def _fill(self, memory: Memory, words: list[str]) -> None:
        """Sum the weights of all these words in one go."""
        if not words:
            return
        entries = self.lexicon.entries(words)
        by_word = [attributes(word, entry) for word, entry in zip(words, entries, strict=True)]
        counts = [len(found) for found in by_word]
        wanted = np.fromiter(chain.from_iterable(by_word), dtype=np.uint32, count=sum(counts))
        at = self._keys.searchsorted(wanted)
        at[at == len(self._keys)] = 0
        at[self._keys[at] != wanted] = len(self._keys)  # the row of zeros
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        first = len(memory.rows)
        memory.weights[first : first + len(words)] = np.add.reduceat(self._weights[at], begins)
        memory.classes[first : first + len(words)] = list(map(word_class, words, entries))
        # Only now: a reader that finds a word must find its weights.
        memory.rows.update(zip(words, range(first, first + len(words)), strict=True))

    def _chains(
        self, scores: NDArray[np.float64], inside: NDArray[np.bool_], lengths: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Forward and backward at once: probabilities of the labels at each place.

        Outside of a run the label is ``O``, so a run begins and ends as if next to one.
        """
        count, longest, _ = scores.shape
        turned = (lengths[:, None] - 1 - np.arange(longest)) % longest
        mirrored = np.take_along_axis(scores, turned[:, :, None], axis=1)
        both = np.stack([scores, mirrored])
        flow = np.empty((longest, 2, count, _WIDTH))
        flow[0] = both[:, :, 0] * self._both[:, None, 0]
        for step in range(1, longest):
            np.matmul(flow[step - 1], self._both, out=flow[step])
            flow[step] *= both[:, :, step]
            if step % 8 == 0:
                flow[step] /= np.maximum(flow[step].max(axis=2, keepdims=True), _FLOOR)
        forward = flow[:, 0].transpose(1, 0, 2)
        backward = np.take_along_axis(flow[:, 1].transpose(1, 0, 2), turned[:, :, None], axis=1)
        chances = forward * backward / np.maximum(scores, _FLOOR)
        chances *= inside[:, :, None]
        total = chances.sum(axis=2, keepdims=True)
        result: NDArray[np.float64] = chances / np.maximum(total, _FLOOR)
        return result


def may_be_lower_name(word: str, entry: Entry) -> bool:
    """Whether a word in lower case may be a name: it is listed as one and as nothing else."""
    listed = entry.flags & (FIRST | CITY | COUNTRY)
    return bool(listed) and not entry.flags & (COMMON | STOP) and len(word) > 2
