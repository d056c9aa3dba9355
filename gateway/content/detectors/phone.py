"""Telephone numbers: candidates by shape, confirmed by libphonenumber's numbering plans."""

from __future__ import annotations

import re

import phonenumbers

from gateway.content.detectors.pattern import Caught, Pattern

_REGIONS = ("DE", "GB", "FR", "NL", "ES", "IT", "BE", "AT", "CH", "DK", "SE", "PL")
"""Where a number that starts with a single 0 may be at home."""

_WORDS = (
    "phone", "tel", "call", "mobile", "fax", "ring", "sms", "handy", "numéro", "reach", "message",
    "whatsapp", "anruf", "rufnummer", "portable", "appel", "móvil", "movil", "llama", "mobiel", "bel ",
)  # fmt: skip
_EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"
_INTERNATIONAL = r"(?:\+|\b00)[1-9](?:[ ().\-/]{0,2}[0-9]){6,14}"
_DIGITS = re.compile(_INTERNATIONAL)
_DATE = re.compile(r"[0-9]{1,4}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4}")
_SPOKEN = 30


def check_international(candidate: str, _before: str) -> Caught | None:
    """A number with its country code. Possible is enough: reserved test ranges are not valid.

    Digits in one that go on in letters up to f are how a hash begins, which may start with 00.
    """
    found = _DIGITS.match(candidate)
    if found is None or (candidate.isalnum() and not candidate.isdigit()):
        return None
    candidate = found[0]
    try:
        number = (
            phonenumbers.parse(candidate.replace("00", "+", 1), None)
            if candidate.startswith("00")
            else phonenumbers.parse(candidate, None)
        )
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return Caught(len(candidate), 0.9, "phone.plan")


def check_north_american(candidate: str, before: str) -> Caught | None:
    """Ten digits as they are written in North America, fictitious 555 numbers included."""
    likely = candidate.startswith("(") or any(word in before.lower() for word in _WORDS)
    return Caught(len(candidate), 0.85 if likely else 0.6, "")


def check_national(candidate: str, _before: str) -> Caught | None:
    """A number with a trunk 0, valid in one of the countries our tenants are in."""
    if _DATE.fullmatch(candidate):
        return None
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return Caught(len(candidate), 0.7, "phone.plan")
    return None


def check_spoken(candidate: str, before: str) -> Caught | None:
    """Digits of which the text says that they are a telephone number."""
    said = before[-_SPOKEN:].lower()
    if _DATE.fullmatch(candidate) or not any(word in said for word in _WORDS):
        return None
    return Caught(len(candidate), 0.65)


PATTERNS = (
    Pattern(
        "PHONE_NUMBER",
        "phone.international",
        rf"{_INTERNATIONAL}[0-9a-fA-F]*",
        check_international,
        trigger=_INTERNATIONAL,
    ),
    Pattern(
        "PHONE_NUMBER",
        "phone.north_american",
        r"(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[ .\-])[0-9]{3}[ .\-][0-9]{4}" + _EXTENSION + r"\b",
        check_north_american,
    ),
    Pattern(
        "PHONE_NUMBER",
        "phone.national",
        r"(?:\(0[0-9]{1,4}\) ?|\b0[0-9]{1,4}[ \-/.])[0-9][0-9 \-/.]{4,14}[0-9]\b",
        check_national,
    ),
    Pattern(
        "PHONE_NUMBER",
        "phone.spoken",
        r"(?:\([0-9]{1,4}\) ?|\b)[0-9](?:[ .\-/]{0,2}[0-9]){6,13}" + _EXTENSION + r"\b",
        check_spoken,
        trigger=r"[0-9][0-9 .\-/]{6}",
    ),
)
