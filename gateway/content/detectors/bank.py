"""Account and card numbers, confirmed by their own check digits."""

from __future__ import annotations

import re

from stdnum import iban, luhn

from gateway.content.detectors.pattern import Caught, Pattern

_DIGITS = re.compile(r"[^0-9]")
_CARD_LENGTHS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"4", (13, 16, 19)),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"6011|64[4-9]|65", (16, 17, 18, 19)),  # Discover
    (r"3(?:0[0-5]|095|[689])", (14, 15, 16, 17, 18, 19)),  # Diners Club
    (r"35", (16, 17, 18, 19)),  # JCB, and test numbers below its range
    (r"180|213", (15,)),  # JCB, old
    (r"62", (16, 17, 18, 19)),  # UnionPay
    (r"50|5[6-9]|6", (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
)
_CARDS = tuple((re.compile(prefix), lengths) for prefix, lengths in _CARD_LENGTHS)


def check_iban(candidate: str, _before: str) -> Caught | None:
    """An IBAN by its length and ISO 7064 check digits; words caught by greed are cut off."""
    while True:
        if iban.is_valid(candidate):
            return Caught(len(candidate), 0.99, "iban.mod97")
        shorter, blank, _ = candidate.rpartition(" ")
        if not blank:
            return None
        candidate = shorter


def check_card(candidate: str, _before: str) -> Caught | None:
    """A payment card by issuer range, length and the Luhn digit (ISO/IEC 7812)."""
    digits = _DIGITS.sub("", candidate)
    for prefix, lengths in _CARDS:
        if len(digits) in lengths and prefix.match(digits) and luhn.is_valid(digits):
            return Caught(len(candidate), 0.98, "card.luhn")
    return None


PATTERNS = (
    Pattern(
        "IBAN_CODE",
        "iban",
        r"(?i)\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b",
        check_iban,
    ),
    Pattern("CREDIT_CARD", "card", r"\b[0-9](?:[ \-]?[0-9]){11,18}\b", check_card),
)
