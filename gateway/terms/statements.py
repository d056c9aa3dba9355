"""Statements about providers' contracts, and which of two is the stricter one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERLAYS: dict[str, tuple[str, ...]] = {
    "anthropic/overlay-covered-models": ("*claude-fable-*", "*claude-mythos-*"),
    "mistral/overlay-labs-preview": ("labs-*",),
}
"""Which upstream models an overlay speaks of, on whatever tier and under whatever prefix."""

TRAINING = ("no", "opt_in", "unknown", "opt_out", "yes")
REVIEW = ("none", "flagged_only", "possible", "sampled", "unknown")
"""From the least to the most restrictive reading; a join takes the later one."""

_REMEMBERED = 1_024


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

    @property
    def established(self) -> bool:
        """Whether it says anything; "unknown" is a finding too, but nothing to confirm."""
        value = self.value["text"] if self.name == "retention" else self.value
        return bool(value != "unknown")


def fact(
    tier: str, name: str, value: Any, confidence: str, sources: tuple[str, ...] = (), note: str = ""
) -> Fact:
    """A statement, with the digest a review of it will carry."""
    said = json.dumps([tier, name, value, confidence], sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Fact(tier, name, value, confidence, sources, note, digest)


@dataclass(frozen=True, slots=True)
class Tier:
    """A contract: its name, and what is known of it, by fact."""

    id: str
    name: str
    facts: Mapping[str, Fact]


class BaseFacts:
    """Every tier that ships with the gateway."""

    def __init__(self, tiers: Mapping[str, Tier], version: str) -> None:
        """`version` names the edition of the files, for the log."""
        self.tiers = tiers
        self.version = version
        self._joined = lru_cache(_REMEMBERED)(self._join)

    def find(self, tier: str, upstream: str) -> Mapping[str, Fact] | None:
        """The facts of `tier` with the overlays of the model laid over it; None if unknown."""
        return self._joined(tier, upstream)

    def _join(self, tier: str, upstream: str) -> Mapping[str, Fact] | None:
        known = self.tiers.get(tier)
        if known is None:
            return None
        facts = dict(known.facts)
        for overlay, patterns in OVERLAYS.items():
            if overlay in self.tiers and any(
                fnmatchcase(upstream.lower(), pattern) for pattern in patterns
            ):
                for name, laid in self.tiers[overlay].facts.items():
                    facts[name] = stricter(facts.get(name), laid)
        return facts


def stricter(one: Fact | None, other: Fact) -> Fact:
    """Whichever of two statements of one fact is the more restrictive reading."""
    if one is None:
        return other
    return other if _severity(other) >= _severity(one) else one


def _severity(item: Fact) -> float:
    if item.name == "retention":
        return float("inf") if item.value["days"] is None else float(item.value["days"])
    scale = TRAINING if item.name == "trains_on_input" else REVIEW
    return float(scale.index(item.value)) if item.value in scale else float(len(scale))
