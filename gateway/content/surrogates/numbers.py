"""Addresses and numbers that are reserved so that they belong to nobody.

Domains: RFC 2606. Networks: RFC 5737, RFC 3849. Telephone: the North American plan's
555-0100 to 555-0199, Ofcom's numbers for drama, and those that the Bundesnetzagentur
and Arcep set aside for films. Accounts: the check digits of ISO 13616 hold, and the
bank code is zero, which no bank has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.surrogates import names

if TYPE_CHECKING:
    from collections.abc import Callable

_DOMAINS = ("example.com", "example.org", "example.net")
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
_AREAS = (202, 212, 303, 312, 404, 415, 503, 512, 617, 702, 713, 808)
_GERMAN = ("30 23125", "69 90009", "40 66969", "221 4710", "89 99998")
_BRITISH = ("7700 900", "20 7946 0", "161 496 0", "113 496 0", "1632 960")
_FRENCH = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49", "6 39 98")
_SIGNS = re.compile(r"[^0-9A-Za-z]")
_BANK = 4


class Wanted(NamedTuple):
    """What a value is made for."""

    value: str
    draw: Callable[[int], int]
    """A number below the one given, drawn again by the same key for the same value."""

    language: str


def email(wanted: Wanted) -> str:
    """An address at a reserved domain."""
    draw = wanted.draw
    first, last = names.SURNAMES["en"]
    given = names.GIVEN["en"][names.EITHER]
    who = f"{given[draw(len(given))]}.{first[draw(len(first))]}{last[draw(len(last))]}"
    return f"{who}@{_DOMAINS[draw(len(_DOMAINS))]}".lower()


def network(wanted: Wanted) -> str:
    """An address of a documentation network."""
    draw = wanted.draw
    if ":" in wanted.value:
        return f"2001:db8:{draw(0xFFFF) + 1:x}:{draw(0xFFFF) + 1:x}::{draw(0xFFFF) + 1:x}"
    return f"{_NETWORKS[draw(len(_NETWORKS))]}.{draw(254) + 1}"


def phone(wanted: Wanted) -> str:
    """A number set aside for films, of the same country where it has any."""
    value, draw, language = wanted
    digits = re.sub(r"\D", "", value)
    abroad = value.lstrip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if abroad else digits
    country = digits[:2] if abroad else {"en": "1", "de": "49", "fr": "33"}.get(language, "1")
    if not abroad and language == "en" and digits.startswith("0"):
        country = "44"
    lead = f"+{country} " if abroad else "0"
    if country == "44":
        return f"{lead}{_BRITISH[draw(len(_BRITISH))]}{draw(1000):03d}"
    if country == "49":
        return f"{lead}{_GERMAN[draw(len(_GERMAN))]} {draw(1000):03d}"
    if country == "33":
        pairs = draw(10_000)
        return f"{lead}{_FRENCH[draw(len(_FRENCH))]} {pairs // 100:02d} {pairs % 100:02d}"
    lead = "+1 " if abroad else ""
    return f"{lead}{_AREAS[draw(len(_AREAS))]}-555-01{draw(100):02d}"


def account(wanted: Wanted) -> str:
    """An IBAN of the same country and shape whose check digits hold."""
    value, draw, _ = wanted
    plain = _SIGNS.sub("", value).upper()
    country, inner = plain[:2], plain[4:]
    made = "".join(
        "X" if sign.isalpha() else "0" if at < _BANK else str(draw(10))
        for at, sign in enumerate(inner)
    )
    whole = "".join(str(int(sign, 36)) for sign in f"{made}{country}00")
    made = f"{country}{98 - int(whole) % 97:02d}{made}"
    if " " not in value.strip():
        return made
    return " ".join(made[at : at + 4] for at in range(0, len(made), 4))


MAKERS: dict[str, Callable[[Wanted], str]] = {
    "EMAIL_ADDRESS": email,
    "IBAN_CODE": account,
    "IP_ADDRESS": network,
    "PHONE_NUMBER": phone,
}
