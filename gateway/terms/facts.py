"""What is known about providers' contracts: base facts from files, each with its source.

A base fact is what somebody read in a copy of the terms; it becomes something to
rely on only when a named person of the tenant has confirmed it
(`gateway.terms.registry`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gateway.errors import ConfigurationError
from gateway.terms import forms
from gateway.terms.join import UNKNOWN
from gateway.terms.statements import BaseFacts, Fact, Overlay, Source, Tier, fact

if TYPE_CHECKING:
    from collections.abc import Mapping

_Raw = dict[str, dict[str, Any]]


def parse(files: Mapping[str, bytes]) -> BaseFacts:
    """The facts in the files of one edition.

    Raises:
        ConfigurationError: a file is not what it should be; the message says where.
    """
    return _parsed(tuple(sorted(files.items())))


@lru_cache(maxsize=4)
def _parsed(files: tuple[tuple[str, bytes], ...]) -> BaseFacts:
    """The same bytes say the same: whoever asks again is told what was read the first time."""
    documents = {name: forms.read(name, content) for name, content in files}
    terms = {
        name: item for name, item in documents.items() if item["schema_version"] == forms.TERMS
    }
    readings = [item for name, item in documents.items() if name not in terms]
    sources = {
        source: Source(source, item["title"], str(item["url"]), str(item["doc_date"]))
        for document in terms.values()
        for source, item in document["sources"].items()
    }
    raw = _tiers(terms)
    for reading in readings:
        _lay_readings(raw, reading)
    for name, entry in raw.items():
        _check_tier(name, entry, sources)
    tiers = {name: Tier(name, entry["name"], _statements(raw, name)) for name, entry in raw.items()}
    overlays = _overlays(raw, tiers, terms)
    features = {item for document in terms.values() for item in document["features"]}
    for overlay in overlays.values():
        features |= overlay.features
    return BaseFacts(tiers, overlays, sources, frozenset(features))


def _tiers(terms: Mapping[str, dict[str, Any]]) -> _Raw:
    """Every tier as it is written, with its list of prohibited uses as a fact."""
    raw: _Raw = {}
    for name, document in terms.items():
        for tier, entry in document["tiers"].items():
            if tier in raw:
                raise ConfigurationError(f"{name}: {tier} is in another file too.")
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                raise ConfigurationError(f"{name}: {tier} has no name.")
            raw[tier] = dict(entry)
            listed = document["prohibited_uses"].get(_name(entry, "prohibited_uses"))
            if listed is None and entry.get("prohibited_uses", UNKNOWN) != UNKNOWN:
                raise ConfigurationError(f"{name}: {tier} names a list of uses that is not there.")
            if listed is not None:
                raw[tier]["prohibited"] = {
                    "value": listed["list"],
                    "conf": listed["conf"],
                    "src": listed["src"],
                }
    if not raw:
        raise ConfigurationError("There are no provider terms here.")
    return raw


def _lay_readings(raw: _Raw, reading: dict[str, Any]) -> None:
    """Add the normalised readings to the tiers they are readings of."""
    for tier, facts in reading["facts"].items():
        if tier not in raw or not isinstance(facts, dict) or not raw[tier].keys().isdisjoint(facts):
            raise ConfigurationError(f"A reading of {tier} has no tier, or says what is said.")
        raw[tier].update(facts)
    for entry in raw.values():
        political = reading["political_use"].get(_name(entry, "prohibited_uses"))
        if political is not None and "prohibited" in entry:
            entry.setdefault("political_use", {**entry["prohibited"], "value": political})
        for name, values in reading["values"].items():
            if name not in entry:
                continue
            for item in _items(entry[name]):
                if isinstance(item, dict) and _name(item, "value") in values:
                    item["note"] = f"stated as {item['value']}. {item.get('note') or ''}".strip()
                    item["value"] = values[item["value"]]


def _name(entry: dict[str, Any], key: str) -> str | None:
    """What stands there, if it is a name."""
    found = entry.get(key)
    return found if isinstance(found, str) else None


def _check_tier(tier: str, entry: dict[str, Any], sources: Mapping[str, Source]) -> None:
    for name, found in entry.items():
        if name not in forms.NOT_FACTS:
            for item in _items(found):
                forms.item(f"{tier}: {name}", name, item, sources)


def _items(found: Any) -> list[Any]:
    """A statement, or the statements of several periods."""
    return found if isinstance(found, list) and found else [found]


def _statements(raw: _Raw, tier: str, heirs: tuple[str, ...] = ()) -> dict[str, tuple[Fact, ...]]:
    """The statements of a tier, on top of those of the tier it inherits from."""
    parent = raw[tier].get("inherits")
    if parent is not None and (
        not isinstance(parent, str) or parent not in raw or parent in (tier, *heirs)
    ):
        raise ConfigurationError(f"{tier} cannot inherit from {parent}.")
    facts = _statements(raw, parent, (*heirs, tier)) if parent is not None else {}
    for name, found in raw[tier].items():
        if name not in forms.NOT_FACTS:
            facts[name] = tuple(_fact(tier, name, item) for item in _items(found))
    return facts


def _fact(tier: str, name: str, item: dict[str, Any]) -> Fact:
    value: Any = item["value"]
    if name == "retention":
        value = {"days": item["days"], "text": value}
    return fact(
        tier,
        name,
        value,
        item["conf"],
        tuple(item["src"]),
        item.get("note") or "",
        period=(item.get("effective_from"), item.get("effective_to")),
    )


def _overlays(
    raw: _Raw, tiers: Mapping[str, Tier], terms: Mapping[str, dict[str, Any]]
) -> dict[str, Overlay]:
    """The overlays; each has a match, and each match has statements.

    An overlay that nothing matches would be a rule somebody believes in.
    """
    matches = {
        name: item for document in terms.values() for name, item in document["overlays"].items()
    }
    written = {name for name, entry in raw.items() if entry.get("kind") == "overlay"}
    if matches.keys() != written:
        odd = ", ".join(sorted(matches.keys() ^ written))
        raise ConfigurationError(f"Overlays need statements and a match: {odd}.")
    made = {}
    for name, match in matches.items():
        made[name] = Overlay(
            tiers[name],
            models=tuple(match.get("models", ["*"])),
            tiers=tuple(match.get("tiers", ["*"])),
            not_tiers=tuple(match.get("not_tiers", [])),
            features=frozenset(match.get("features", [])),
            floor=frozenset(match.get("floor", [])),
            otherwise=match.get("otherwise", False),
        )
        if not made[name].floor <= tiers[name].statements.keys():
            raise ConfigurationError(f"{name}: floor names a fact that is not stated.")
    return made
