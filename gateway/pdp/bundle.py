"""A folder of Rego as the unit that is decided with: modules, data, revision, annotations."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import time
from pathlib import Path
from typing import Any

import yaml

from gateway.core.values import dataclass
from gateway.errors import ConfigurationError

_TESTS = "_test.rego"
_REVISION_CHARACTERS = 16
_OWN = "proviso"
"""The root of our data, beside the packages' root ``gateway``."""

_REQUEST = "gateway.rules."
_ADMINISTRATION = "gateway.admin_rules."


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
    """Base data; ``proviso.revision`` is set to `revision`, so that a decision can name it."""

    revision: str
    """The first 16 hex digits of a SHA-256 over every path and its bytes."""

    rules: tuple[Rule, ...]
    seen: str = ""
    """What a look at the folder showed before it was read: see `signature`."""

    @property
    def annotations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Each rule's id, title and custom annotation, for rooms that know no engine."""
        return [(rule.id, rule.title, rule.custom) for rule in self.rules]

    @property
    def of_exchanges(self) -> list[tuple[str, str, dict[str, Any]]]:
        """As `annotations`, without the rules that judge acts of administration."""
        return [
            (rule.id, rule.title, rule.custom)
            for rule in self.rules
            if not rule.package.startswith(_ADMINISTRATION)
        ]

    @property
    def european(self) -> frozenset[str]:
        """Packages of rules that are asked only where there is an establishment in the EU."""
        return frozenset(self.data[_OWN].get("european", ()))


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
    digest = hashlib.sha256()
    modules: list[tuple[str, str]] = []
    data: dict[str, Any] = {}
    try:
        seen = signature(root)
        for path in policy_files(root):
            # Reading a whole folder takes a while; a gateway that runs has other work between.
            time.sleep(0)
            name, content = path.relative_to(root).as_posix(), path.read_bytes()
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
            if path.suffix == ".rego":
                modules.append((name, content.decode("utf-8")))
            else:
                _place(data, path.relative_to(root).parent.parts, json.loads(content))
        rules = tuple(rule for _, text in modules if (rule := _annotated(text)) is not None)
        revision = digest.hexdigest()[:_REVISION_CHARACTERS]
        _place(data, (_OWN,), {"revision": revision})
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"The policies in {root} cannot be read.") from error
    if not modules:
        raise ConfigurationError(f"There are no policies in {root}.")
    return Bundle(tuple(modules), data, revision, _requests_first(rules), seen)


def archive(bundle: Bundle) -> bytes:
    """The bundle as OPA takes it (a gzip tar with a manifest): the same bytes for the same bundle.

    Start a server on it with ``opa run --server --bundle bundle.tar.gz``.
    """
    manifest = {"revision": bundle.revision, "roots": ["gateway", _OWN], "rego_version": 1}
    files = [(".manifest", _json(manifest)), ("data.json", _json(bundle.data))]
    files += [(name, text.encode()) for name, text in bundle.modules]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def signature(folder: Path) -> str:
    """What a look at the folder shows without reading it: another one when a file changed.

    Raises:
        OSError: it cannot be looked at.
    """
    digest = hashlib.sha256()
    for path in policy_files(folder):
        status = path.stat()
        digest.update(f"{path}\n{status.st_mtime_ns}\n{status.st_size}\n".encode())
    return digest.hexdigest()


def read_yaml(text: str) -> Any:
    """The value of an annotation.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    # The reader in C takes a fifth of the time, where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders


def policy_files(root: Path, *, tests: bool = False) -> list[Path]:
    """The Rego and data files of a folder, sorted; tests only when asked for.

    What a folder holds besides, schemas and documents, is no part of the policies.
    """
    return sorted(
        path
        for path in root.rglob("*")
        if path.name == "data.json"
        or (path.suffix == ".rego" and (tests or not path.name.endswith(_TESTS)))
    )


def _requests_first(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """By id; a rule that speaks of requests and outputs is first described as of requests."""
    return tuple(sorted(rules, key=lambda rule: (rule.id, not rule.package.startswith(_REQUEST))))


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _place(data: dict[str, Any], parts: tuple[str, ...], value: Any) -> None:
    if not isinstance(value, dict):
        raise TypeError("base data must be an object")
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
    document = read_yaml("\n".join(lines[1:]))
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
