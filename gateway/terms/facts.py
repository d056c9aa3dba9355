"""What is known about providers' contracts: base facts, each with its source.

Read once from the files that ship with the gateway. A base fact is what somebody
read in a copy of the terms; it becomes something to rely on only when a named
person of the tenant has confirmed it (`gateway.terms.registry`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

DECIDING = ("trains_on_input", "retention", "human_review")
"""The facts a request depends on: rule IP-01 refuses while one of them is unknown."""

DEMO_PREFIX = "demo/"
_SCHEMA = "provider-terms/v1"
_NOT_FACTS = frozenset({"name", "modality", "inherits", "kind", "models", "prohibited_uses"})
_CONFIDENCE = frozenset({"high", "medium", "low"})
_OVERLAYS: dict[str, tuple[str, ...]] = {
    "anthropic/overlay-covered-models": ("claude-fable-*", "claude-mythos-*"),
    "mistral/overlay-labs-preview": ("labs-*",),
}
"""Which upstream models an overlay speaks of, on whatever tier they run."""

_TRAINING = ("no", "opt_in", "unknown", "opt_out", "yes")
_REVIEW = ("none", "flagged_only", "possible", "sampled", "unknown")
"""From the least to the most restrictive reading; a join takes the later one."""


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

    @property
    def digest(self) -> str:
        """SHA-256 of what it says: a review is of this very statement."""
        said = json.dumps([self.tier, self.name, self.value, self.confidence], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


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

    def find(self, tier: str, upstream: str) -> Mapping[str, Fact] | None:
        """The facts of `tier` with the overlays of the model laid over it; None if unknown."""
        known = self.tiers.get(tier)
        if known is None:
            return None
        facts = dict(known.facts)
        for overlay, patterns in _OVERLAYS.items():
            if overlay in self.tiers and any(fnmatchcase(upstream, item) for item in patterns):
                for name, fact in self.tiers[overlay].facts.items():
                    facts[name] = stricter(facts.get(name), fact)
        return facts


def stricter(one: Fact | None, other: Fact) -> Fact:
    """Whichever of two statements of one fact is the more restrictive reading."""
    if one is None:
        return other
    return other if _severity(other) >= _severity(one) else one


def _severity(fact: Fact) -> float:
    if fact.name == "retention":
        return float("inf") if fact.value["days"] is None else float(fact.value["days"])
    scale = _TRAINING if fact.name == "trains_on_input" else _REVIEW
    value = fact.value if isinstance(fact.value, str) else "unknown"
    return float(scale.index(value)) if value in scale else float(len(scale))


def load(folder: Path | None = None) -> BaseFacts:
    """The facts in `folder`, or those that ship.

    Raises:
        ConfigurationError: a file is not what it should be.
    """
    root = folder or Path(__file__).parent / "base"
    raw: dict[str, dict[str, Any]] = {}
    versions = []
    for path in sorted(root.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if document.get("schema_version") != _SCHEMA:
            raise ConfigurationError(f"{path.name} is not of the form {_SCHEMA}.")
        versions.append(str(document["registry_version"]))
        _check_sources(path.name, document)
        raw |= document["tiers"]
    tiers = {name: Tier(name, entry["name"], _facts(raw, name)) for name, entry in raw.items()}
    return BaseFacts(tiers, "+".join(versions))


def _facts(raw: dict[str, dict[str, Any]], tier: str) -> dict[str, Fact]:
    entry = raw[tier]
    parent = entry.get("inherits")
    if parent is not None and parent not in raw:
        raise ConfigurationError(f"{tier} inherits from {parent}, which is not there.")
    facts = _facts(raw, parent) if parent is not None else {}
    for name, item in entry.items():
        if name in _NOT_FACTS:
            continue
        if not isinstance(item, dict) or item.get("conf") not in _CONFIDENCE:
            raise ConfigurationError(f"{tier}: {name} is not a fact with a confidence.")
        value = item.get("value")
        if name == "retention":
            value = {"days": item.get("days"), "text": value}
        facts[name] = Fact(
            tier, name, value, item["conf"], tuple(item.get("src") or ()), item.get("note") or ""
        )
    return facts


def _check_sources(name: str, document: dict[str, Any]) -> None:
    known = set(document["sources"])
    for tier, entry in document["tiers"].items():
        for item in entry.values():
            if isinstance(item, dict) and not set(item.get("src") or ()) <= known:
                raise ConfigurationError(f"{name}: {tier} names a source that is not listed.")
