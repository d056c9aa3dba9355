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
from typing import TYPE_CHECKING

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

_PAIR = np.array([CLASSES, 1])
_RESCALED = 8
_REMEMBERED = 32_768
_LONGEST_RUN = 32
_FLOOR = np.float64(1e-300)


class Memory:
    """The words seen last with their summed weights. Full ones are thrown away whole."""

    def __init__(self, least: int = 0) -> None:
        """Empty, with room for at least this many words."""
        room = max(_REMEMBERED, least)
        self.rows: dict[str, int] = {}
        self.weights = np.zeros((room, len(_AROUND), _WIDTH), dtype=np.float32)
        self.classes = np.zeros(room, dtype=np.int64)


class Model:
    """Weights and lexicon."""

    def __init__(self, lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """From the arrays that ``bench.names.train`` writes."""
        self.lexicon = lexicon
        self._keys = arrays["keys"]
        weights = arrays["weights"].astype(np.float32)
        self._weights = np.concatenate([weights, np.zeros_like(weights[:1])])
        self._before = arrays["before"].astype(np.float32).reshape(CLASSES**2, _WIDTH)
        self._after = arrays["after"].astype(np.float32).reshape(CLASSES**2, _WIDTH)
        triples = np.zeros(CLASSES**3 * _WIDTH, dtype=np.float16)
        triples[arrays["triples"]] = arrays["triple_weights"]
        self._triples = triples.reshape(CLASSES**3, _WIDTH)
        steps = arrays["transitions"].astype(np.float64)
        self._both = np.stack([np.exp(steps), np.exp(steps.T)])
        self._lock = Lock()
        self._memory = Memory()
        self._kinds: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        common = bytes(arrays["common"].tolist()).decode().split(" ")
        self.kinds(common)
        self._learn(self._memory, set(common))

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

    def kinds(self, words: Sequence[str]) -> str:
        """For each word ``C`` (may be a name), ``g`` (may stand in one) or ``o`` (neither)."""
        known = self._kinds
        missing = {word for word in words if word not in known}
        if missing:
            if len(known) + len(missing) > _REMEMBERED:
                known, self._entries = {}, {}
            ordered = list(missing) if known else list(set(words))
            entries = self.lexicon.entries(ordered)
            self._entries.update(zip(ordered, entries, strict=True))
            known.update(zip(ordered, map(_kind, ordered, entries), strict=True))
            self._kinds = known
        return "".join([known[word] for word in words])

    def entries(self, words: Sequence[str]) -> list[Entry]:
        """What the lexicon says of each of `words`, remembered."""
        known = self._entries
        return [known.get(word) or self.lexicon.entry(word) for word in words]

    def marginals(
        self, words: Sequence[str], spans: Sequence[tuple[int, int]]
    ) -> tuple[list[int], NDArray[np.float64]]:
        """The words that stand in `spans` (first, past the last), and their labels' chances."""
        firsts, lengths = [], []
        for start, last in spans:
            for first in range(start, last, _LONGEST_RUN):
                firsts.append(first)
                lengths.append(min(_LONGEST_RUN, last - first))
        places = [place for start, last in spans for place in range(start, last)]
        scores = self._scores(words, np.array(places))
        scores -= scores.max(axis=1, keepdims=True)
        return places, self._chains(np.exp(scores, dtype=np.float64), np.array(lengths))

    def _scores(self, words: Sequence[str], places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The labels' scores at these words, without the chain."""
        memory = self._memory
        padded = [EDGE, EDGE, *words, EDGE, EDGE]
        wanted = places[:, None] + _AROUND
        at = np.array([memory.rows.get(word, -1) for word in padded])[wanted]
        if at.min() < 0:
            needed = {padded[place] for place in set(wanted.ravel().tolist())}
            memory = self._learn(memory, needed)
            at = np.array([memory.rows.get(word, -1) for word in padded])[wanted]
        scores: NDArray[np.float32] = memory.weights[at, _AROUND].sum(axis=1)
        classes = memory.classes[at[:, 1:4]]
        pair = classes[:, :2] @ _PAIR
        scores += self._before[pair]
        scores += self._after[classes[:, 1:] @ _PAIR]
        scores += self._triples[pair * CLASSES + classes[:, 2]]
        return scores

    def _learn(self, memory: Memory, needed: set[str]) -> Memory:
        """Sum the weights of words not seen lately."""
        with self._lock:
            missing = [word for word in needed if word not in memory.rows]
            if len(memory.rows) + len(missing) > _REMEMBERED:
                memory, missing = Memory(len(needed)), list(needed)
            self._fill(memory, missing)
            self._memory = memory
        return memory

    def _fill(self, memory: Memory, words: list[str]) -> None:
        """Sum the weights of all these words in one go."""
        if not words:
            return
        entries = self.entries(words)
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
        order[:, 0] = begins + np.minimum(steps, last)
        order[:, 1] = begins + np.maximum(last - steps, 0)
        flow = chances[order]
        flow[0] *= self._both[:, None, 0]
        for step in range(1, longest):
            flow[step] *= flow[step - 1] @ self._both
            if step % _RESCALED == 0:
                flow[step] /= np.maximum(flow[step].max(axis=2, keepdims=True), _FLOOR)
        run = np.repeat(np.arange(count), lengths)
        own = np.arange(len(chances)) - begins[run]
        result: NDArray[np.float64] = flow[own, 0, run] * flow[last[run] - own, 1, run]
        result /= np.maximum(chances, _FLOOR)
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
