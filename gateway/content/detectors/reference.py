"""Numbers by which an office knows a person or a case: they identify as surely as a name."""

from __future__ import annotations

import re

from gateway.content.detectors.pattern import Caught, Pattern

TYPE = "REFERENCE_NUMBER"
_OWNERS = (
    r"customer|client|member(?:ship)?|policy|patient|employee|staff|personnel|student|case|claim|file|ticket"
    r"|order|invoice|contract|account|application|reference|ref|docket|matter|booking|reservation"
    r"|registration|licen[cs]e|incident|complaint|insurance|payroll|badge|loyalty|tracking"
)
_NUMBER_WORDS = r"(?:number|no|num|nr|id|code|#|ref|reference)"
_ELSEWHERE = (
    r"kunden|vertrags|rechnungs|personal|mitglieds|versicherungs|versicherten|patienten|auftrags|bestell"
    r"|vorgangs|schaden|steuer|konto|matrikel|mitarbeiter"
)
_FRENCH = r"(?:num[ée]ro|n[°ºo]\.?) (?:de |d['’])?(?:client|dossier|contrat|facture|commande|patient|adh[ée]rent|s[ée]curit[ée] sociale|police|r[ée]f[ée]rence)"
_SPANISH = r"(?:n[úu]mero|n[°ºo]\.?) (?:de )?(?:cliente|expediente|contrato|factura|pedido|paciente|socio|p[óo]liza|referencia)"
_DUTCH = (
    r"(?:klant|dossier|contract|factuur|order|pati[ëe]nt|personeels|polis|zaak|lid|bestel)nummer"
)
_LINK = r"[\"']?\s{0,2}(?:is|ist|est|es|was|[:=#])?\s{0,2}[\"'#(]?"
_VALUE = r"((?:[A-Z]{1,6}[\-/ ]?)?[0-9][A-Za-z0-9]*(?:[\-/._][A-Za-z0-9]+){0,5}|[A-Z0-9]{1,6}(?:-[A-Z0-9]{2,10}){1,4})\b"
_PLAIN = re.compile(r"[0-9]{1,3}(?:[.,][0-9]+)?")


def check_reference(candidate: str, _before: str) -> Caught | None:
    """A number that was named; a small plain one is a count, and one without digits a word."""
    if _PLAIN.fullmatch(candidate) or not any(sign.isdigit() for sign in candidate):
        return None
    return Caught(len(candidate), 0.8)


def check_case(candidate: str, _before: str) -> Caught | None:
    """A court's case number."""
    return Caught(len(candidate), 0.85)


PATTERNS = (
    Pattern(
        TYPE,
        "reference.english",
        rf"(?i)\b(?:{_OWNERS})(?:[ _\-]{_NUMBER_WORDS}\b\.?|\s?#){_LINK}{_VALUE}",
        check_reference,
        trigger=rf"(?i)\b(?:{_OWNERS})(?:[ _\-]{_NUMBER_WORDS}|\s?#)",
    ),
    Pattern(
        TYPE,
        "reference.prefixed",
        rf"(?i)\b(?:{_OWNERS}) ((?-i:[A-Z]{{2,6}})-[0-9]{{3,12}})\b",
        check_reference,
        trigger=rf"(?i)\b(?:{_OWNERS}) (?-i:[A-Z]{{2}})",
    ),
    Pattern(
        TYPE,
        "reference.german",
        rf"(?i)\b(?:{_ELSEWHERE})-?(?:nummer|nr\.?|kennzeichen|id){_LINK}{_VALUE}",
        check_reference,
        trigger=rf"(?i)\b(?:{_ELSEWHERE})-?(?:nummer|nr|kennzeichen|id)",
    ),
    Pattern(
        TYPE,
        "reference.german_file",
        rf"(?i)\b(?:aktenzeichen|az\.|gesch(?:ä|ae)ftszeichen|mein zeichen|ihr zeichen){_LINK}([0-9A-Z]+(?:[ \-/.][0-9A-Z]+){{0,4}})",
        check_reference,
        trigger=r"(?i)\b(?:aktenzeichen|az\.|gesch(?:ä|ae)ftszeichen|mein zeichen|ihr zeichen)",
    ),
    Pattern(
        TYPE,
        "reference.french",
        rf"(?i)(?:^|[\s(]){_FRENCH}{_LINK}{_VALUE}",
        check_reference,
        trigger=rf"(?i){_FRENCH}",
    ),
    Pattern(
        TYPE,
        "reference.spanish",
        rf"(?i)(?:^|[\s(]){_SPANISH}{_LINK}{_VALUE}",
        check_reference,
        trigger=rf"(?i){_SPANISH}",
    ),
    Pattern(
        TYPE,
        "reference.dutch",
        rf"(?i)\b{_DUTCH}{_LINK}{_VALUE}",
        check_reference,
        trigger=rf"(?i)\b{_DUTCH}",
    ),
    Pattern(
        TYPE,
        "reference.application",
        r"(?i)\b(?:applications? |requêtes? |demandas? |requête |case |affaire )?\(?n(?:o|[°º])s?\.? ?([0-9]{3,6} ?/ ?[0-9]{2,4})\b",
        check_case,
    ),
    Pattern(
        TYPE,
        "reference.eu_case",
        r"\b(?:[CTF]-[0-9]{1,4}/[0-9]{2}|ECLI:[A-Z]{2}:[A-Z0-9]{1,7}:[0-9]{4}:[A-Z0-9.]{1,25})\b",
        check_case,
    ),
)
