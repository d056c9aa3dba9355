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
_AROUND = np.arange(5)
"""A word is judged with two words on either side."""

_TRIPLE = np.array([CLASSES**2, CLASSES, 1])
_RESCALED = 8
_REMEMBERED = 32_768
_LONGEST_RUN = 32
_FLOOR = np.float64(1e-300)


class Memory:
    """The words seen last, with what is known of each. Full ones are thrown away whole."""

    def __init__(self, least: int = 0) -> None:
        """Empty, with room for at least this many words."""
        room = max(_REMEMBERED, least)
        self.room = room
        self.rows: dict[str, int] = {}
        self.words: list[str] = []
        self.entries: list[Entry] = []
        self.kinds = np.zeros(room, dtype=np.uint8)
        self.summed = np.zeros(room, dtype=np.bool_)
        """Whether a word's weights are there: they are needed where names may stand."""

        self.weights = np.zeros((room, len(_AROUND), _WIDTH), dtype=np.float32)
        self.classes = np.zeros(room, dtype=np.int64)


class Known(NamedTuple):
    """The words of a text as the memory has them."""

    memory: Memory
    rows: NDArray[np.int64]
    """For each word its row, with two edges on either side."""

    kinds: str
    """For each word ``C`` (may be a name), ``g`` (may stand in one) or ``o`` (neither)."""


