"""The detector of names: people, places and organisations, with a confidence."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.content.names.known import KnownNames, repeated
from gateway.content.names.letters import letter_names
from gateway.content.names.model import TYPES, Model
from gateway.content.names.words import tokens
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.names.arithmetic import Likely
    from gateway.content.names.words import Tokens

LEAST = {"PERSON": 0.40, "LOCATION": 0.475, "ORGANIZATION": 0.475}
"""The confidence a name of each type needs."""

_WEIGHT_OF_NONE = 0.6
"""A word is taken for part of a name when that is more than half as likely as that it is none."""

_NO_NAME = 0.63
"""How likely a word is none, so that by the above it can be no part of a name whatever the rest."""

_ANEW = 0.5
"""How likely a name begins at a word that would otherwise go on with the one before."""

_PIECE = 50_000
"""How many code points are looked at together: it bounds the memory of a text in one line."""

_HEX = re.compile(r"[a-f]+|[A-F]+")

_KINDS = tuple((kind, LEAST[kind], f"name.{kind.lower()}") for kind in TYPES)
_PERSON = "PERSON"
_OF_LETTERS = 0.8
"""The confidence of a name that only its place in a letter tells."""


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
            places += [
                start + found.starts[word]
                for word, none, *_ in self._model.likely(known, known.runs(), 1.0)
                if least <= calibrated(1.0 - none) <= most
            ]
        return places

    def known(self) -> KnownNames:
        """Nobody yet: what a conversation's names are gathered in."""
        return KnownNames(self._model.entries)

    def _in_piece(self, text: str) -> list[Finding]:
        found = tokens(text)
        words = self._model.known(found.words)
        spans = words.runs()
        if not spans:
            return []
        seen = _names(self._model.likely(words, spans, _NO_NAME), found)
        for first, last in letter_names(found.words, spans, self._model.entries):
            name = _finding(_PERSON, _OF_LETTERS, "name.letter", first, last, found)
            seen = _with(seen, name)
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


def _finding(kind: str, confidence: float, rule: str, first: int, last: int, of: Tokens) -> Finding:
    """The name from the first to the last of these words of a text."""
    words, starts = of
    return Finding(kind, starts[first], starts[last] + len(words[last]), confidence, rule)


def _names(likely: Iterable[Likely], of: Tokens) -> list[Finding]:
    """The names among these words: words in a row that are likelier in one than outside of it."""
    found: list[Finding] = []
    first = last = kind = -1
    sum_ = 0.0
    for place, none, best, most, begun in likely:
        if most <= none * _WEIGHT_OF_NONE:
            continue
        if place == last + 1 and best == kind and begun <= _ANEW:
            last, sum_ = place, sum_ + most
            continue
        if kind >= 0:
            found += _sure_enough(kind, first, last, sum_, of)
        first, last, kind, sum_ = place, place, best, most
    if kind >= 0:
        found += _sure_enough(kind, first, last, sum_, of)
    return found


def _sure_enough(kind: int, first: int, last: int, sum_: float, of: Tokens) -> tuple[Finding, ...]:
    """The name of these words, if what they say in sum is enough for one of its type."""
    type_, least, rule = _KINDS[kind]
    confidence = calibrated(sum_ / (last + 1 - first))
    if confidence < least or (first == last and _of_an_id(first, of)):
        return ()
    return (_finding(type_, round(confidence, 3), rule, first, last, of),)


def _of_an_id(at: int, of: Tokens) -> bool:
    """Whether a word is letters of a hexadecimal number, such as "aea" in an id."""
    words, starts = of
    word, start = words[at], starts[at]
    if not _HEX.fullmatch(word):
        return False
    if at and starts[at - 1] + len(words[at - 1]) == start and words[at - 1][-1].isdigit():
        return True
    behind = words[at + 1] if starts[at + 1 : at + 2] == [start + len(word)] else ""
    return behind[:1].isdigit()
