"""Words as the tagger sees them: tokens, their attributes, and where names may stand.

Every attribute belongs to one word alone. What a sentence adds is which words stand
at its side, so the weights of a word can be summed once and remembered.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.content.names.cutting import cut
from gateway.content.names.reading import OTHER, group

_LETTER = r"[^\W\d_]"
_MORE = rf"{_LETTER}*+(?:[-'\u2019](?!s\b){_LETTER}++)*+"
_TOKEN = re.compile(
    # Its first sign decides how a token goes on.
    r"[\S\n](?:(?<=[^\w\s@#])"
    r"|(?<=[A-Za-z])(?:(?<=h)ttps?://\S+|(?<=w)ww\.\S+"
    r"|(?<=[A-Z])\.(?:(?:[A-Z]\.)++|(?=\s?[A-Z]))"
    rf"|(?<=[DLdl])['\u2019](?={_LETTER})|{_MORE})"
    r"|(?<=[0-9])[0-9]*+(?:[.,:/][0-9]+)*+"
    rf"|(?<=\n)\n*+|(?<={_LETTER}){_MORE}|(?<=[@#])\w+|)"
)


class Tokens(NamedTuple):
    """The words of a text and where they stand."""

    words: list[str]
    starts: list[int]


def tokens(text: str) -> Tokens:
    """The words of `text` in order; whitespace other than line ends separates and is dropped."""
    return Tokens(*cut(text, _TOKEN.match))


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
