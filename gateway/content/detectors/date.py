"""Dates, and dates of birth: a date is one where a word of birth stands before it."""

from __future__ import annotations

import re

from gateway.content.detectors.pattern import Caught, Pattern

_MONTHS = (
    r"(?:jan(?:uary|uar|uari|vier)?|feb(?:ruary|ruar|ruari)?|f[ée]vr(?:ier)?|mar(?:ch|s|zo)?|märz|maart"
    r"|apr(?:il)?|avr(?:il)?|abril|may|mai|mayo|mei|june?|juni|juin|junio|july?|juli|juillet|julio"
    r"|aug(?:ust|ustus)?|ao[uû]t|agosto|sep(?:t|tember)?|septembre|sept?iembre|oct(?:ober)?|okt(?:ober)?"
    r"|octobre|octubre|nov(?:ember|embre|iembre)?|dec(?:ember)?|dez(?:ember)?|d[ée]c(?:embre)?"
    r"|diciembre|enero|febrero|ene|abr|ago|dic|jänner)"
)
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR = r"(?:1[89][0-9]{2}|20[0-9]{2})"
_BIRTH = re.compile(
    r"(?:\bborn\b|\bbirth|\bd\.?o\.?b\b|\bgeb(?:oren|urts|\.)|\bn[ée]+e? le\b|naissance|nacid[oa]"
    r"|nacimiento|geboorte|\bbday\b)[^.;\n]{0,30}$",
    re.IGNORECASE,
)
_BIRTH_WORDS = ("born", "birth", "d.o.b", "dob", "geb", "né", "ne le", "naiss", "nac", "bday")
_NUMBER = re.compile(r"[0-9]+")
TYPE, BIRTH = "DATE_TIME", "BIRTH_DATE"


def _possible(candidate: str) -> bool:
    numbers = [int(part) for part in _NUMBER.findall(candidate)[:3]]
    small = [number for number in numbers if number < 100]
    return len(small) < 2 or any(1 <= number <= 12 for number in small)


def check_date(candidate: str, before: str) -> Caught | None:
    """A date; after a word of birth, a date of birth."""
    if before[-1:] in (".", "/", "-", ":") or not _possible(candidate):
        return None
    said = before.lower()
    if any(word in said for word in _BIRTH_WORDS) and _BIRTH.search(before):
        return Caught(len(candidate), 0.9, type=BIRTH)
    return Caught(len(candidate), 0.8)


_NUMERIC = (
    rf"\b(?:{_YEAR}[\-/.](?:0?[1-9]|1[0-2])[\-/.]{_DAY}(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?Z?)?"
    rf"|{_DAY}[\-/.]{_DAY}[\-/.](?:{_YEAR}|[0-9]{{2}}))\b"
)
_WRITTEN = (
    rf"(?i)\b(?:{_DAY}(?:st|nd|rd|th|er|\.)?(?: of| de)? {_MONTHS}\b\.?(?:,? (?:de |del )?{_YEAR})?"
    rf"|{_MONTHS}\.? {_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?|{_MONTHS}\.?,? (?:de |del )?{_YEAR})\b"
)
_YEAR_ALONE = (
    rf"(?i)\b(?:in|since|from|until|early|late|im jahr|seit|en|depuis|desde|sinds) ({_YEAR})\b"
)
_SHAPES = (("numeric", _NUMERIC), ("written", _WRITTEN), ("year", _YEAR_ALONE))

_TRIGGERS = {
    "numeric": "",
    "written": rf"(?i)[0-9][a-z.,]{{0,4}}(?: of| de)? {_MONTHS}|{_MONTHS}[.,]{{0,2}} (?:de |del )?[0-9]",
    "year": "",
}
PATTERNS = tuple(
    Pattern(TYPE, f"date.{name}", shape, check_date, trigger=_TRIGGERS[name])
    for name, shape in _SHAPES
)
