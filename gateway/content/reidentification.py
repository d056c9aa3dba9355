"""How likely what remains of a conversation still points at one person (rule AN-03).

Facts add up over the whole conversation. Where the tenant's staff directory is at hand, the people
who fit are counted. Otherwise each kind of fact is worth some bits, as it narrows down who can be
meant (k-anonymity, Sweeney 2002; TAB, Pilán et al. 2022): an estimate that may warn and never
promises anonymity.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.cues import CUES
from gateway.content.detectors.pattern import Caught, Pattern, by_shape
from gateway.content.dictionaries import Dictionary, DictionaryDetector
from gateway.content.known import Texts
from gateway.content.names.reading import (
    CITY,
    COMMON,
    COUNTRY,
    ORG,
    PEOPLE,
    PLACE_PART,
    REGION,
    STOP,
)
from gateway.content.patterns import PatternDetector
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.content.directory import Directory, Fitting
    from gateway.content.known import Known
    from gateway.content.names.lexicon import Lexicon
    from gateway.core.content import Finding

LEVELS = ("none", "low", "medium", "high", "very_high")
_POPULATION_BITS = 27.0
"""A large country: about 134 million people who could be meant at first."""

_BITS = {
    "uniqueness_cue": 9.0, "rare_role": 9.0, "role": 5.0, "family": 3.0, "health": 6.0,
    "belief": 5.0, "union": 4.0, "origin": 5.0, "age": 5.5, "birth_date": 15.0, "direct": 30.0,
    "web_address": 10.0,
}  # fmt: skip
_OF_A_PERSON = frozenset(
    {
        "uniqueness_cue",
        "rare_role",
        "family",
        "health",
        "belief",
        "union",
        "origin",
        "age",
        "birth_date",
    }
)
"""Facts about a person. Where, when and for whom something happened does not reach a high level
without one of these: letters of every office are full of it."""

_SPECIAL = frozenset({"health", "belief", "union"})
_DIRECT = "direct"
_ROLE = "directory.role"
_DAY = re.compile(r"\b(?:0?[1-9]|[12][0-9]|3[01])(?:\.|st|nd|rd|th|er)?\b|T[0-9]")
_YEAR = re.compile(r"\b(?:18|19|20)[0-9]{2}\b")
_PLACEHOLDER = re.compile(r"\[[A-Z]{2,16}(?:_[A-Z]{1,16}){0,3}_[0-9]{1,6}\]")
_WORD = re.compile(r"[^\W_]+")
_BROAD = COMMON | STOP | ORG | COUNTRY | PEOPLE | PLACE_PART
_ASKED = frozenset({"LOCATION", "ORGANIZATION"})
"""Types whose words are looked up in the lists."""

_NEAR = 40


class Phrase(NamedTuple):
    """What carries the risk: where it stands, and what could be said instead."""

    field: int
    start: int
    end: int
    driver: str
    bits: float
    instead: str
    """A broader statement (a decade, a month, a year), or which kind of statement to make."""


@dataclass(frozen=True, slots=True)
class Risk:
    """The answer."""

    level: str
    drivers: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    people: int | None = None
    """How many of the directory fit, where there is one and something of it was named."""

    bits: float = 0.0


def specificity(kind: str, phrase: str, flags: Sequence[int]) -> tuple[str, float]:
    """The driver a finding of this type stands for, and how many bits it is worth.

    `flags` says what the words of `phrase` are listed as. Calibrated on the training cases of TAB.
    """
    if kind == "LOCATION":
        return _place(flags)
    if kind == "ORGANIZATION":
        rare = sum(1 for flag in flags if not flag & _BROAD)
        known = 1.0 if any(flag & ORG for flag in flags) else 3.0
        return "employer", min(12.0, known + 4.0 * rare)
    if kind == "DATE_TIME":
        day = _DAY.search(_YEAR.sub("", phrase))
        return ("exact_date", 8.0) if day else ("period", 5.5)
    driver = _OF_TYPE.get(kind, _DIRECT)
    return driver, _BITS[driver]


_OF_TYPE = {"URL": "web_address", "BIRTH_DATE": "birth_date"}


def words(phrase: str) -> list[str]:
    """The words of a phrase that lists are asked about."""
    return _WORD.findall(phrase)


def _place(flags: Sequence[int]) -> tuple[str, float]:
    if any(flag & COUNTRY for flag in flags):
        return "country", 4.0
    if any(flag & (CITY | REGION) for flag in flags):
        return "place", 9.0
    return "small_place", 13.0


def check_age(candidate: str, _before: str) -> Caught | None:
    """An age between 1 and 120."""
    return Caught(len(candidate), 0.9) if 0 < int(candidate) <= 120 else None


_AGES = (
    Pattern(
        "age",
        "age.years",
        r"(?i)\b([0-9]{1,3})[ \-](?:years?[ \-]old|year-old|jahre alt|jährige[rn]?|ans\b|años"
        r"|jaar oud|jarige)",
        check_age,
    ),
    Pattern(
        "age",
        "age.of",
        r"(?i)\b(?:aged|age|at the age of|alter|im alter von|âgée? de|edad|de edad|leeftijd):?"
        r" ([0-9]{1,3})\b",
        check_age,
    ),
)


class Assessor:
    """Assesses conversations; holds the compiled cue lists."""

    def __init__(self, lexicon: Lexicon) -> None:
        """With the lists of places and common words of `lexicon`."""
        self._lexicon = lexicon
        self._cues = DictionaryDetector(
            [
                Dictionary(driver, driver, tuple(listed.split("|")))
                for driver, listed in CUES.items()
                if driver != "person"
            ]
        )
        # Pronouns stand inside of so many words that RE2 is quicker than the automaton.
        person = Pattern("person", "person", rf"(?i)\b(?:{CUES['person']})\b", by_shape(1.0))
        self._person = PatternDetector([[person]], name="person", gate=None)
        self._ages = PatternDetector([_AGES], name="ages", gate=None)

    def assess(
        self,
        texts: Sequence[str],
        findings_by_text: Sequence[Sequence[Finding]],
        directory: Directory | None = None,
        *,
        about_person: bool = False,
        known: Texts | None = None,
    ) -> Risk:
        """The risk of `texts` as they would leave, with what is still found in each.

        `about_person` says that somebody is spoken of whose name will be taken out; `known`, what
        was read in the texts before.
        """
        known = known or Texts()
        phrases: list[Phrase] = []
        years: set[int] = set()
        told = [known.of(text) for text in texts]
        for field, (text, findings) in enumerate(zip(texts, findings_by_text, strict=True)):
            if findings:
                phrases += self._known_facts(told[field], field, text, tuple(findings))
            for item in self._cues_of(text, told[field]):
                if item.type == "joined":
                    years.update(_start_year(text, item.end))
                    continue
                about_person |= item.type != "origin"
                bits, instead = _BITS[item.type], _INSTEAD.get(item.type, "omit")
                phrases.append(Phrase(field, item.start, item.end, item.type, bits, instead))
        fitting = None if directory is None else directory.fitting(texts, years)
        # A role is somebody's; a department or a town alone is mostly just that.
        if fitting is not None and not fitting.phrases:
            fitting = None
        named = {item.driver for item in fitting.phrases} if fitting is not None else set()
        about_person |= _ROLE in named or len(named) > 1
        # Where nothing was told, nobody can be recognised by it, whoever is spoken of.
        if not about_person and (phrases or fitting is not None):
            about_person = any(map(self._speaks_of_somebody, texts, told))
        return _risk(phrases, fitting, about_person=about_person)

    def _cues_of(self, text: str, told: Known) -> tuple[Finding, ...]:
        if told.cues is None:
            told.cues = (*self._cues.find(text), *self._ages.find(text))
        return told.cues

    def _speaks_of_somebody(self, text: str, told: Known) -> bool:
        if told.somebody is None:
            told.somebody = (
                _PLACEHOLDER.search(text) is not None
                or next(self._person.find(text), None) is not None
            )
        return told.somebody

    def _known_facts(
        self, told: Known, field: int, text: str, findings: tuple[Finding, ...]
    ) -> tuple[Phrase, ...]:
        """The facts of a text; the same one may say more where a name in it is known."""
        if told.facts[:2] == (field, findings):
            return told.facts[2]
        facts = tuple(self._facts(field, text, findings))
        # A year is offered in place of a day: that is part of the text, which is not kept.
        if all(phrase.instead in _SAID for phrase in facts):
            told.facts = (field, findings, facts)
        return facts

    def _facts(self, field: int, text: str, findings: Sequence[Finding]) -> Iterator[Phrase]:
        spoken = [text[item.start : item.end] for item in findings]
        by_phrase = [
            words(phrase) if item.type in _ASKED else []
            for item, phrase in zip(findings, spoken, strict=True)
        ]
        entries = iter(self._lexicon.entries([word for found in by_phrase for word in found]))
        for item, phrase, found in zip(findings, spoken, by_phrase, strict=True):
            flags = [next(entries).flags for _ in found]
            driver, bits = specificity(item.type, phrase, flags)
            yield Phrase(field, item.start, item.end, driver, bits, _broader(driver, phrase))


def _start_year(text: str, joined: int) -> Iterator[int]:
    match = _YEAR.search(text, joined, joined + _NEAR)
    if match:
        yield int(match[0])


_INSTEAD = {
    "rare_role": "kind of work", "role": "kind of work", "health": "an illness", "family": "omit",
    "uniqueness_cue": "omit", "small_place": "region", "place": "region", "country": "continent",
    "employer": "kind of organisation", "web_address": "omit", "direct": "placeholder",
    "birth_date": "year", "origin": "region of origin", "belief": "omit", "union": "omit",
}  # fmt: skip


_SAID = frozenset({*_INSTEAD.values(), "omit"})
"""What is offered whatever the text says."""


def _broader(driver: str, phrase: str) -> str:
    year = _YEAR.search(phrase)
    if driver in {"exact_date", "birth_date", "period"} and year:
        return year[0]
    return _INSTEAD.get(driver, "omit")


def _risk(phrases: list[Phrase], fitting: Fitting | None, *, about_person: bool) -> Risk:
    best: dict[str, Phrase] = {}
    for phrase in phrases:
        group = _GROUPS.get(phrase.driver, phrase.driver)
        known = best.get(group)
        if known is None or phrase.bits > known.bits:
            best[group] = phrase
    carriers = sorted(best.values(), key=_BITS_OF, reverse=True)
    bits = sum(map(_BITS_OF, carriers))
    driven = {item.driver for item in carriers}
    level = _level(driven, bits, fitting) if about_person else "none"
    if _DIRECT in driven:
        level = "very_high"
    people = None if fitting is None else fitting.people
    if level == "none":
        return Risk(level, bits=round(bits, 1), people=people)
    shown = [*(fitting.phrases if fitting is not None else ()), *carriers]
    drivers = tuple(dict.fromkeys([item.driver for item in shown]))
    return Risk(level, drivers, tuple(shown), people, round(bits, 1))


_BITS_OF = attrgetter("bits")


def _level(driven: set[str], bits: float, fitting: Fitting | None) -> str:
    special = not _SPECIAL.isdisjoint(driven)
    if fitting is not None and fitting.people:
        return _counted(fitting.people, special=special)
    level = _estimated(bits, special=special)
    if level in {"high", "very_high"} and _OF_A_PERSON.isdisjoint(driven):
        level = "medium"
    if fitting is None or not fitting.of_role:
        return level
    # Nobody is all of it. It may be about a stranger; or a place they only travel to, or a year
    # that is something else's, stands beside a role that few people have.
    return max(level, _counted(fitting.of_role, special=special), key=LEVELS.index)


_GROUPS = {
    "role": "occupation", "rare_role": "occupation", "place": "where", "small_place": "where",
    "country": "where", "exact_date": "when", "period": "when", "birth_date": "age", "age": "age",
    "belief": "belief", "web_address": "web",
}  # fmt: skip
"""Facts of one group say the same thing twice: only the most specific counts."""


def _counted(people: int, *, special: bool) -> str:
    if people == 1:
        return "very_high"
    if people < 5 or (special and people < 50):
        return "high"
    return "medium" if people < 50 else "low"


def _estimated(bits: float, *, special: bool) -> str:
    people = 2.0 ** (_POPULATION_BITS - bits)
    if people < 0.05:
        return "very_high"
    if people < 5 or (special and people < 50):
        return "high"
    if people < 5_000:
        return "medium"
    return "low" if people < 5_000_000 else "none"
