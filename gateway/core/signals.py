"""What a text seems to be about, as labels and scores; never the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Signals:
    misuse: tuple[tuple[str, int], ...] = ()

    def as_input(self) -> dict[str, Any]:
        return {
            "misuse": [{"category": a, "score": b} for a, b in self.misuse],
            "injection": {"score": 0, "source": "none"},
            "real_person": {"named": False, "likeness": False, "consent": False},
            "political": False,
            "minor": False,
            "third_party_works": [],
            "code": False,
            "domain_hint": "",
            "person_description": {"traits": 0, "special": False, "about_self": False},
        }


@dataclass(frozen=True, slots=True)
class Special:
    categories: tuple[str, ...] = ()
    criminal: bool = False
    removable: bool = False


@dataclass(frozen=True, slots=True)
class OutputSignals:
    active_content: frozenset[str] = frozenset()
    licence_match: frozenset[str] = frozenset()
    code: bool = False
    verbatim: bool = False
    canary: bool = False

    def flags(self) -> set[str]:
        return {name for name in ("code", "verbatim", "canary") if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Risk:
    level: str = "none"
    drivers: tuple[str, ...] = ()
