"""What a tenant tells the gateway to look for: its people, customers, projects and numbers.

A term that stands in a list is the best evidence there is and needs no model. All lists are
searched at once (Aho and Corasick 1975); a tenant's own patterns are RE2, which runs in linear
time, and have a budget.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import ahocorasick_rs

from gateway.content.patterns import PatternDetector, tenant_pattern
from gateway.core.content import Finding
from gateway.core.values import dataclass
from gateway.errors import InvalidTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateway.content.detectors.pattern import Pattern

MOST_TERMS = 500_000
MOST_PATTERNS = 50
SHORTEST = 2
LONGEST = 200
"""Code points of a term."""

_AT_ONCE = 100_000
"""How many terms one automaton holds: nothing else runs in the process while one is built, and a
hundred thousand take about half a second."""

_MANY = 10_000
_IMPLEMENTATION = (None, ahocorasick_rs.Implementation.ContiguousNFA)
"""What to build of few terms (the library decides) and of many: three times as quick there."""

_HALF = re.compile("[\ud800-\udfff]")
_CONFIDENCE = 0.99
_VALIDATOR = "dictionary"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """One list of terms, such as a staff directory or the code names of projects."""

    name: str
    """A label for rules and logs, such as ``staff``; never a term."""

    type: str
    """The type of what is found, such as ``PERSON``."""

    terms: tuple[str, ...]
    any_case: bool = True
    whole_words: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A number or code by its shape, in RE2 syntax; a group, where there is one, is the value."""

    name: str
    expression: str
    type: str = "REFERENCE_NUMBER"


@dataclass(frozen=True, slots=True)
class TenantTerms:
    """Everything one tenant wants found."""

    dictionaries: tuple[Dictionary, ...] = ()
    shapes: tuple[Shape, ...] = ()


def parsed(document: Any) -> TenantTerms:
    """Terms as an administrator writes them down.

    ``{"dictionaries": [{"name", "type", "terms", "any_case", "whole_words"}], "shapes": [{"name",
    "expression", "type"}]}``; what has a default may be missing, and nothing else may be there.

    Raises:
        InvalidTerms: it is not of this form.
    """
    try:
        known = dict(document)
        lists = known.pop("dictionaries", [])
        shapes = known.pop("shapes", [])
        if known:
            raise InvalidTerms(f"Nobody knows the key {min(map(str, known))}.")
        return TenantTerms(
            tuple(
                Dictionary(**{**item, "terms": tuple(map(str, item["terms"]))}) for item in lists
            ),
            tuple(Shape(**item) for item in shapes),
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise InvalidTerms("They are not lists of dictionaries and shapes.") from error


def both_ways(first: str, last: str) -> tuple[str, str]:
    """A person's name in both orders."""
    return f"{first} {last}", f"{last}, {first}"


class DictionaryDetector:
    """Finds the terms of a tenant's dictionaries."""

    name = "dictionaries"

    def __init__(self, dictionaries: Sequence[Dictionary]) -> None:
        """Build the automata, once.

        Raises:
            InvalidTerms: there are too many terms, or one is too short or too long.
        """
        count = sum(len(item.terms) for item in dictionaries)
        if count > MOST_TERMS:
            raise InvalidTerms(f"There are {count} terms; at most {MOST_TERMS} are allowed.")
        self._automata = [
            automaton
            for any_case in (True, False)
            for automaton in _automata(
                [item for item in dictionaries if item.any_case == any_case], any_case=any_case
            )
        ]

    def find(self, text: str) -> Iterator[Finding]:
        """Each listed term; they may overlap."""
        for automaton in self._automata:
            yield from automaton.find(text)


def _automata(dictionaries: Sequence[Dictionary], *, any_case: bool) -> Iterator[_Automaton]:
    """The terms that are compared in one way, in automata of bounded size."""
    fold = _folded if any_case else str
    owners: dict[str, Dictionary] = {}
    for item in dictionaries:
        for term in item.terms:
            written = fold(" ".join(term.split()))
            if not SHORTEST <= len(written) <= LONGEST:
                raise InvalidTerms(
                    f"A term of {item.name} has {len(written)} characters; "
                    f"{SHORTEST} to {LONGEST} are allowed."
                )
            owners.setdefault(written, item)
    listed = list(owners)
    for first in range(0, len(listed), _AT_ONCE):
        some = listed[first : first + _AT_ONCE]
        yield _Automaton(some, [owners[term] for term in some], fold)


class _Automaton:
    """Some terms, and the dictionary of each."""

    def __init__(
        self, terms: list[str], owners: list[Dictionary], fold: Callable[[str], str]
    ) -> None:
        self._fold = fold
        self._owners = owners
        self._automaton = ahocorasick_rs.AhoCorasick(
            terms, store_patterns=False, implementation=_IMPLEMENTATION[len(terms) > _MANY]
        )

    def find(self, text: str) -> Iterator[Finding]:
        for index, start, end in self._hits(self._fold(text)):
            owner = self._owners[index]
            if not owner.whole_words or _stands_alone(text, start, end):
                rule = f"dictionary.{owner.name}"
                yield Finding(owner.type, start, end, _CONFIDENCE, rule, _VALIDATOR)

    def _hits(self, folded: str) -> list[tuple[int, int, int]]:
        try:
            return self._automaton.find_matches_as_indexes(folded, overlapping=True)
        except UnicodeEncodeError:  # half of a surrogate pair, which no term has
            whole = _HALF.sub("\ufffd", folded)
            return self._automaton.find_matches_as_indexes(whole, overlapping=True)


def _folded(text: str) -> str:
    """`text` in lower case, every character still in its place."""
    # The dotted capital I is the only letter whose lower case is longer than itself.
    return text.replace("\u0130", "i").lower()


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start > 0 and _wordlike(text[start - 1]) and _wordlike(text[start])
    after = end < len(text) and _wordlike(text[end]) and _wordlike(text[end - 1])
    return not before and not after


def _wordlike(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def detectors(terms: TenantTerms) -> tuple[DictionaryDetector | PatternDetector, ...]:
    """The detectors for a tenant's terms; none where there are none.

    Raises:
        InvalidTerms: a list or a pattern breaks a limit or cannot be compiled.
    """
    found: list[DictionaryDetector | PatternDetector] = []
    if any(item.terms for item in terms.dictionaries):
        found.append(DictionaryDetector(terms.dictionaries))
    if terms.shapes:
        found.append(PatternDetector([_patterns(terms.shapes)], name="tenant_patterns", gate=None))
    return tuple(found)


def _patterns(shapes: Sequence[Shape]) -> list[Pattern]:
    if len(shapes) > MOST_PATTERNS:
        raise InvalidTerms(
            f"There are {len(shapes)} patterns; at most {MOST_PATTERNS} are allowed."
        )
    found = []
    for shape in shapes:
        try:
            found.append(tenant_pattern(shape.type, shape.name, shape.expression))
        except ValueError as error:
            raise InvalidTerms(f"The pattern {shape.name} {error}.") from error
    return found