class Model:
    """Weights and lexicon."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self.lexicon = lexicon
        self._keys = arrays["keys"]
        weights = arrays["weights"].astype(np.float32)
        self._weights = np.concatenate([weights, np.zeros_like(weights[:1])])
        triples = np.zeros(CLASSES**3 * _WIDTH, dtype=np.float32)
        triples[arrays["triples"]] = arrays["triple_weights"]
        by_class = triples.reshape(CLASSES, CLASSES, CLASSES, _WIDTH)
        # The kinds of two words side by side are part of those of three: one look-up for all.
        by_class += arrays["before"].astype(np.float32).reshape(CLASSES, CLASSES, 1, _WIDTH)
        by_class += arrays["after"].astype(np.float32).reshape(1, CLASSES, CLASSES, _WIDTH)
        self._triples = by_class.reshape(CLASSES**3, _WIDTH)
        steps = arrays["transitions"].astype(np.float64)
        self._both = np.stack([np.exp(steps), np.exp(steps.T)])
        self._lock = Lock()
        self._memory = Memory()
        common = bytes(arrays["common"].tolist()).decode().split(" ")
        self._meet(self._memory, {EDGE, *common})
        self._sum(self._memory, np.arange(len(self._memory.rows)))

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
        try:
            rows = np.fromiter(map(memory.rows.__getitem__, padded), np.int64, len(padded))
        except KeyError:
            memory = self._meet(memory, set(padded))
            rows = np.fromiter(map(memory.rows.__getitem__, padded), np.int64, len(padded))
        return Known(memory, rows, memory.kinds[rows[2:-2]].tobytes().decode("ascii"))

    def entries(self, words: Sequence[str]) -> list[Entry]:
        """What the lexicon says of each of `words`."""
        memory = self._memory
        rows = [memory.rows.get(word, -1) for word in words]
        return [
            memory.entries[row] if row >= 0 else self.lexicon.entry(word)
            for word, row in zip(words, rows, strict=True)
        ]

    def marginals(
        self, known: Known, spans: Sequence[tuple[int, int]]
    ) -> tuple[list[int], NDArray[np.float64]]:
        """The words that stand in `spans` (first, past the last), and their labels' chances."""
        firsts, lengths = [], []
        for start, last in spans:
            for first in range(start, last, _LONGEST_RUN):
                firsts.append(first)
                lengths.append(min(_LONGEST_RUN, last - first))
        places = [place for start, last in spans for place in range(start, last)]
        scores = self._scores(known, np.array(places))
        scores -= scores.max(axis=1, keepdims=True)
        return places, self._chains(np.exp(scores, dtype=np.float64), np.array(lengths))

    def _scores(self, known: Known, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The labels' scores at these words, without the chain."""
        memory = known.memory
        at = known.rows[places[:, None] + _AROUND]
        if not memory.summed[at].all():
            self._sum(memory, np.unique(at))
        scores: NDArray[np.float32] = memory.weights[at, _AROUND].sum(axis=1)
        scores += self._triples[memory.classes[at[:, 1:4]] @ _TRIPLE]
        return scores

    def _meet(self, memory: Memory, needed: set[str]) -> Memory:
        """Remember words not seen lately; in a new memory, when this one is full."""
        with self._lock:
            missing = [word for word in needed if word not in memory.rows]
            if len(memory.rows) + len(missing) > memory.room:
                memory, missing = Memory(len(needed) + 1), [EDGE, *(needed - {EDGE})]
            first = len(memory.rows)
            entries = self.lexicon.entries(missing)
            kinds = "".join(map(_kind, missing, entries)).encode()
            memory.kinds[first : first + len(missing)] = np.frombuffer(kinds, dtype=np.uint8)
            memory.words += missing
            memory.entries += entries
            # Only now: a reader that finds a word must find what is known of it.
            memory.rows.update(zip(missing, range(first, first + len(missing)), strict=True))
            self._memory = memory
        return memory

    def _sum(self, memory: Memory, rows: NDArray[np.int64]) -> None:
        """Sum the weights of the words in these rows in one go, where that is not done."""
        with self._lock:
            rows = rows[~memory.summed[rows]]
            if not rows.size:
                return
            words = [memory.words[row] for row in rows]
            entries = [memory.entries[row] for row in rows]
            by_word = [attributes(word, entry) for word, entry in zip(words, entries, strict=True)]
            counts = [len(found) for found in by_word]
            wanted = np.fromiter(chain.from_iterable(by_word), dtype=np.uint32, count=sum(counts))
            at = self._keys.searchsorted(wanted)
            at[at == len(self._keys)] = 0
            at[self._keys[at] != wanted] = len(self._keys)  # the row of zeros
            begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
            memory.weights[rows] = np.add.reduceat(self._weights[at], begins)
            memory.classes[rows] = list(map(word_class, words, entries))
            memory.summed[rows] = True

    def _chains(
        self, chances: NDArray[np.float64], lengths: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Forward and backward at once: the labels' chances within their runs.

        Outside of a run the label is ``O``, so a run begins and ends as if next to one.
        """
        count, longest = len(lengths), int(lengths.max())
        begins = np.cumsum(lengths) - lengths
        steps = np.arange(longest)[:, None]
        last = lengths - 1
        order = np.empty((longest, 2, count), dtype=np.int64)
        order[:, 0] = order[:, 1] = np.minimum(steps, last)
        order[:, 0] += begins
        np.subtract(begins + last, order[:, 1], out=order[:, 1])
        flow = chances[order]
        came = np.empty_like(flow)
        came[0] = self._both[:, None, 0]
        flow[0] *= came[0]
        for step in range(1, longest):
            np.matmul(flow[step - 1], self._both, out=came[step])
            flow[step] *= came[step]
            if step % _RESCALED == 0:
                flow[step] /= np.maximum(flow[step].max(axis=2, keepdims=True), _FLOOR)
        run = np.repeat(np.arange(count), lengths)
        own = np.arange(len(chances)) - begins[run]
        result: NDArray[np.float64] = flow[own, 0, run] * came[last[run] - own, 1, run]
        result /= np.maximum(result.sum(axis=1, keepdims=True), _FLOOR)
        return result


def _kind(word: str, entry: Entry) -> str:
    how = writing(word)
    if how == OTHER:
        return "g" if word[0].isdigit() or GLUE.fullmatch(word) else "o"
    if how == LOWER:
        if GLUE.fullmatch(word):
            return "g"
        # A name in lower case must be listed as one, and as nothing else.
        listed = entry.flags & (FIRST | CITY | COUNTRY) and not entry.flags & (COMMON | STOP)
        return "C" if listed and len(word) > 2 else "o"
    if entry.flags & STOP:
        return "g" if GLUE.fullmatch(word.lower()) else "o"
    return "C"
