"""The form of the registry's files and values. What is not understood is refused, not skipped.

A misspelt key would otherwise be a fact that silently is not there, and a value
outside its list one that no rule knows.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from gateway.errors import ConfigurationError
from gateway.terms.join import LISTS, SCALES

if TYPE_CHECKING:
    from collections.abc import Iterable

TERMS = "provider-terms/v1"
READINGS = "provider-terms-readings/v1"
NOT_FACTS = frozenset({"name", "modality", "inherits", "kind", "models", "prohibited_uses"})
LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
CONFIDENCE = ("high", "medium", "low")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where it was built: the files take it a tenth of the time."""

_DOCUMENT = {"schema_version", "registry_version", "compiled_at", "sources", "tiers"}
_DOCUMENT_TOO = {
    "reviewed_by", "reviewed_at", "expires_at", "prohibited_uses", "overlays", "features",
}  # fmt: skip
_READINGS = {"schema_version", "registry_version", "values", "political_use", "facts"}
_SOURCE = {"title", "url", "doc_date", "recorded", "copy"}
_OVERLAY = {"models", "tiers", "not_tiers", "features", "floor", "otherwise"}
_FACT = {"value", "conf", "src"}
_FACT_TOO = {"note", "effective_from", "effective_to"}
_PROHIBITED = {"src", "conf", "list"}
_STATUS = ("active", "preview", "discontinued", "unknown")


def read(name: str, content: bytes) -> dict[str, Any]:
    """One file as a document of a known form; its facts are not looked at yet.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        document = yaml.load(content.decode(), Loader=_LOADER)  # noqa: S506 - a safe loader
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{name} cannot be read as YAML.") from error
    form = document.get("schema_version") if isinstance(document, dict) else None
    if form == READINGS:
        keys(name, document, _READINGS)
        mappings(name, document, "values", "political_use", "facts")
    elif form == TERMS:
        keys(name, document, _DOCUMENT, _DOCUMENT_TOO)
        _terms(name, document)
    else:
        raise ConfigurationError(f"{name} is not of the form {TERMS} or {READINGS}.")
    return dict(document)


def _terms(name: str, document: dict[str, Any]) -> None:
    for part in ("overlays", "prohibited_uses"):
        document.setdefault(part, {})
    mappings(name, document, "sources", "tiers", "overlays", "prohibited_uses")
    for source, item in document["sources"].items():
        keys(f"{name}: source {source}", item, _SOURCE)
    for overlay, item in document["overlays"].items():
        where = f"{name}: overlay {overlay}"
        keys(where, item, (), _OVERLAY)
        if type(item.get("otherwise", False)) is not bool:
            raise ConfigurationError(f"{where}: otherwise must be true or false.")
        for key in item.keys() - {"otherwise"}:
            texts(f"{where}: {key}", item[key])
    for listed, item in document["prohibited_uses"].items():
        where = f"{name}: prohibited uses {listed}"
        keys(where, item, _PROHIBITED, {"note"})
        labels(where, item["list"])
    document.setdefault("features", [])
    labels(f"{name}: features", document["features"])


def item(where: str, name: str, found: Any, sources: Iterable[str]) -> None:
    """Check one statement of a file.

    Raises:
        ConfigurationError: its form, its sources or its value are not known.
    """
    keys(where, found, _FACT | ({"days"} if name == "retention" else set()), _FACT_TOO)
    if found["conf"] not in CONFIDENCE:
        raise ConfigurationError(f"{where}: conf must be one of {', '.join(CONFIDENCE)}.")
    if not isinstance(found["src"], list) or not set(found["src"]) <= set(sources):
        raise ConfigurationError(f"{where} names a source that is not listed.")
    for day in ("effective_from", "effective_to"):
        if type(found.get(day)) not in (date, type(None)):
            raise ConfigurationError(f"{where}: {day} must be a date.")
    stated = found["value"]
    value(where, name, {"days": found["days"], "text": stated} if "days" in found else stated)


def value(where: str, name: str, stated: Any) -> None:
    """Check the value of a fact.

    Raises:
        ConfigurationError: no rule would know it.
    """
    known = _STATUS if name == "status" else SCALES.get(name)
    if known and stated not in known:
        raise ConfigurationError(f"{where} must be one of {', '.join(known)}.")
    if name in LISTS and stated != "unknown":
        labels(where, stated)
    if name == "dpa_on_file" and type(stated) is not bool:
        raise ConfigurationError(f"{where} must be true or false.")
    if name == "output_ownership" and not _is_label(stated):
        raise ConfigurationError(f"{where} must be a label.")
    if name == "retention":
        days = stated.get("days") if isinstance(stated, dict) else ""
        if days is not None and (type(days) is not int or days < 0):
            raise ConfigurationError(f"{where}: days must be a whole number, or null for no limit.")


def keys(where: str, document: Any, required: Iterable[str], allowed: Iterable[str] = ()) -> None:
    """Check that a mapping has the required keys and no unknown ones.

    Raises:
        ConfigurationError: it has not.
    """
    if not isinstance(document, dict):
        raise ConfigurationError(f"{where} must be a mapping.")
    missing = set(required) - document.keys()
    if missing:
        raise ConfigurationError(f"{where} lacks {', '.join(sorted(missing))}.")
    unknown = document.keys() - set(required) - set(allowed)
    if unknown:
        raise ConfigurationError(f"{where} has unknown keys: {', '.join(map(str, unknown))}.")


def mappings(where: str, document: dict[str, Any], *parts: str) -> None:
    """Check that these parts are mappings.

    Raises:
        ConfigurationError: one is not.
    """
    for part in parts:
        if not isinstance(document[part], dict):
            raise ConfigurationError(f"{where}: {part} must be a mapping.")


def texts(where: str, found: Any) -> None:
    """Check that it is a list of texts.

    Raises:
        ConfigurationError: it is not.
    """
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise ConfigurationError(f"{where} must be a list of texts.")


def labels(where: str, found: Any) -> None:
    """Check that it is a list of labels, as rules compare them.

    Raises:
        ConfigurationError: it is not.
    """
    if not isinstance(found, list) or not all(_is_label(item) for item in found):
        raise ConfigurationError(f"{where} must be a list of labels.")


def _is_label(found: Any) -> bool:
    return isinstance(found, str) and LABEL.fullmatch(found) is not None
