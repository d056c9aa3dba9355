"""From labelled texts to what the trainer takes: attributes and labels of each word."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.names.model import TYPES
from gateway.content.names.reading import (
    EDGE,
    SPELLING,
    hashed,
    spelling,
    word_class,
    writing,
    written,
)
from gateway.content.names.words import lists, tokens, use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.names.corpora import Labelled
    from gateway.content.names.lexicon import Lexicon

OFFSETS = (-2, -1, 0, 1, 2)
_FAR = ("w=", "k=", "c=", "b=", "s=")
"""What counts of a word two places away."""

_NEAR_NOT = ("p", "q2=", "q4=", "L=", "U=")
_AS_NAME = {"ADDRESS": "LOCATION"}
_FORGET = 0.12


class Sequence(NamedTuple):
    """One text for the trainer."""

    attributes: list[list[str]]
    labels: list[str]


@lru_cache(maxsize=1 << 20)
def number(attribute: str) -> int:
    """The hash by which the model knows an attribute; the trainer sees nothing else of it."""
    name, _, found = attribute.partition("=")
    return int(found) if name in SPELLING else hashed(attribute)


def usable(offset: int, attribute: str) -> bool:
    """Whether the tagger looks at this attribute of a word that far away."""
    if abs(offset) == 2:
        return attribute.startswith(_FAR)
    return offset == 0 or not attribute.startswith(_NEAR_NOT)


def labels(item: Labelled) -> tuple[list[str], list[str]]:
    """The words of a text and their labels, begin-inside-outside."""
    words, starts = tokens(item.text)
    marked = ["O"] * len(words)
    spans = iter(
        (start, end, _AS_NAME.get(kind, kind))
        for start, end, kind in item.spans
        if kind in _AS_NAME or kind in TYPES
    )
    span = next(spans, None)
    begun = False
    for index, start in enumerate(starts):
        while span is not None and start >= span[1]:
            span, begun = next(spans, None), False
        if span is not None and start + len(words[index]) > span[0] and words[index][0] != EDGE:
            marked[index] = ("I-" if begun else "B-") + span[2]
            begun = True
    return words, marked


def _attributes(word: str, lexicon: Lexicon) -> list[str]:
    form = written(word)
    how = writing(form)
    spelt = [f"{name}={found}" for name, found in zip(SPELLING, spelling(form, how), strict=False)]
    flags, cluster, coarse = lexicon.entry(form)
    return spelt + lists(flags, how) + use(cluster, coarse, how)


def _class(word: str, lexicon: Lexicon) -> int:
    form = written(word)
    return word_class(form, writing(form), lexicon.entry(form).flags)


def known(words: list[str], lexicon: Lexicon, chance: random.Random | None) -> list[list[str]]:
    """The attributes of each word; some are forgotten so that lists are not trusted blindly."""
    found = []
    for word in words:
        of_word = _attributes(word, lexicon)
        if chance is not None and word[0].isupper():
            draw = chance.random()
            if draw < _FORGET:
                of_word = [item for item in of_word if item[0] not in "gGk"]
            elif draw < 2 * _FORGET:
                of_word = [item for item in of_word if item[0] != "w"]
            elif draw < 2.5 * _FORGET:
                of_word = [item for item in of_word if item[0] not in "wgGcCbB"]
        found.append(of_word)
    return found


def in_context(of_words: list[list[str]], classes: list[int], edge: list[str]) -> list[list[str]]:
    """The attributes of each place: of the word, its neighbours, and of pairs of word classes."""
    count = len(of_words)
    at_edge = [edge, edge]
    padded = [*at_edge, *of_words, *at_edge]
    kinds = [4, *classes, 4]
    found = []
    for place in range(count):
        here = [
            f"{offset}:{number(attribute)}"
            for offset in OFFSETS
            for attribute in padded[place + 2 + offset]
            if usable(offset, attribute)
        ]
        before, own, after = kinds[place : place + 3]
        here += [f"<{before},{own}", f">{own},{after}", f"^{before},{own},{after}"]
        found.append(here)
    return found


def sequences(items: Iterable[Labelled], lexicon: Lexicon, seed: int | None) -> Iterator[Sequence]:
    """Each text as attributes and labels; with a `seed`, with some attributes forgotten."""
    chance = None if seed is None else random.Random(seed)
    edge = _attributes(EDGE, lexicon)
    for item in items:
        words, marked = labels(item)
        if words:
            classes = [_class(word, lexicon) for word in words]
            yield Sequence(in_context(known(words, lexicon, chance), classes, edge), marked)
