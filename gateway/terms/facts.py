"""What is known about providers' contracts: base facts from files, each with its source.

A base fact is what somebody read in a copy of the terms; it becomes something to
rely on only when a named person of the tenant has confirmed it
(`gateway.terms.registry`). What is not understood is refused, not skipped: a
misspelt key would otherwise be a fact that silently is not there, and a value
outside its list one that no rule knows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.errors import ConfigurationError
from gateway.terms.statements import REVIEW, TRAINING, BaseFacts, Fact, Tier, fact

if TYPE_CHECKING:
    from collections.abc import Iterable

DECIDING = ("trains_on_input", "retention", "human_review")
"""The facts a request depends on: rule IP-01 refuses while one of them is unknown."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where it was built: the files take it a tenth of the time."""

_SCHEMA = "provider-terms/v1"
_DOCUMENT = {"schema_version", "registry_version", "compiled_at", "sources", "tiers"}
_DOCUMENT_TOO = {"reviewed_by", "reviewed_at", "expires_at", "prohibited_uses"}
_SOURCE = {"title", "url", "doc_date", "recorded", "copy"}
_FACT = {"value", "conf", "src"}
_FACT_TOO = {"note"}
_NOT_FACTS = frozenset({"name", "modality", "inherits", "kind", "models", "prohibited_uses"})
_CONFIDENCE = ("high", "medium", "low")
_VALUES: dict[str, tuple[str, ...]] = {
    "trains_on_input": TRAINING,
    "human_review": REVIEW,
    "status": ("active", "preview", "discontinued", "unknown"),
}
_READINGS = {("trains_on_input", "depends_on_product_default"): "opt_out"}
"""How a value that is no plain answer is read: as the stricter of the answers it may be."""


def load(folder: Path | None = None) -> BaseFacts:
    """The facts in `folder`, or those that ship.

    Raises:
        ConfigurationError: a file is not what it should be; the message says where.
    """
    root = folder or Path(__file__).parent / "base"
    raw: dict[str, dict[str, Any]] = {}
    versions = []
    for path in sorted(root.glob("*.yaml")):
        document = _read(path)
        for tier, entry in document["tiers"].items():
            if tier in raw:
                raise ConfigurationError(f"{path.name}: {tier} is in another file too.")
            _check_tier(f"{path.name}: {tier}", entry, document["sources"])
            raw[tier] = entry
        versions.append(str(document["registry_version"]))
    if not raw:
        raise ConfigurationError(f"There are no provider terms in {root}.")
    tiers = {name: Tier(name, entry["name"], _facts(raw, name)) for name, entry in raw.items()}
    return BaseFacts(tiers, "+".join(versions))


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path.name} cannot be read as YAML.") from error
    if not isinstance(document, dict) or document.get("schema_version") != _SCHEMA:
        raise ConfigurationError(f"{path.name} is not of the form {_SCHEMA}.")
    _check_keys(path.name, document, _DOCUMENT, _DOCUMENT_TOO)
    for part in ("sources", "tiers"):
        if not isinstance(document[part], dict):
            raise ConfigurationError(f"{path.name}: {part} must be a mapping.")
    for name, source in document["sources"].items():
        _check_keys(f"{path.name}: source {name}", source, _SOURCE)
    return document


def _check_tier(where: str, entry: Any, sources: dict[str, Any]) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ConfigurationError(f"{where} has no name.")
    for name, item in entry.items():
        if name not in _NOT_FACTS:
            _check_fact(f"{where}: {name}", name, item, sources)


def _check_fact(where: str, name: str, item: Any, sources: dict[str, Any]) -> None:
    retention = {"days"} if name == "retention" else set()
    _check_keys(where, item, _FACT | retention, _FACT_TOO)
    if item["conf"] not in _CONFIDENCE:
        raise ConfigurationError(f"{where}: conf must be one of {', '.join(_CONFIDENCE)}.")
    if not isinstance(item["src"], list) or not set(item["src"]) <= set(sources):
        raise ConfigurationError(f"{where} names a source that is not listed.")
    known = _VALUES.get(name)
    if known and item["value"] not in known and (name, item["value"]) not in _READINGS:
        raise ConfigurationError(f"{where} must be one of {', '.join(known)}.")
    days = item.get("days")
    if days is not None and (type(days) is not int or days < 0):
        raise ConfigurationError(f"{where}: days must be a whole number, or null for no limit.")


def _check_keys(
    where: str, document: Any, required: Iterable[str], allowed: Iterable[str] = ()
) -> None:
    if not isinstance(document, dict):
        raise ConfigurationError(f"{where} must be a mapping.")
    missing = set(required) - document.keys()
    if missing:
        raise ConfigurationError(f"{where} lacks {', '.join(sorted(missing))}.")
    unknown = document.keys() - set(required) - set(allowed)
    if unknown:
        raise ConfigurationError(f"{where} has unknown keys: {', '.join(map(str, unknown))}.")


def _facts(
    raw: dict[str, dict[str, Any]], tier: str, heirs: tuple[str, ...] = ()
) -> dict[str, Fact]:
    """The facts of a tier, on top of those of the tier it inherits from."""
    parent = raw[tier].get("inherits")
    if parent is not None and (parent not in raw or parent in (tier, *heirs)):
        raise ConfigurationError(f"{tier} cannot inherit from {parent}.")
    facts = _facts(raw, parent, (*heirs, tier)) if parent is not None else {}
    for name, item in raw[tier].items():
        if name in _NOT_FACTS:
            continue
        value: Any = item["value"]
        if isinstance(value, str):
            value = _READINGS.get((name, value), value)
        if name == "retention":
            value = {"days": item["days"], "text": value}
        note = item.get("note") or ""
        facts[name] = fact(tier, name, value, item["conf"], tuple(item["src"]), note)
    return facts
