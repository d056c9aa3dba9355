"""Words as the tagger sees them: tokens, their attributes, and where names may stand.

Every attribute belongs to one word alone. What a sentence adds is which words stand
at its side, so the weights of a word can be summed once and remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

from gateway.content.names.lexicon import Entry, hashed

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(
    # A plain word, as most are, is taken at once; the rest of the line would take it as well.
    r"([A-Za-z][a-z]++(?![^\W_]|['\u2019.:-])|https?://\S+|www\.\S+|[@#]\w+"
    rf"|(?:[A-Z]\.){{2,}}|[A-Z]\.(?=\s?[A-Z])|[DLdl]['\u2019](?={_LETTER})"
    rf"|{_LETTER}++(?:[-'\u2019](?!s\b){_LETTER}++)*+|[0-9]+(?:[.,:/][0-9]+)*|\n+|[^\w\s]|\w)"
)
_DIGITS = re.compile(r"[0-9]+")
_RUNS = re.compile(r"x{2,}")
EDGE = "\n"
"""The word that stands before the first and behind the last."""

LOWER, CAPITAL, CAPITALS, INITIAL, MIXED, OTHER = range(6)
"""How a word is written."""

_PARTICLES = (
    r"of|the|and|for|in|on|at|to|de|la|le|les|del|den|der|des|die|du|dos|da|das|di|do|el|al|bin|ibn"
    r"|y|e|et|und|en|von|van|vom|zu|zum|zur|ter|ten|te|het|['\u2019&\-/.+]|[dl]['\u2019]?|s"
)
GLUE = re.compile(_PARTICLES)
"""What may stand inside a name between its capitalised words."""


class Tokens(NamedTuple):
    """The words of a text and where they stand."""

    words: list[str]
    starts: list[int]


def tokens(text: str) -> Tokens:
    """The words of `text` in order; whitespace other than line ends separates and is dropped."""
    parts = _TOKEN.split(text)
    places = list(accumulate(map(len, parts), initial=0))
    return Tokens(parts[1::2], places[1:-1:2])


def writing(word: str) -> int:
    """How `word` is written: one of `LOWER` to `OTHER`."""
    first = word[0]
    if not first.isalpha():
        return OTHER
    if word.islower():
        return LOWER
    if len(word) <= 2 and first.isupper() and not word[1:].isalpha():
        return INITIAL
    if word.isupper():
        return CAPITALS
    if first.isupper() and word[1:].islower():
        return CAPITAL
    return MIXED


def shape(word: str, how: int) -> str:
    """``Xx-Xx``, ``XX``, ``x``, ``0``; what is no letter or digit stands for itself."""
    if word.isalpha():
        if how == LOWER:
            return "x"
        if how == CAPITAL:
            return "Xx"
        if how == CAPITALS:
            return "XXXXXX"[: len(word)]
    drawn = "".join(
        "X" if sign.isupper() else "x" if sign.isalpha() else "0" if sign.isdigit() else sign
        for sign in word[:24]
    )
    return _RUNS.sub("x", drawn)[:6]


def word_class(word: str, entry: Entry) -> int:
    """A small number (below `CLASSES`) that says what kind of word this is, for word pairs."""
    how = writing(word)
    if how == OTHER:
        return _SIGNS.get(word, 1 if word[0].isdigit() else 2)
    if how == INITIAL:
        return 3
    group = entry.group
    if how == LOWER:
        return 16 + group
    return (32 if how == CAPITAL else 48) + group


CLASSES = 64
_SIGNS = {
    sign: 4 + index
    for index, sign in enumerate((EDGE, ".", ",", ":", "(", ")", "-", "&", "/", "'", '"', "!"))
}


SPELLING = ("w", "s", "q1", "U", "L", "p2", "q2", "p3", "q3", "p4", "q4")
"""What `spelling` says, in its order: the word, its shape, its beginnings and its ends."""


_W, _Q1, _L, _P2, _Q2, _P3, _Q3, _P4, _Q4 = (
    # A seed is mixed into the first bytes, so seeds that are alike would make alike what is not.
    hashed(f"seed {name}")
    for name in ("w", "q1", "L", "p2", "q2", "p3", "q3", "p4", "q4")
)
_U = tuple(hashed(f"seed U {how}") for how in range(OTHER))


def spelling(word: str, how: int) -> list[int]:
    """What the letters of `word` say; of a short word only the first of `SPELLING`."""
    if how == OTHER:
        return [
            crc32(_written(word).encode("utf-8", "surrogatepass"), _W),
            hashed(shape(word, how)),
        ]
    raw = word.lower().encode("utf-8", "surrogatepass")
    size = len(raw)
    found = [
        crc32(raw, _W),
        hashed(shape(word, how)),
        crc32(raw[-1:], _Q1),
        crc32(raw[-3:], _U[how]),
        crc32(b"%d,%d" % (how, min(size, 12)), _L),
    ]
    if size > 2:
        found += (crc32(raw[:2], _P2), crc32(raw[-2:], _Q2))
    if size > 3:
        found += (crc32(raw[:3], _P3), crc32(raw[-3:], _Q3))
    if size > 4:
        found += (crc32(raw[:4], _P4), crc32(raw[-4:], _Q4))
    return found


def _written(word: str) -> str:
    if len(word) == 1:
        return word
    if word[0] in "@#":
        return word[0] + "w"
    return "http" if "/" in word[:8] else _DIGITS.sub("0", word)


def listing(entry: Entry, how: int) -> list[str]:
    """What the lexicon says of a word that is written in this way, as names of weights."""
    if how == OTHER:
        return []
    return [*_of_lists(entry.flags, entry.group, how), *_of_use(entry, how)]


def _of_lists(flags: int, group: int, how: int) -> list[str]:
    found = [f"h={how}", f"G={flags},{how}", f"k={how},{group}"]
    found += [f"g{bit}={how}" for bit in range(13) if flags >> bit & 1]
    return found


def _of_use(entry: Entry, how: int) -> list[str]:
    if entry.cluster:
        return [
            f"c={entry.cluster}",
            f"C={entry.cluster},{how}",
            f"b={entry.coarse}",
            f"B={entry.coarse},{how}",
        ]
    return [] if entry.flags else [f"u={how}"]


# Remembered apart: there are few sets of lists and few clusters, but many pairs of them.
@lru_cache(maxsize=4_096)
def _hashed_lists(flags: int, how: int) -> tuple[int, ...]:
    group = Entry(flags, 0, 0).group
    return tuple(map(hashed, _of_lists(flags, group, how)))


@lru_cache(maxsize=8_192)
def _hashed_use(entry: Entry, how: int) -> tuple[int, ...]:
    return tuple(map(hashed, _of_use(entry, how)))


def attributes(word: str, entry: Entry) -> list[int]:
    """What is known of `word` by itself, as the hashes by which the model knows it."""
    how = writing(word)
    found = spelling(word, how)
    if how != OTHER:
        found += _hashed_lists(entry.flags, how)
        # Whether a word is listed at all is all that its use depends on besides the cluster.
        found += _hashed_use(entry._replace(flags=int(bool(entry.flags))), how)
    return found


def runs(kinds: str) -> list[tuple[int, int]]:
    """Where names may stand, as (first, past the last) word, by the kinds of the words.

    ``C`` may be a name or part of one, ``g`` only between two of those.
    """
    return [match.span() for match in _RUN.finditer(kinds)]


_RUN = re.compile(r"C(?:g{0,3}C)*")
