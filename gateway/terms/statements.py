"""Statements about providers' contracts, by tier, and the overlays that beat them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import field
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.terms.join import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DECIDING = ("trains_on_input", "retention", "human_review")
"""The facts a request depends on: rule IP-01 refuses while one of them is unknown."""

USED = (
    *DECIDING,
    "business_use",
    "output_ownership",
    "output_restrictions",
    "conditions",
    "indemnity_output",
    "labelling_required",
    "political_use",
    "marks_text",
    "eu_excluded",
    "dpa_on_file",
)
"""Every fact that some rule tests."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text that facts were read in."""

    id: str
    title: str
    url: str
    doc_date: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about one tier."""

    tier: str
    """The tier it was written for; an inherited fact keeps its origin."""

    name: str
    value: Any
    confidence: str
    sources: tuple[str, ...]
    note: str
    digest: str
    """SHA-256 of what it says: a review is of this very statement."""

    effective_from: date | None = None
    effective_to: date | None = None
    """When the provider's rule starts and ends (the day it no longer holds); None: not bounded."""

    @property
    def established(self) -> bool:
        """Whether it says anything; "unknown" is a finding too, but nothing to confirm."""
        value = self.value["text"] if self.name == "retention" else self.value
        return bool(value != UNKNOWN)

    @property
    def reading(self) -> Any:
        """The value a join works on: for retention the days, None for no limit."""
        return self.value["days"] if self.name == "retention" else self.value

    def holds(self, at: datetime) -> bool:
        """Whether the provider's rule is in force at that moment."""
        return (self.effective_from is None or midnight(self.effective_from) <= at) and (
            self.effective_to is None or at < midnight(self.effective_to)
        )

    def moments(self) -> list[datetime]:
        """When it starts and stops to hold."""
        return [midnight(day) for day in (self.effective_from, self.effective_to) if day]


def fact(
    tier: str,
    name: str,
    value: Any,
    confidence: str,
    sources: tuple[str, ...] = (),
    note: str = "",
    *,
    period: tuple[date | None, date | None] = (None, None),
    about: str = "",
) -> Fact:
    """A statement, with the digest a review of it will carry.

    `about` is the digest of the statement that this one corrects.
    """
    said = [tier, name, value, confidence]
    if period != (None, None):
        said.append([str(day) for day in period])
    if about:
        said.append(about)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return Fact(tier, name, value, confidence, sources, note, digest, *period)


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True)
class Tier:
    """A contract: its name, and every statement about it, by fact."""

    id: str
    name: str
    statements: Mapping[str, tuple[Fact, ...]]
    """Usually one for each fact; several when a rule has changed or is going to."""

    def at(self, moment: datetime) -> dict[str, tuple[Fact, ...]]:
        """The statements in force at that moment; facts without one are left out."""
        found = {
            name: tuple(item for item in items if item.holds(moment))
            for name, items in self.statements.items()
        }
        return {name: items for name, items in found.items() if items}


@dataclass(frozen=True, slots=True)
class Overlay:
    """Statements that beat the contract for some models, tiers or features."""

    tier: Tier
    models: tuple[str, ...] = ("*",)
    tiers: tuple[str, ...] = ("*",)
    not_tiers: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    """It holds when one of these is used; empty: whatever is used."""

    floor: frozenset[str] = frozenset()
    """Facts that no tenant's own contract lowers."""

    otherwise: bool = False
    """Whether it speaks only of features that no other overlay speaks of for the tier."""

    def concerns(self, tier: str, upstream: str, features: Iterable[str]) -> bool:
        """Whether it speaks of this call."""
        return (
            (not self.features or not self.features.isdisjoint(features))
            and matches(tier, self.tiers)
            and not matches(tier, self.not_tiers)
            and matches(upstream.lower(), self.models)
        )


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the shell patterns (``*``, ``?``) fits the whole name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True)
class BaseFacts:
    """Every tier and overlay of one edition."""

    tiers: Mapping[str, Tier]
    """Overlays' statements are listed too, under the overlay's name: they are reviewed alike."""

    overlays: Mapping[str, Overlay] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    features: frozenset[str] = frozenset()
    """Every feature the edition knows, with or without an overlay of its own."""

    def laid_over(self, tier: str, upstream: str, features: Iterable[str]) -> list[Overlay]:
        """The overlays that speak of this call."""
        used = set(features)
        named = [
            item
            for item in self.overlays.values()
            if not item.otherwise and item.concerns(tier, upstream, used)
        ]
        rest = used.difference(*(item.features for item in named))
        return named + [
            item
            for item in self.overlays.values()
            if item.otherwise and item.concerns(tier, upstream, rest)
        ]

    def moments(self) -> list[datetime]:
        """When a provider's rule starts or stops to hold."""
        return [
            moment
            for tier in self.tiers.values()
            for items in tier.statements.values()
            for item in items
            for moment in item.moments()
        ]
