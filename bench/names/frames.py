r"""Sentences as people write them to an assistant, filled with made-up names of five languages.

The frames of ``frames/<language>.txt`` are ours; ``frames/requests.txt`` is by presidio-research
(MIT, ``licences/``). One line is one text; ``\\n`` in it is a line end.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

from faker import Faker

from bench.names.corpora import Labelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDER = Path(__file__).with_name("frames")
LOCALES = {
    "en": (
        "en_US",
        "en_GB",
        "en_IN",
        "en_IE",
        "pl_PL",
        "it_IT",
        "tr_TR",
        "sv_SE",
        "pt_PT",
        "cs_CZ",
    ),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_BE", "fr_CH"),
    "es": ("es_ES", "es_MX", "es_CO"),
    "nl": ("nl_NL", "nl_BE"),
}
_STRUCTURED = {
    "credit_card_number": "CREDIT_CARD",
    "phone_number": "PHONE_NUMBER",
    "email": "EMAIL_ADDRESS",
    "url": "URL",
    "iban": "IBAN_CODE",
    "date_time": "DATE_TIME",
    "date_of_birth": "DATE_TIME",
    "ssn": "US_SSN",
    "ip_address": "IP_ADDRESS",
}
_TITLE = re.compile(r"(?:Mr|Ms|Mrs|Dr)\.? ")
_SLOT = re.compile(r"<([a-zA-Z]{1,2})>|\{\{([a-z_]+)\}\}")
_THINGS = (
    "Budget Plan|Project Phoenix|Quarterly Report|Travel Expenses|Data Protection|Team Event|Sales Deck"
    "|Office Move|Contract Draft|Windows Update|Holiday Schedule|New Website|Security Training|Term Sheet"
    "|Master Netting Agreement|Letter of Credit|Org Chart|Gas Daily|Trading Limits|Credit Memo|Deal Sheet"
    "|Power Point|Excel Spreadsheet|Status Update|Weekly Summary|Conference Call|Performance Review"
    "|Non-Disclosure Agreement|Purchase Order|Monthly Close|Board Meeting|Year End Audit|Press Release"
    "|Risk Report|Staff Meeting|Fantasy Football|Super Bowl Party|Happy Hour|Christmas Party|Car Pool"
    "|Server Migration|Password Reset|VPN Access|Mid-Year Review|Compliance Training|Jira Ticket|Sprint Plan"
).split("|")
_ROLES = (
    "Project Manager|Senior Engineer|Head of Sales|Account Executive|Director|Sachbearbeiterin"
    "|Leiter Einkauf|Responsable Marketing|Director Financiero|Hoofd Inkoop|HR Business Partner"
).split("|")
_COUNTRIES = {
    "en": "Germany|France|Spain|Poland|the United Kingdom|Japan|Brazil|Canada|Norway|Kenya|the Netherlands",
    "de": "Deutschland|Österreich|Spanien|Frankreich|Italien|Polen|der Türkei|Griechenland",
    "fr": "France|Belgique|Espagne|Italie|Allemagne|Pologne|Grèce",
    "es": "España|México|Francia|Alemania|Italia|Colombia|Argentina",
    "nl": "Nederland|België|Duitsland|Frankrijk|Spanje|Italië",
}
_DATES = "12 March 2025|3.4.2024|2025-01-17|May 5|1 June|17/11/1983|14. August 1990|le 3 mai 2021|5 de mayo"
_PERSON, _PLACE, _FIRM = "PERSON", "LOCATION", "ORGANIZATION"


class Filler:
    """Fills the frames of one language."""

    def __init__(self, language: str, seed: int) -> None:
        """With a fixed `seed`, so that a set can be made again."""
        self._language = language
        self._random = random.Random(seed)
        self._fakers = [Faker(locale) for locale in LOCALES[language]]
        for number, fake in enumerate(self._fakers):
            fake.seed_instance(seed + number)

    def fill(self, frame: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
        """The text, and where its names stand."""
        pieces, spans, at, length = [], [], 0, 0
        fake = self._random.choice(self._fakers)
        for match in _SLOT.finditer(frame):
            plain = frame[at : match.start()].replace("\\n", "\n")
            value, kind = self._value(match[1] or match[2], fake)
            length += len(plain)
            if kind:
                title = _TITLE.match(value) if kind == _PERSON else None
                first = length + (title.end() if title else 0)
                spans.append((first, length + len(value), kind))
            pieces += [plain, value]
            length += len(value)
            at = match.end()
        pieces.append(frame[at:].replace("\\n", "\n"))
        return "".join(pieces), tuple(spans)

    def _value(self, slot: str, fake: Faker) -> tuple[str, str]:
        if len(slot) > 2:
            return self._request(slot, fake)
        kind, style = slot[0], slot[1:]
        value, label = self._named(kind.lower(), fake)
        if kind.isupper():
            value = value.upper()
        return (value.lower() if style == "l" else value), label

    def _named(self, kind: str, fake: Faker) -> tuple[str, str]:
        first, last = fake.first_name(), fake.last_name()
        makers: dict[str, Callable[[], tuple[str, str]]] = {
            "p": lambda: (self._full(first, last), _PERSON),
            "f": lambda: (first, _PERSON),
            "l": lambda: (last, _PERSON),
            "n": lambda: (f"{last}, {first}", _PERSON),
            "i": lambda: (f"{first[0]}. {last}", _PERSON),
            "t": lambda: (f"{self._random.choice(('Mr', 'Ms', 'Mrs', 'Dr'))} {last}", _PERSON),
            "c": lambda: (fake.city(), _PLACE),
            "k": lambda: (self._random.choice(_COUNTRIES[self._language].split("|")), _PLACE),
            "o": lambda: (self._firm(fake), _FIRM),
            "r": lambda: (self._random.choice(_ROLES), ""),
            "x": lambda: (self._random.choice(_THINGS), ""),
            "d": lambda: (self._random.choice(_DATES.split("|")), "DATE_TIME"),
            "e": lambda: (fake.email(), "EMAIL_ADDRESS"),
        }
        return makers[kind]()

    def _full(self, first: str, last: str) -> str:
        middle = self._random.choice(
            ("", "", "", "", f" {self._random.choice('ABCDEFGHJKLMPRST')}.")
        )
        return f"{first}{middle} {last}"

    def _firm(self, fake: Faker) -> str:
        last, city = fake.last_name(), fake.city()
        return self._random.choice(
            (
                fake.company(),
                fake.company(),
                f"{last} & {fake.last_name()}",
                f"University of {city}",
                f"{city} City Council",
                f"{last} Group",
                f"Bank of {city}",
                f"{city} Hospital",
                f"{last} {self._random.choice(('Systems', 'Energy', 'Foods', 'Pharma', 'Media', 'Labs'))}",
                self._random.choice("ABCDEFGKLMNPRSTVZ")
                + "".join(self._random.choices("ACEGILMNOPRSTX", k=2)),
            )
        )

    def _request(self, slot: str, fake: Faker) -> tuple[str, str]:
        makers: dict[str, Callable[[], tuple[str, str]]] = {
            "organization": lambda: (self._firm(fake), _FIRM),
            "city": lambda: (fake.city(), _PLACE),
            "country": lambda: self._named("k", fake),
            "street_name": lambda: (fake.street_name(), _PLACE),
            "address": lambda: (fake.address(), "ADDRESS"),
        }
        if slot.startswith(("first_name", "last_name")):
            return getattr(fake, slot.partition("_name")[0] + "_name")(), _PERSON
        if slot in {"person", "name"} or slot.startswith("name_"):
            return fake.first_name() + " " + fake.last_name(), _PERSON
        if slot.startswith("nation"):
            return self._random.choice(("German", "Dutch", "French", "Spanish")), ""
        return makers.get(slot, lambda: (_plain(slot, fake), _STRUCTURED.get(slot, "")))()


def _plain(slot: str, fake: Faker) -> str:
    if slot.startswith("prefix"):
        return "Mr."
    makers: dict[str, Callable[[], str]] = {
        "credit_card_number": fake.credit_card_number,
        "phone_number": fake.phone_number,
        "building_number": fake.building_number,
        "age": lambda: str(fake.random_int(18, 80)),
        "year": fake.year,
        "postcode": fake.postcode,
        "zipcode": fake.postcode,
        "email": fake.email,
        "url": fake.url,
        "job": fake.job,
        "iban": fake.iban,
        "date_time": fake.date,
        "date_of_birth": lambda: fake.date("%d/%m/%Y"),
        "ssn": lambda: fake.numerify("###-##-####"),
        "ip_address": fake.ipv4,
        "day_of_week": fake.day_of_week,
    }
    return makers.get(slot, lambda: fake.numerify("###"))()


def made(seed: int, times: int) -> Iterator[Labelled]:
    """Every frame `times` times, each filling its own; request frames in English."""
    for file in sorted(_FOLDER.glob("*.txt")):
        language = file.stem if file.stem in LOCALES else "en"
        filler = Filler(language, seed)
        for number, frame in enumerate(
            file.read_text(encoding="utf-8", errors="replace").splitlines()
        ):
            if not frame.strip():
                continue
            for turn in range(times):
                text, spans = filler.fill(frame)
                yield Labelled(f"frames_{file.stem}", f"{number}", text, spans)
                del turn
