"""National identity, tax and health numbers of the countries our tenants are in.

Where a number is only digits and its check digit lets one in ten random numbers
through, a word that names it must stand before it.
"""

from __future__ import annotations

from stdnum.be import nn
from stdnum.de import idnr
from stdnum.es import nif
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel

from gateway.content.detectors.pattern import Caught, Pattern, by_shape, by_validator


def check_ssn(candidate: str, _before: str) -> Caught | None:
    """A US number by its areas; 9xx is not issued, and is what test data uses."""
    area, group, serial = candidate.split("-")
    if area in ("000", "666") or group == "00" or serial == "0000":
        return None
    return Caught(len(candidate), 0.9, "ssn.areas")


PATTERNS = (
    Pattern("US_SSN", "us_ssn", r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b", check_ssn),
    Pattern(
        "UK_NINO",
        "uk_nino",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b",
        by_shape(0.9),
    ),
    Pattern(
        "UK_NHS",
        "uk_nhs",
        r"\b[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}\b",
        by_validator(nhs.is_valid, "nhs.mod11", words=("nhs",)),
    ),
    Pattern(
        "ES_NIF",
        "es_nif",
        r"\b[0-9XYZKLM][0-9]{7}-?[A-Z]\b",
        by_validator(nif.is_valid, "nif.letter"),
    ),
    Pattern(
        "IT_FISCAL_CODE",
        "it_fiscal_code",
        r"(?i)\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]\b",
        by_validator(codicefiscale.is_valid, "codice_fiscale.letter"),
    ),
    Pattern(
        "FR_NIR",
        "fr_nir",
        r"\b[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        by_validator(nir.is_valid, "nir.key"),
    ),
    Pattern(
        "DE_TAX_ID",
        "de_tax_id",
        r"\b[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}\b",
        by_validator(idnr.is_valid, "idnr.digit", words=("steuer", "tax", "idnr", "tin")),
    ),
    Pattern(
        "NL_BSN",
        "nl_bsn",
        r"\b[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}\b",
        by_validator(bsn.is_valid, "bsn.elfproef", words=("bsn", "burgerservice", "sofi")),
    ),
    Pattern(
        "BE_NN",
        "be_nn",
        r"\b[0-9]{2}\.?[0-9]{2}\.?[0-9]{2}-?[0-9]{3}\.?[0-9]{2}\b",
        by_validator(
            nn.is_valid, "nn.mod97", words=("rijksregister", "registre", "national", "nn", "niss")
        ),
    ),
    Pattern(
        "PL_PESEL",
        "pl_pesel",
        r"\b[0-9]{11}\b",
        by_validator(pesel.is_valid, "pesel.digit", words=("pesel",)),
    ),
)
