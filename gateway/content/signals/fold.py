"""Text as the lexicon reads it: lower-case ASCII, without accents and invisible characters.

Only what the cues need. Look-alike letters of other scripts are not undone here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gateway.core.values import dataclass

_ODD = re.compile(
    "[\u0080-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u206f\ufb00-\ufb06\ufe00-\ufe0f\ufeff"
    "\uff01-\uff5e\U0001d400-\U0001d7ff\U000e0000-\U000e007f]"
)
"""Latin letters with marks, invisible characters, and letters in fancy dress."""

_TAGS = 0xE0000
"""Unicode tags are ASCII that no one sees: a way to hide instructions."""

_PUNCTUATION = str.maketrans(
    "\u2018\u2019\u201b\u201c\u201d\u201e\u2013\u2014\u2026", "'''\"\"\"--."
)


@lru_cache(maxsize=2_048)
def _plain(char: str) -> str:
    if ord(char) > _TAGS:
        return chr(ord(char) - _TAGS).lower()
    swapped = char.translate(_PUNCTUATION)
    if swapped.isascii():
        return swapped
    if char in "œæøłđß":
        return {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss"}[char]
    plain = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode().lower()
    if plain or unicodedata.category(char) in {"Mn", "Cf", "Me"}:
        return plain
    return " " if unicodedata.category(char).startswith("Z") else "?"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text and its folded form."""

    text: str
    data: bytes
    """ASCII, lower case; what has no such form is a question mark."""

    def places(self) -> list[int] | None:
        """For each byte of `data` the code point it came from; None when they are the same."""
        if self.text.isascii():
            return None
        found: list[int] = []
        for at, char in enumerate(self.text):
            found += [at] * (len(_plain(char)) if _ODD.match(char) else 1)
        found.append(len(self.text))
        return found


def fold(text: str) -> Folded:
    """`text` in its folded form."""
    if text.isascii():
        return Folded(text, text.lower().encode())
    plain = _ODD.sub(lambda found: _plain(found[0]), text)
    return Folded(text, plain.lower().encode("ascii", "replace"))
