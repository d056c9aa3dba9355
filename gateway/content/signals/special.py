"""Special categories and criminal matters, where they are about somebody who can be told.

Regulation (EU) 2016/679, Articles 9 and 10. A text on sick leave is not about a person; the
same word beside a name, "my colleague" or a personnel number is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from gateway.core.content import Finding
from gateway.core.signals import SPECIAL, SpecialCategories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gateway.content.signals.match import Matcher, Sheet, Span

TYPES: Mapping[str, str] = {
    "health": "SPECIAL_HEALTH",
    "belief": "SPECIAL_BELIEF",
    "politics": "SPECIAL_POLITICS",
    "union": "SPECIAL_UNION",
    "ethnicity": "SPECIAL_ETHNICITY",
    "sex_life": "SPECIAL_SEX_LIFE",
    "genetic": "SPECIAL_GENETIC",
    "biometric": "SPECIAL_BIOMETRIC",
    "criminal": "SPECIAL_CRIMINAL",
}
"""What a finding of each cue is called."""

CUES = "special."
"""How the cues of these kinds are named."""

_CATEGORIES = {kind: name for name, kind in TYPES.items()}
_CONFIDENCE = 0.7
_FEW, _SHORT = 3, 40
"""So many spans, each no longer than so many characters, can be cut and leave a text."""

_ADJACENT = 25
"""How far after "I have" or "my" a cue may stand to be about the speaker."""

_SENTENCE_END = re.compile(rb"[.!?;\n]+(?:\s|$)")
_OWNER = re.compile(r"\b([A-Z][a-zà-öø-ÿ]{2,})['\u2019]s\b")
"""Somebody's: Anna's. Capitals only, so read in the text as it was written."""

_NOBODY = re.compile(
    "alzheimer|crohn|parkinson|hodgkin|huntington|company|firm|team|department|government|today"
    "|yesterday|tomorrow|year|month|week|world|country|europe|germany|france|belgium|women|men"
    "|people|children|that|what|here|there|let|who|how|where|monday|tuesday|wednesday|thursday"
    "|friday|saturday|sunday|january|february|march|april|may|june|july|august|september"
    "|october|november|december"
)
"""Words that own something in English and are nobody."""

_PERSON = "PERSON"
_PEOPLE = frozenset({_PERSON, "EMPLOYEE_ID", "EMPLOYEE_NUMBER"})


def find(
    matcher: Matcher, cues: frozenset[int], sheet: Sheet, findings: Sequence[Finding]
) -> tuple[Finding, ...]:
    """The special and criminal `cues` of a text that are about an identifiable person.

    Not words that mean something else where they stand: good faith, an account that is disabled.
    """
    hits = matcher.spans(sheet, cues)
    if not hits:
        return ()
    else_meant = [*_flat(matcher, sheet, "special_not"), *_called(matcher, sheet, findings)]
    sentences = [0, *(match.end() for match in _SENTENCE_END.finditer(sheet.folded.data))]
    others = {bisect_right(sentences, start) for start in _others(matcher, sheet, findings)}
    own = list(_flat(matcher, sheet, "link.self"))
    found = [
        _finding(TYPES[matcher.lexicon.names[number].removeprefix(CUES)], span, sheet.places)
        for number, spans in hits.items()
        for span in spans
        if (others & _neighbours(sentences, span[0]) or _is_own(span, own))
        and not any(start <= span[0] and span[1] <= end for start, end in else_meant)
    ]
    return tuple(sorted(found, key=lambda item: (item.start, item.end, item.type)))


def summary(found: Sequence[Sequence[Finding]]) -> SpecialCategories:
    """What policy is told of these findings."""
    if not any(found):
        return SpecialCategories()
    spans = [finding for each in found for finding in each]
    names = {_CATEGORIES[finding.type] for finding in spans}
    return SpecialCategories(
        special=tuple(name for name in SPECIAL if name in names),
        criminal="criminal" in names,
        removable=len(spans) <= _FEW
        and all(finding.end - finding.start <= _SHORT for finding in spans),
    )


def names(matcher: Matcher, sheet: Sheet) -> list[int]:
    """Where, in the folded text, a known first name stands with a capital."""
    text, places = sheet.folded.text, sheet.places
    return [
        start
        for start, _ in _flat(matcher, sheet, "first_name")
        if text[places[start] if places else start].isupper()
    ]


def _others(matcher: Matcher, sheet: Sheet, findings: Sequence[Finding]) -> Iterator[int]:
    """Where the folded text points at somebody other than the speaker."""
    yield from (start for start, _ in _flat(matcher, sheet, "link.other"))
    yield from names(matcher, sheet)
    written = [
        *(finding.start for finding in findings if finding.type in _PEOPLE),
        *(
            match.start()
            for match in _OWNER.finditer(sheet.folded.text)
            if not _NOBODY.fullmatch(match[1].lower())
        ),
    ]
    places = sheet.places
    for place in written:
        yield bisect_right(places, place) - 1 if places else place


def _called(matcher: Matcher, sheet: Sheet, findings: Sequence[Finding]) -> Iterator[Span]:
    """Where a cue is how somebody is called: Christian, Iris, Krebs."""
    people = [(item.start, item.end) for item in findings if item.type == _PERSON]
    if not people:
        return
    places = sheet.places
    for start, end in _flat(matcher, sheet, "special_name"):
        first, last = (places[start], places[end]) if places else (start, end)
        if any(one <= first and last <= other for one, other in people):
            yield start, end


def _flat(matcher: Matcher, sheet: Sheet, cue: str) -> Iterator[Span]:
    for spans in matcher.spans(sheet, frozenset({matcher.numbers[cue]})).values():
        yield from spans


def _neighbours(sentences: list[int], start: int) -> set[int]:
    at = bisect_right(sentences, start)
    return {at - 1, at, at + 1}


def _is_own(span: Span, own: list[Span]) -> bool:
    """Whether the cue stands in, or right after, words of a person about themselves."""
    return any(start <= span[0] <= end + _ADJACENT for start, end in own)


def _finding(kind: str, span: Span, places: list[int] | None) -> Finding:
    first, end = span
    if places is not None:
        first, end = places[first], places[end]
    return Finding(kind, first, end, _CONFIDENCE, f"special.{_CATEGORIES[kind]}")
