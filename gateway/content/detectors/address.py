"""Postal addresses as they are written in English, German, French, Spanish and Dutch."""

from __future__ import annotations

import re

from gateway.content.detectors.pattern import Caught, Pattern

TYPE = "ADDRESS"
_YEAR = re.compile(r" (?:1[89]|20)[0-9]{2}$")
_WORD = r"[\p{Lu}][\p{L}'’.\-]*"
_NUMBER = r"[0-9]{1,5}(?:[ \-]?[A-Za-z])?(?:[\-/][0-9]{1,4})?"
_ENGLISH = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Av|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Place|Pl|Way"
    r"|Terrace|Ter|Close|Crescent|Cres|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Trail|Trl|Gardens|Grove|Mews"
    r"|Walk|Hill|Row|Quay|Plaza|Loop|Alley|Pike|Track|Parade)"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|#)\.? ?[A-Za-z0-9\-]{1,6})?"
_TOWN = rf"(?:(?:,? ?\n?|,? ){_WORD}(?: {_WORD}){{0,2}})"
_US = rf"{_TOWN},? (?:[A-Z]{{2}}|{_WORD}(?: {_WORD})?),? [0-9]{{5}}(?:-[0-9]{{4}})?"
_UK = rf"{_TOWN},? [A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}"
_CODE_TOWN = r"(?:(?:,|\n|,\n)? ?(?:[A-Z]{1,2}-)?[0-9]{4,5}(?: ?[A-Z]{2})? [\p{Lu}][\p{L}'’.\-]+(?: (?:[a-z]{2,4} )?[\p{Lu}][\p{L}'’.\-]+){0,2})?"


def check_address(candidate: str, before: str) -> Caught | None:
    """An address, not the end of a longer number."""
    if before[-1:].isdigit() or (before[-2:-1].isdigit() and before[-1:] in ".,:"):
        return None
    return Caught(len(candidate.rstrip(" ,.\n")), 0.8)


def check_street(candidate: str, before: str) -> Caught | None:
    """A street and a number; "During 1984" is none."""
    if _YEAR.search(candidate.partition("\n")[0].partition(",")[0]):
        return None
    return check_address(candidate, before)


PATTERNS = (
    Pattern(
        TYPE,
        "address.english",
        rf"\b{_NUMBER},? (?:(?:{_WORD}|[0-9]{{1,3}}(?:st|nd|rd|th)) ){{1,4}}{_ENGLISH}\b\.?(?: (?:[NS][EW]?|[EW])\b)?{_UNIT}(?:{_US}|{_UK})?",
        check_address,
        trigger=rf" {_ENGLISH}\b",
    ),
    Pattern(
        TYPE,
        "address.english_full",
        rf"\b{_NUMBER} (?:{_WORD} ){{0,4}}{_WORD}{_UNIT}(?:{_US}|{_UK})\b",
        check_address,
        trigger=r"[A-Z]{2},? [0-9]{5}|[A-Z][0-9A-Z]? ?[0-9][A-Z]{2}\b",
    ),
    Pattern(
        TYPE,
        "address.block",
        rf"\b{_WORD}(?: (?:{_WORD}|de|del|di|da|do|dos|das|la|le|les|du|des|der|den|dem|van|von|zum|zur|am)){{0,4}} {_NUMBER}(?:,? ?\n|, )(?:[A-Z]{{1,2}}-)?[0-9]{{2,5}}"
        rf"(?:[ \-][0-9]{{2,3}}| [A-Z]{{2}})? {_WORD}(?:[ \-]{_WORD}){{0,3}}",
        check_street,
        trigger=r"[0-9][A-Za-z]?(?:,? ?\n|, )(?:[A-Z]{1,2}-)?[0-9]{2,5}[ \-]",
    ),
    Pattern(
        TYPE,
        "address.german",
        r"\b(?:[\p{Lu}][\p{L}\-]*?(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm|ufer|ring|chaussee)"
        r"|(?:[\p{Lu}][\p{L}\-]+ ){1,3}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Damm|Ufer|Ring))"
        rf" {_NUMBER}\b{_CODE_TOWN}",
        check_street,
        trigger=r"(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Dd]amm|[Uu]fer|[Rr]ing|chaussee) [0-9]",
    ),
    Pattern(
        TYPE,
        "address.french",
        r"\b[0-9]{1,4}(?: ?(?:bis|ter|[A-D]))?,? (?i:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|all[ée]e|quai|cours|route|passage|square)"
        rf"(?: (?:de la|de l['’]|du|des|de|d['’]|la|le))? ?[\p{{Lu}}][\p{{L}}'’\-]*(?: (?:de |du |des |la )?{_WORD}){{0,4}}{_CODE_TOWN}",
        check_address,
        trigger=r"[0-9](?: ?(?:bis|ter|[A-D]))?,? (?i:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|all[ée]e|quai|cours|route|passage|square) ",
    ),
    Pattern(
        TYPE,
        "address.spanish",
        r"\b(?i:calle|c/|avenida|avda\.|plaza|paseo|camino|carretera|ronda|travesía|calz\.|callejón|urbanización)"
        rf" (?:(?:de la|de los|de las|del|de|la) )?{_WORD}(?: (?:(?:de|la|del|los) )?{_WORD}){{0,4}},? (?:n[º°o]\.? ?)?{_NUMBER}\b{_CODE_TOWN}",
        check_address,
        trigger=r"(?i:calle|c/|avenida|avda\.|plaza|paseo|camino|carretera|ronda|travesía|calz\.|callejón|urbanización) ",
    ),
    Pattern(
        TYPE,
        "address.dutch",
        r"\b[\p{Lu}][\p{L}\-]*(?:straat|laan|weg|plein|gracht|kade|dijk|singel|hof|dreef|steeg|pad)"
        rf" {_NUMBER}\b{_CODE_TOWN}",
        check_street,
        trigger=r"(?:straat|laan|weg|plein|gracht|kade|dijk|singel|hof|dreef|steeg|pad) [0-9]",
    ),
    Pattern(
        TYPE,
        "address.box",
        r"\b(?:P\.? ?O\.? Box|PO Box|Postfach|Postbus|BP|Apartado(?: de correos)?|PSC|Unit) [0-9]{1,6}(?:,? Box [0-9]{1,5})?\b",
        check_address,
    ),
)
