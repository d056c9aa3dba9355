"""Finding stand-ins in a model's text again, as models write them.

In another case or with other blanks where that means the same; with the endings that
languages hang on a name, which stay where they are: of "Robins" what is meant is
"Janes".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.content.surrogates.stand_in import Surrogate

_ENDINGS = ("'s", "\u2019s", "s", "es", "en", "n")
_ENDING = r"(?=(?:['\u2019]?s|e[sn]|n)?(?!\w))"
_BETWEEN = r"[ \u00a0.-]?"
_SEPARATORS = re.compile(r"[\s\u00a0().-]+")
_WORD_START = re.compile(r"(?<!\w)[^\s]")
_SPREAD = 2


class Matching:
    """The stand-ins of one exchange, as a pattern and as what may still become one."""

    def __init__(self, surrogates: Iterable[Surrogate]) -> None:
        """For these, which may be none."""
        self._all = sorted(surrogates, key=lambda item: -len(item.text))
        self._values: dict[str, str] = {}
        forms: list[str] = []
        for item in self._all:
            self._values[_key(item.text)] = item.value
            forms.append(_form(item))
        self.pattern = "|".join(forms)
        """A pattern for all of them; empty for none."""

        self._loose = tuple(_key(item.text) for item in self._all if _folds(item))
        self._names = tuple(
            name + ending
            for item in self._all
            if not _folds(item)
            for name in (item.text, item.text.upper())
            for ending in _ENDINGS
        )
        self._longest = max((len(item.text) for item in self._all), default=0) * _SPREAD
        firsts = "".join(sorted({sign for item in self._all for sign in _firsts(item)}))
        self._first = re.compile(f"[{re.escape(firsts)}]") if firsts else None

    def may_hold(self, text: str) -> bool:
        """Whether one could begin in `text`: a cheap look before the expensive one."""
        return self._first is not None and self._first.search(text) is not None

    def value(self, written: str) -> str:
        """What comes back for one that the pattern has matched."""
        value = self._values[_key(written)]
        return value.upper() if len(written) > 1 and written.isupper() else value

    def opens(self, line: str, start: int) -> int | None:
        """Where, from `start` on, a tail begins that may still become one."""
        if self._first is None:
            return None
        for match in _WORD_START.finditer(line, max(start, len(line) - self._longest)):
            at = match.start()
            if not self._first.match(match[0]):
                continue
            tail = line[at:]
            if any(name.startswith(tail) for name in self._names):
                return at
            folded = _key(tail)
            if folded and any(item.startswith(folded) for item in self._loose):
                return at
        return None


def _folds(item: Surrogate) -> bool:
    return item.loose or "@" in item.text


def _key(text: str) -> str:
    return _SEPARATORS.sub("", text).casefold()


def _firsts(item: Surrogate) -> str:
    first = item.text.lstrip("(")[0]
    return first.lower() + first.upper()


def _form(item: Surrogate) -> str:
    if item.loose:
        signs = _BETWEEN.join(re.escape(sign) for sign in item.text if sign not in " \u00a0.-()")
        return rf"(?i:(?<!\w){signs}(?!\w))"
    if "@" in item.text:
        return rf"(?i:(?<!\w){re.escape(item.text)}(?!\w))"
    name, upper = re.escape(item.text), re.escape(item.text.upper())
    return rf"(?<!\w)(?:{name}|{upper}){_ENDING}"
