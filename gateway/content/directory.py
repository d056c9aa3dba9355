"""A staff directory without its names: how many of the people fit what a text says.

The exact k of k-anonymity (Sweeney 2002), where a tenant has told who works for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gateway.content.dictionaries import LONGEST, SHORTEST, Dictionary, DictionaryDetector
from gateway.content.reidentification import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

COLUMNS = ("role", "unit", "site")


class Employee(NamedTuple):
    """One line of a staff directory, without the name."""

    role: str
    unit: str
    site: str
    started: date | None = None


class Fitting(NamedTuple):
    """Whom a text may speak of."""

    people: int
    """How many fit all that was said."""

    of_role: int
    """How many have a role that was named, whatever else was said; 0 where none was."""

    phrases: list[Phrase]
    """What was named."""


class Directory:
    """A staff directory, asked how many fit what a text says."""

    def __init__(self, employees: Sequence[Employee]) -> None:
        """Index the values of each column.

        Raises:
            InvalidTerms: there are more different values than terms are allowed.
        """
        self._count = len(employees)
        self._codes = {}
        self._index: dict[str, dict[str, int]] = {}
        lists = []
        for column in COLUMNS:
            index: dict[str, int] = {}
            said = [_said(getattr(item, column)) for item in employees]
            codes = [index.setdefault(value, len(index)) for value in said]
            self._codes[column] = np.array(codes, dtype=np.int32)
            self._index[column] = index
            terms = tuple(value for value in index if SHORTEST <= len(value) <= LONGEST)
            lists.append(Dictionary(column, column, terms))
        years = [item.started.year if item.started else 0 for item in employees]
        self._years = np.array(years, dtype=np.int16)
        self._values = DictionaryDetector(lists)

    def fitting(self, texts: Sequence[str], years: Iterable[int]) -> Fitting:
        """Who fits the values that `texts` name and a start in `years`."""
        said: dict[str, set[int]] = {}
        phrases = []
        for field, text in enumerate(texts):
            for item in self._values.find(text):
                code = self._index[item.type][_said(text[item.start : item.end])]
                said.setdefault(item.type, set()).add(code)
                driver = f"directory.{item.type}"
                phrases.append(Phrase(field, item.start, item.end, driver, 0.0, item.type))
        if not said:
            return Fitting(self._count, 0, [])
        fits = np.ones(self._count, dtype=bool)
        for column, codes in said.items():
            fits &= np.isin(self._codes[column], list(codes))
        started = list(years)
        if started:
            fits &= np.isin(self._years, [0, *started])
        of_role = np.isin(self._codes["role"], list(said.get("role", ())))
        return Fitting(int(fits.sum()), int(of_role.sum()), phrases)


def _said(value: str) -> str:
    """A value as it is compared: in lower case, with single blanks."""
    return " ".join(value.replace("\u0130", "i").lower().split())
