"""A folder of Rego as the unit that is decided with: modules, data, revision, annotations."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gateway.errors import ConfigurationError

_TESTS = "_test.rego"
_REVISION_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule's annotation: what a person reads about it."""

    id: str
    package: str
    title: str
    description: str
    custom: dict[str, Any]
    """Pack, severity, concerns, references, standards, and the texts of its reasons."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Policies at one revision."""

    modules: tuple[tuple[str, str], ...]
    """Path and text of each module, sorted by path; tests left out."""

    data: dict[str, Any]
    revision: str
    """The first 16 hex digits of a SHA-256 over every path and its bytes."""

    rules: tuple[Rule, ...]


def shipped_folder() -> Path:
    """The policies that come with the gateway: in a checkout, or inside a wheel."""
    package = Path(__file__).resolve().parents[1]
    bundled = package / "_bundled" / "policies"
    return bundled if bundled.is_dir() else package.parent / "policies"


def load(folder: Path | None = None) -> Bundle:
    """The bundle in `folder`, or the shipped one.

    ``data.json`` of a sub-folder is placed under that folder's path, as OPA does.

    Raises:
        ConfigurationError: there is no Rego there, or an annotation or data file is not readable.
    """
    root = folder or shipped_folder()
    files = sorted(
        path
        for path in root.rglob("*")
        if path.name == "data.json" or (path.suffix == ".rego" and not path.name.endswith(_TESTS))
    )
    digest = hashlib.sha256()
    modules: list[tuple[str, str]] = []
    data: dict[str, Any] = {}
    try:
        for path in files:
            name, content = path.relative_to(root).as_posix(), path.read_bytes()
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
            if path.suffix == ".rego":
                modules.append((name, content.decode("utf-8")))
            else:
                _place(data, path.relative_to(root).parent.parts, json.loads(content))
        rules = tuple(rule for _, text in modules if (rule := _annotated(text)) is not None)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(f"The policies in {root} cannot be read.") from error
    if not modules:
        raise ConfigurationError(f"There are no policies in {root}.")
    return Bundle(tuple(modules), data, digest.hexdigest()[:_REVISION_CHARACTERS], rules)


def _place(data: dict[str, Any], parts: tuple[str, ...], value: dict[str, Any]) -> None:
    for part in parts:
        data = data.setdefault(part, {})
    data.update(value)


def _annotated(text: str) -> Rule | None:
    """The rule that the METADATA block above the package describes, when it names an id."""
    lines: list[str] = []
    package = ""
    for line in text.splitlines():
        if line.startswith("package "):
            package = line.removeprefix("package ").strip()
            break
        if line.startswith("#"):
            lines.append(line[2:])
    if not lines or lines[0].strip() != "METADATA":
        return None
    document = yaml.safe_load("\n".join(lines[1:]))
    custom = document.get("custom") or {}
    if "id" not in custom:
        return None
    return Rule(
        id=custom["id"],
        package=package,
        title=document["title"],
        description=" ".join(str(document["description"]).split()),
        custom=custom,
    )
