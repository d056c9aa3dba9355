"""Finding stand-ins in a model's text again, as models write them.

In another case or with other blanks where that means the same; with the endings that
languages hang on a name, which stay where they are: of "Robins" what is meant is
"Janes".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.content.surrogates.stand_in import Surrogate

_ENDINGS = ("'s", "\u2019s", "s", "es", "en", "n")
_ENDING = r"(?=(?:['\u2019]?s|e[sn]|n)?(?!\w))"
_BETWEEN = r"[ \u00a0.-]?"
_SEPARATORS = re.compile(r"[\s\u00a0().-]+")
_SPREAD = 2


class Matching:
    """The stand-ins of one exchange, as a pattern and as what may still become one."""

    def __init__(self, surrogates: Iterable[Surrogate]) -> None:
        """For these, which may be none."""
        known = sorted(surrogates, key=lambda item: -len(item.text))
        self._values = {_means(item): item for item in known}
        names = [form for item in known if _is_name(item) for form in _cases(item.text)]
        addresses = [item.text for item in known if "@" in item.text]
        loose = [item.text for item in known if item.loose]
        parts = (
            _either(addresses, r"(?<!\w)(?i:{})(?!\w)"),
            "|".join(map(number_form, loose)),
            _either(names, rf"(?<!\w)(?:{{}}){_ENDING}"),
        )
        self.pattern = "|".join(filter(None, parts))
        """A pattern for all of them; empty for none."""

        self._written = sorted(name + ending for name in names for ending in _ENDINGS)
        self._folded = sorted(address.casefold() for address in addresses)
        self._digits = sorted(map(_key, loose))
        self._longest = max(map(len, loose), default=0) * _SPREAD
        firsts = {name[0] for name in names} | {
            sign for item in (*addresses, *loose) for sign in _cases(item[0])
        }
        signs = re.escape("".join(sorted(firsts)))
        self._first = re.compile(rf"(?<!\w)[{signs}]") if firsts else None

    def may_begin(self, line: str, start: int) -> bool:
        """Whether one could begin in `line` from `start` on: a cheap look before the dear one."""
        return self._first is not None and self._first.search(line, start) is not None

    def value(self, written: str) -> str:
        """What comes back for one that the pattern has matched."""
        found = (
            self._values.get(written)
            or self._values.get(written.casefold())
            or self._values.get(_key(written))
        )
        if found is not None:
            return found.value.upper() if written.isupper() and _is_name(found) else found.value
        # A name in capitals: several names may be written alike, but none of them twice.
        return next(
            item.value.upper() for item in self._values.values() if item.text.upper() == written
        )

    def opens(self, line: str, start: int) -> int | None:
        """Where, from `start` on, a tail begins that may still become one."""
        if self._first is None:
            return None
        token = len(line)
        while token > start and not line[token - 1].isspace():
            token -= 1
        for match in self._first.finditer(line, max(start, len(line) - self._longest)):
            at = match.start()
            if at < token and _begins(self._digits, _key(line[at:])):
                return at
        for match in self._first.finditer(line, token):
            tail = line[match.start() :]
            if (
                _begins(self._written, tail)
                or _begins(self._folded, tail.casefold())
                or _begins(self._digits, _key(tail))
            ):
                return match.start()
        return None


def _begins(forms: list[str], tail: str) -> bool:
    """Whether one of `forms`, which are sorted, begins with `tail`."""
    at = bisect_left(forms, tail)
    return bool(tail) and at < len(forms) and forms[at].startswith(tail)


def _is_name(item: Surrogate) -> bool:
    return not item.loose and "@" not in item.text


def _means(item: Surrogate) -> str:
    """What a form is looked up by."""
    if item.loose:
        return _key(item.text)
    return item.text if _is_name(item) else item.text.casefold()


def _key(text: str) -> str:
    return _SEPARATORS.sub("", text).casefold()


def _cases(text: str) -> tuple[str, ...]:
    """As it is and in capitals; of a sign that may be in either case, both."""
    return tuple(dict.fromkeys((text, text.upper())))


def _either(texts: list[str], around: str) -> str:
    """A pattern for any of `texts`, longest first where they begin with the same letter.

    Gathered by that letter: the engine then passes over most of them at once.
    """
    if not texts:
        return ""
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(text[0], []).append(re.escape(text[1:]))
    return around.format(
        "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())
    )


def number_form(text: str) -> str:
    """A pattern for a number, however it is grouped."""
    signs = _BETWEEN.join(re.escape(sign) for sign in text if sign not in " \u00a0.-()")
    return rf"(?i:(?<!\w){signs}(?!\w))"
