"""Words as the tagger sees them: tokens, their attributes, and where names may stand.

Every attribute belongs to one word alone. What a sentence adds is which words stand
at its side, so the weights of a word can be summed once and remembered.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

from gateway.content.names.lexicon import CITY, COMMON, COUNTRY, FIRST, STOP, group, hashed

_LETTER = r"[^\W\d_]"
_MORE = rf"{_LETTER}*+(?:[-'\u2019](?!s\b){_LETTER}++)*+"
_TOKEN = re.compile(
    # Its first sign decides how a token goes on. A set at the very beginning lets blanks be
    # skipped at once, and a plain word, as most are, is settled by the first line.
    r"([\S\n](?:(?<=[A-Za-z])[a-z]*+(?=[ ,\n?!;)])"
    r"|(?<=[^\w\s@#])"
    r"|(?<=[A-Za-z])(?:(?<=h)ttps?://\S+|(?<=w)ww\.\S+"
    r"|(?<=[A-Z])\.(?:(?:[A-Z]\.)++|(?=\s?[A-Z]))"
    rf"|(?<=[DLdl])['\u2019](?={_LETTER})|{_MORE})"
    r"|(?<=[0-9])[0-9]*+(?:[.,:/][0-9]+)*+"
    rf"|(?<=\n)\n*+|(?<={_LETTER}){_MORE}|(?<=[@#])\w+|))"
)
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(rb"[0-9]+")
_RUNS = re.compile(r"x{2,}")
_LONGEST = 24
"""How much of a number, or of empty lines, is looked at."""

ADDRESS = "://"
"""What every address of the web is written as."""

EDGE = "\n"
"""The word that stands before the first and behind the last."""

LOWER, CAPITAL, CAPITALS, INITIAL, MIXED, OTHER = range(6)
"""How a word is written."""

_PARTICLES = (
    "of the and for in on at to de la le les del den der des die du dos da das di do el al bin ibn"
    " y e et und en von van vom zu zum zur ter ten te het s d l d' l' d\u2019 l\u2019"
    " ' \u2019 & - / . +"
)
GLUE = frozenset(_PARTICLES.split())
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


def written(word: str) -> str:
    """What `word` is looked up as: itself, or a form without what a number or address says."""
    first = word[0]
    if first.isalpha():
        return ADDRESS if "/" in word or word.startswith("www.") else word
    if first in "@#":
        return first + "w"
    return _DIGITS.sub(_zeros, word[:_LONGEST]) if first.isdigit() else word[:_LONGEST]


def _zeros(digits: re.Match[str]) -> str:
    return "000000"[: len(digits[0])]


def kind(word: str, how: int, flags: int) -> str:
    """Where `word` may stand: in a name (``C``), within one only (``g``), or in none (``o``)."""
    if how == OTHER:
        return "g" if word[0].isdigit() or word in GLUE else "o"
    if how == LOWER:
        if word in GLUE:
            return "g"
        # A name in lower case must be listed as one, and as nothing else.
        listed = flags & (FIRST | CITY | COUNTRY) and not flags & (COMMON | STOP)
        return "C" if listed and len(word) > 2 else "o"
    if flags & STOP:
        return "g" if word.lower() in GLUE else "o"
    return "C"


def shape(word: str, how: int) -> str:
    """``Xx-Xx``, ``XX``, ``x``, ``0``; what is no letter or digit stands for itself."""
    if how == CAPITALS and word.isalpha():
        return "XXXXXX"[: len(word)]
    drawn = "".join(
        "X" if sign.isupper() else "x" if sign.isalpha() else "0" if sign.isdigit() else sign
        for sign in word[:_LONGEST]
    )
    return _RUNS.sub("x", drawn)[:6]


_SHAPES = (hashed("x"), hashed("Xx"))
"""The hashes of the shapes of `LOWER` and `CAPITAL` words, as most are, of letters only."""


def word_class(word: str, how: int, flags: int) -> int:
    """What kind of word this is, for word pairs: a number below `arithmetic.CLASSES`."""
    if how == OTHER:
        return _SIGNS.get(word, 1 if word[0].isdigit() else 2)
    if how == INITIAL:
        return 3
    return (16 if how == LOWER else 32 if how == CAPITAL else 48) + group(flags)


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
_LONG = 12
_LENGTHS = tuple(
    tuple(crc32(b"%d,%d" % (how, size), _L) for size in range(_LONG + 1)) for how in range(OTHER)
)


def spelling(word: str, how: int) -> list[int]:
    """What the letters of `word` say; of a short word only the first of `SPELLING`."""
    raw = word.lower().encode("utf-8", "surrogatepass")
    if how == OTHER:
        return [crc32(_NUMBER.sub(b"0", raw), _W), hashed(shape(word, how))]
    size = len(raw)
    found = [
        crc32(raw, _W),
        _SHAPES[how] if how <= CAPITAL and word.isalpha() else hashed(shape(word, how)),
        crc32(raw[-1:], _Q1),
        crc32(raw[-3:], _U[how]),
        _LENGTHS[how][min(_LONG, size)],
    ]
    if size > 4:  # as most are
        found += (
            crc32(raw[:2], _P2), crc32(raw[-2:], _Q2), crc32(raw[:3], _P3), crc32(raw[-3:], _Q3),
            crc32(raw[:4], _P4), crc32(raw[-4:], _Q4),
        )  # fmt: skip
        return found
    if size > 2:
        found += (crc32(raw[:2], _P2), crc32(raw[-2:], _Q2))
    if size > 3:
        found += (crc32(raw[:3], _P3), crc32(raw[-3:], _Q3))
    return found


def lists(flags: int, how: int) -> list[str]:
    """What it says of a word written in this way to be on these lists, as names of weights."""
    if how == OTHER:
        return []
    found = [f"h={how}", f"G={flags},{how}", f"k={how},{group(flags)}"]
    return found + [f"g{bit}={how}" for bit in range(13) if flags >> bit & 1]


def use(cluster: int, coarse: int, how: int) -> list[str]:
    """What it says of a word written in this way to be used as those of its clusters."""
    if how == OTHER:
        return []
    if not cluster:
        return [f"u={how}"]
    return [f"c={cluster}", f"C={cluster},{how}", f"b={coarse}", f"B={coarse},{how}"]


def runs(kinds: str) -> list[tuple[int, int]]:
    """Where names may stand, as (first, past the last) word, by the kinds of the words.

    ``C`` may be a name or part of one, ``g`` only between two of those.
    """
    return [match.span() for match in _RUN.finditer(kinds)]


_RUN = re.compile(r"C(?:g{0,3}C)*")
