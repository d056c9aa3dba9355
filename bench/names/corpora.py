"""Labelled texts, read where they lie: they name real people and are not copied in here.

``LABELLED_TEXT`` says where; a text is a string and spans (start, end, type).
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from gateway.content.names.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "LABELLED_TEXT"
NAMES = {
    "PERSON": "PERSON",
    "LOC": "LOCATION",
    "ORG": "ORGANIZATION",
    "LEGAL_PROFESSIONAL": "PERSON",
}
SETS = {
    "btc_train": "social media (BTC)",
    "wnut17_train": "social media (WNUT17)",
    "wnut17_dev": "forums (WNUT17 dev)",
    "wikigold_train": "Wikipedia (wikigold)",
    "tab_train": "court cases (TAB)",
    "echr_fr_dev": "court cases, French",
    "echr_es_dev": "court cases, Spanish",
}
_TITLE = re.compile(
    r"(?:(?:Mrs?|Ms|Miss|Dr|Prof|Sir|Lady|Lord|MM?|Mmes?|Mlle|Me|Sr|Sra|Dª?|Don|Doña|Judge)\b\.? ?)+(?=\S)"
)
_HANDLE = re.compile(r"^.?[@#]|^RT$")
_OFTEN = 4
_HELD = 5
"""One document in this many is kept from training."""


@dataclass(frozen=True)
class Labelled:
    """A text and its spans."""

    set: str
    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]

    @property
    def held(self) -> bool:
        """Whether it is kept from training, by a hash of its name."""
        return crc32(f"{self.set}/{self.id}".encode()) % _HELD == 0


def folder() -> Path | None:
    """Where the labelled texts lie, or None when they are not at hand."""
    named = os.environ.get(VARIABLE)
    place = Path(named) if named else Path(__file__).resolve().parents[3] / "shared/data/pii"
    return place if place.is_dir() else None


def read(place: Path, name: str) -> Iterator[Labelled]:
    """The texts of one set, with names only."""
    with (place / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            text = document["text"]
            spans = sorted(
                {
                    (span[0] + _title(text, span), span[1], NAMES[span[2]])
                    for span in document["spans"]
                    if span[2] in NAMES and not _HANDLE.search(text[max(0, span[0] - 1) : span[1]])
                }
            )
            yield Labelled(name, document["id"], text, tuple(_longest(spans)))


def _title(text: str, span: list[Any]) -> int:
    """How many code points of a person's span are the form of address before the name."""
    match = _TITLE.match(text[span[0] : span[1]]) if NAMES[span[2]] == "PERSON" else None
    return match.end() if match else 0


def _longest(spans: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    end = 0
    for span in sorted(spans, key=lambda item: (item[0], item[0] - item[1])):
        if span[0] >= end and span[0] != span[1]:
            yield span
            end = span[1]


def lower_case_words(place: Path) -> dict[str, int]:
    """How often the training texts write a word in lower case, outside of names."""
    counted: Counter[str] = Counter()
    for name in SETS:
        for item in read(place, name):
            if item.held:
                continue
            inside = {at for start, end, _ in item.spans for at in range(start, end)}
            for word, start in zip(*tokens(item.text), strict=True):
                if word.islower() and word.isalpha() and start not in inside:
                    counted[word] += 1
    return counted


def common_words(place: Path) -> list[str]:
    """Words that the training texts use often, as they are written: none that is only a name."""
    lower_case = lower_case_words(place)
    counted: Counter[str] = Counter()
    for name in SETS:
        for item in read(place, name):
            if item.held:
                continue
            inside = {at for start, end, _ in item.spans for at in range(start, end)}
            for word, start in zip(*tokens(item.text), strict=True):
                if start not in inside and word[0] not in "@#" and "/" not in word:
                    counted[word] += 1
    return sorted(
        word
        for word, count in counted.items()
        if count >= _OFTEN and (not word[0].isalpha() or lower_case.get(word.lower(), 0) >= _OFTEN)
    )
