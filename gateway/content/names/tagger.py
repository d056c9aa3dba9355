"""The detector of names: people, places and organisations, with a confidence."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.names.known import KnownNames, repeated
from gateway.content.names.letters import letter_names
from gateway.content.names.model import TYPES, Model
from gateway.content.names.words import runs, tokens
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from gateway.content.names.words import Tokens

LEAST = {"PERSON": 0.40, "LOCATION": 0.475, "ORGANIZATION": 0.475}
"""The confidence a name of each type needs."""

_WEIGHT_OF_NONE = 0.6
"""A word is taken for part of a name when that is more than half as likely as that it is none."""

_ANEW = 0.5
"""How likely a name begins at a word that would otherwise go on with the one before."""

_PIECE = 50_000
"""How many code points are looked at together: it bounds the memory of a text in one line."""

_RULES = {kind: f"name.{kind.lower()}" for kind in TYPES}


_PERSON = "PERSON"
_OF_LETTERS = 0.8
"""The confidence of a name that only its place in a letter tells."""


class _Name(NamedTuple):
    type: str
    first: int
    last: int
    """The number of its last word."""

    confidence: float


class NameDetector:
    """Finds names by a tagger."""

    name = "names"

    def __init__(self, model: Model) -> None:
        """With the weights of `model`."""
        self._model = model

    def find(self, text: str) -> Iterator[Finding]:
        """Each name with the confidence that it is one."""
        if len(text) <= _PIECE:
            yield from self._in_piece(text)
            return
        for start, end in _pieces(text):
            for item in self._in_piece(text[start:end]):
                yield replace(item, start=item.start + start, end=item.end + start)

    def doubts(self, text: str, least: float, most: float) -> list[int]:
        """Where words stand that are part of a name with a confidence of `least` to `most`."""
        places = []
        for start, end in _pieces(text):
            found = tokens(text[start:end])
            known = self._model.known(found.words)
            spans = runs(known.kinds)
            if not spans:
                continue
            words, chances = self._model.marginals(known, spans)
            sure = map(calibrated, (1.0 - chances[:, 0]).tolist())
            places += [
                start + found.starts[word]
                for word, chance in zip(words, sure, strict=True)
                if least <= chance <= most
            ]
        return places

    def known(self) -> KnownNames:
        """Nobody yet: what a conversation's names are gathered in."""
        return KnownNames(self._model.entries)

    def _in_piece(self, text: str) -> list[Finding]:
        found = tokens(text)
        words = self._model.known(found.words)
        spans = runs(words.kinds)
        if not spans:
            return []
        places, chances = self._model.marginals(words, spans)
        seen = [_finding(item, found, _RULES[item.type]) for item in _names(places, chances)]
        for first, last in letter_names(found.words, spans, self._model.entries):
            name = _Name(_PERSON, first, last, _OF_LETTERS)
            seen = _with(seen, _finding(name, found, "name.letter"))
        if not repeated(text, seen):
            return seen
        known = self.known()
        known.learn(text, seen)
        return [*seen, *known.find(text, seen)]


def _with(seen: list[Finding], name: Finding) -> list[Finding]:
    """The findings with a person more, where none is; of another type is nothing there then."""
    there = [item for item in seen if item.end > name.start and item.start < name.end]
    if any(item.type == _PERSON for item in there):
        return seen
    return [*(item for item in seen if item not in there), name]


def calibrated(chance: float) -> float:
    """The chance as often as names of this chance are right on held texts.

    The model is too sure of itself by a factor of two in the logarithm of the odds (temperature
    scaling, Guo et al. 2017).
    """
    odds = math.sqrt(chance / max(1.0 - chance, 1e-4))
    return odds / (1.0 + odds)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The text cut at blanks into pieces of at most `_PIECE` code points."""
    start = 0
    while start < len(text):
        end = start + _PIECE
        if end < len(text):
            blank = text.rfind(" ", start, end)
            end = blank if blank > start else end
        yield start, min(end, len(text))
        start = end


def _finding(item: _Name, found: Tokens, rule: str) -> Finding:
    end = found.starts[item.last] + len(found.words[item.last])
    return Finding(item.type, found.starts[item.first], end, item.confidence, rule)


def _names(places: list[int], chances: NDArray[np.float64]) -> Iterator[_Name]:
    """The names among these words: words in a row that are likelier in one than outside of it."""
    first = last = kind = -1
    sum_ = 0.0
    for place, labels in zip(places, chances.tolist(), strict=True):
        none, *begun = labels
        by_type = [begun[0] + begun[1], begun[2] + begun[3], begun[4] + begun[5]]
        most = max(by_type)
        if most <= none * _WEIGHT_OF_NONE:
            continue
        best = by_type.index(most)
        if place == last + 1 and best == kind and begun[2 * best] <= _ANEW:
            last, sum_ = place, sum_ + most
            continue
        if kind >= 0:
            yield from _sure_enough(kind, first, last, sum_)
        first, last, kind, sum_ = place, place, best, most
    if kind >= 0:
        yield from _sure_enough(kind, first, last, sum_)


def _sure_enough(kind: int, first: int, last: int, sum_: float) -> Iterator[_Name]:
    """The name of these words, if what they say in sum is enough for one of its type."""
    confidence = calibrated(sum_ / (last + 1 - first))
    if confidence >= LEAST[TYPES[kind]]:
        yield _Name(TYPES[kind], first, last, round(confidence, 3))
