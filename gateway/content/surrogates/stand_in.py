"""What stands in for the values of one conversation, and what each stands for.

Nothing is kept: a key of the tenant, the person and the opening words of the
conversation draws the same values on every call, in order of first appearance. None is
a value that the caller has written by then; if the caller writes it later, that is
taken out there as text of the caller's own, and comes back as typed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.surrogates import names
from gateway.content.surrogates.matching import number_form
from gateway.content.surrogates.numbers import MAKERS, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

_PERSON = "PERSON"
_ATTEMPTS = 200
_SPACED = frozenset({"IBAN_CODE", "PHONE_NUMBER"})
"""Types that are written with blanks and hyphens, or without."""

_TOKEN = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f'\u2019 .,-]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_PARTICLES = (
    "de del della der den des di da do dos du la le las los van von zu zum zur ter ten y e of "
    "dr prof mr mrs ms miss herr frau mme m sr sra dhr mevr sir dame jr"
)
_SEPARATORS = re.compile(r"[\s\u00a0().-]+")
_KEPT = frozenset(_PARTICLES.split())
"""Words of a name that say nothing: particles and forms of address."""


class Surrogate(NamedTuple):
    """One value that stands in, and what comes back for it."""

    text: str
    value: str
    loose: bool
    """Whether a model may write it with other blanks or hyphens, as numbers are."""


class StandIns:
    """The stand-ins of one conversation, in order of first appearance."""

    def __init__(self, key: bytes, opening: str, language: str = "en") -> None:
        """`opening` is the conversation's first text, and says its language if any does."""
        self._key = key
        self._language = names.language_of(opening, language)
        self._words: set[str] = set()
        self._texts: list[str] = []
        self._made: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self._table: dict[str, Surrogate] = {}

    @property
    def table(self) -> tuple[Surrogate, ...]:
        """Those that may be restored."""
        return tuple(self._table.values())

    @property
    def made(self) -> Iterator[tuple[str, str]]:
        """Every value that was made, with the type it stands in for."""
        return ((kind, text) for (kind, _), text in self._made.items())

    def see(self, text: str) -> None:
        """Know what the caller writes here, so that no value made from now on is the same."""
        self._texts += [text, _squeezed(text)]
        self._words.update(word.casefold() for word in _TOKEN.findall(text))

    def written(self, text: str) -> Iterator[tuple[int, int]]:
        """Where `text`, the caller's own, holds a value that stands in for another."""
        folded, squeezed = text.casefold(), _squeezed(text).casefold()
        for (kind, _), made in self._made.items():
            loose = kind in _SPACED
            if (_squeezed(made).casefold() in squeezed) if loose else (made.casefold() in folded):
                shape = number_form(made) if loose else rf"(?<!\w){re.escape(made)}(?!\w)"
                for match in re.finditer(shape, text, re.IGNORECASE):
                    yield match.span()

    def stand_in(self, kind: str, value: str, *, restorable: bool) -> str | None:
        """What leaves instead of `value`; None where a placeholder must stand in."""
        if kind == _PERSON:
            return self._name(value, restorable=restorable)
        maker = MAKERS.get(kind)
        if maker is None:
            return None
        loose = kind in _SPACED
        same = (_squeezed(value) if loose else value).casefold()
        return self._once((kind, same), value, restorable=restorable, loose=loose)

    def _name(self, value: str, *, restorable: bool) -> str | None:
        if not _LATIN.fullmatch(value):
            return None
        words = [match for match in _TOKEN.finditer(value) if _tells(match[0])]
        if not words:
            return None
        pieces, at = [], 0
        for place, match in enumerate(words):
            word = _POSSESSIVE.sub("", match[0])
            last = place == len(words) - 1 and (len(words) > 1 or not names.known(word).given)
            # Written small it is another word: it must come back as small as it was.
            same = f"={word}" if word.islower() else word.casefold()
            made = self._once(
                ("surname" if last else "given", same),
                word,
                restorable=restorable,
                loose=False,
            )
            if made is None:
                return None
            made = made.upper() if len(word) > 1 and word.isupper() else made
            pieces += [value[at : match.start()], made]
            at = match.start() + len(word)
        return "".join([*pieces, value[at:]])

    def _once(
        self, what: tuple[str, str], value: str, *, restorable: bool, loose: bool
    ) -> str | None:
        """The value made for this one, now or before."""
        kind, same = what
        # A word of a name is one word, wherever in a name it stands.
        place = (_PERSON if kind in {"given", "surname"} else kind, same)
        made = self._made.get(place)
        if made is None:
            made = next((item for item in self._drawn(kind, value) if self._is_free(item)), None)
            if made is None:
                return None
            self._made[place] = made
            self._taken.add(made)
        if restorable:
            self._table.setdefault(made, Surrogate(made, value, loose))
        return made

    def _is_free(self, made: str) -> bool:
        if made in self._taken or made.casefold() in self._words:
            return False
        forms = (made, _squeezed(made))
        return not any(form in text for text in self._texts for form in forms)

    def _drawn(self, kind: str, value: str) -> Iterator[str]:
        for attempt in range(_ATTEMPTS):
            seed = f"{kind}\0{attempt}\0{value.casefold()}".encode("utf-8", "surrogatepass")
            digest = hmac.digest(self._key, seed, hashlib.sha256)
            drawn = _Draw(int.from_bytes(digest))
            maker = MAKERS.get(kind)
            if maker is not None:
                yield maker(Wanted(value, drawn, self._language))
            elif kind == "given":
                choices = names.GIVEN[self._language][names.known(value).gender]
                yield choices[drawn(len(choices))]
            else:
                first, last = names.SURNAMES[self._language]
                yield first[drawn(len(first))] + last[drawn(len(last))]


class _Draw:
    """Numbers out of one digest."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, below: int) -> int:
        self._number, drawn = divmod(self._number, below)
        return drawn


def _squeezed(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _tells(word: str) -> bool:
    """Whether a word of a name says whose it is: no initial, particle or form of address."""
    return len(word) > 1 and word.casefold() not in _KEPT
