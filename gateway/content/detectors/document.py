"""Numbers of passports, licences and number plates: they need a word that names them."""

from __future__ import annotations

from gateway.content.detectors.pattern import Caught, Pattern

_LINK = r"(?: ?(?:number|no\.?|nr\.?|nummer|numéro|número|n[°º]))?[\"']?\s{0,2}(?:is|ist|est|es|[:=#])?\s{0,2}"
_WITH_DIGITS = 3


def check_document(candidate: str, _before: str) -> Caught | None:
    """A value with some digits in it."""
    if sum(sign.isdigit() for sign in candidate) < _WITH_DIGITS:
        return None
    return Caught(len(candidate), 0.85)


def check_plate(candidate: str, _before: str) -> Caught | None:
    """A number plate after a word for one."""
    if not any(sign.isdigit() for sign in candidate):
        return None
    return Caught(len(candidate.rstrip(" -")), 0.8)


PATTERNS = (
    Pattern(
        "PASSPORT",
        "passport",
        rf"(?i)\b(?:passport|reisepass|pass(?:nummer|-nr\.?)|passeport|pasaporte|paspoort){_LINK}([A-Z]{{0,3}}[0-9][A-Z0-9]{{5,9}})\b",
        check_document,
        trigger=r"(?i)\b(?:passport|reisepass|pass(?:nummer|-nr\.?)|passeport|pasaporte|paspoort)",
    ),
    Pattern(
        "DRIVER_LICENSE",
        "driver_license",
        r"(?i)\b(?:driver'?s? ?(?:license|licence)|driving licence|führerschein(?:nummer)?|permis de conduire"
        rf"|(?:permiso|carnet) de conducir|rijbewijs(?:nummer)?){_LINK}([A-Z]{{0,3}}[0-9][A-Z0-9\-]{{5,17}})\b",
        check_document,
        trigger=r"(?i)\b(?:driver|driving|führerschein|permis|carnet|rijbewijs)",
    ),
    Pattern(
        "ID_CARD",
        "id_card",
        r"(?i)\b(?:personalausweis(?:nummer)?|ausweis(?:nummer|-nr\.?)|identity card|id card|carte d['’]identité"
        rf"|cni|identiteitskaart){_LINK}([A-Z]{{0,2}}[0-9][A-Z0-9]{{6,11}})\b",
        check_document,
        trigger=r"(?i)\b(?:personalausweis|ausweis|identity card|id card|carte d|cni|identiteitskaart)",
    ),
    Pattern(
        "LICENSE_PLATE",
        "license_plate",
        r"(?i)\b(?:licen[cs]e plate|number plate|vehicle registration|registration plate|kennzeichen|nummernschild"
        rf"|immatriculation|plaque|matr[íi]cula|kenteken){_LINK}((?-i:[A-ZÄÖÜ0-9]{{1,4}}(?:[ \-][A-Z0-9]{{1,4}}){{0,3}}))\b",
        check_plate,
        trigger=r"(?i)\b(?:licen[cs]e plate|number plate|vehicle registration|registration plate|kennzeichen|nummernschild|immatriculation|plaque|matr[íi]cula|kenteken)",
    ),
)
