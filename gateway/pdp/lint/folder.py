"""The lint over a whole folder: its files, its packages, the guard, its data, every module."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gateway.pdp.bundle import policy_files, shipped_folder
from gateway.pdp.engine import EngineFault
from gateway.pdp.lint.annotations import annotation, lint_annotation
from gateway.pdp.lint.expressions import ExpressionLint
from gateway.pdp.lint.findings import Finding, at
from gateway.pdp.lint.needs import Reads
from gateway.pdp.lint.text import lint_sizes, lint_text
from gateway.pdp.syntax import parse, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from gateway.pdp.syntax import Module

GUARD = (
    "gateway/admin.rego",
    "gateway/lib/asked.rego",
    "gateway/lib/forms.rego",
    "gateway/lib/merge.rego",
    "gateway/lib/shape.rego",
    "gateway/main.rego",
    "gateway/output.rego",
)
"""What decides over the rules' heads. A folder has these files as they are shipped."""

_RULES = {
    "request": "gateway/rules/",
    "output": "gateway/output_rules/",
    "admin": "gateway/admin_rules/",
}
_PATH = re.compile(r"gateway/(lib|rules|output_rules|admin_rules)/[a-z][a-z0-9_]*\.rego")
_DATA = "proviso/data.json"


def lint(folder: Path, note: Callable[[str], None] = lambda _: None) -> list[Finding]:
    """Everything in `folder` that is not of the portable subset, in the order of the files.

    `note` is told which file is looked at: who waits outside knows where it hangs.

    Raises:
        OSError: a file cannot be read.
    """
    names = [path.relative_to(folder).as_posix() for path in policy_files(folder, tests=True)]
    return lint_texts({name: (folder / name).read_bytes() for name in names}, note)


def lint_texts(
    files: Mapping[str, bytes], note: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """The same over files in memory: the bytes of each Rego and data file, by path."""
    findings = list(lint_sizes(files))
    if findings:
        return findings
    modules: list[Module] = []
    for name, content in sorted(files.items()):
        note(name)
        if name.endswith(".rego"):
            found, module = _module(name, content)
            findings += found
            modules += [module] if module is not None else []
    findings += _guard(files)
    findings += _packages(modules)
    findings += _data(files)
    expressions, reads = ExpressionLint(modules), Reads(modules)
    for module in modules:
        findings += expressions.lint(module)
        findings += _references(module)
        if _is_rule_file(module):
            findings += _deny(module)
            findings += lint_annotation(module, reads)
    findings += _parameters(modules, reads)
    return sorted(set(findings))


def _module(name: str, content: bytes) -> tuple[list[Finding], Module | None]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return [Finding(name, 1, 1, "parse", "The file is not UTF-8.")], None
    found = list(lint_text(name, text))
    if any(item.rule == "literal.nesting" for item in found):
        return found, None
    try:
        return found, parse(name, text)
    except EngineFault as fault:
        said = f"It does not parse: {fault.said}."
        return [*found, Finding(name, fault.line, fault.column, "parse", said)], None


def _guard(files: Mapping[str, bytes]) -> Iterator[Finding]:
    shipped = shipped_folder()
    for name in GUARD:
        if name not in files:
            yield Finding(name, 1, 1, "guard.bytes", "A file of the guard is missing.")
        elif files[name] != (own := (shipped / name).read_bytes()):
            pairs = zip(files[name].split(b"\n"), own.split(b"\n"), strict=False)
            same = (one == other for one, other in pairs)
            line = next((number for number, equal in enumerate(same, 1) if not equal), 1)
            yield Finding(name, line, 1, "guard.bytes", "A file of the guard is changed.")


def _packages(modules: list[Module]) -> Iterator[Finding]:
    for module in modules:
        if module.path in GUARD:
            continue
        expected = module.path.removesuffix(".rego").replace("/", ".")
        if module.is_test:
            if module.package.split(".")[0].removesuffix("_test") != "gateway":
                yield _first(module, "package.root", f"The package is `{module.package}`.")
        elif not _PATH.fullmatch(module.path) or module.path.endswith(("/main.rego",)):
            yield _first(module, "package.root", f"`{module.package}` is no room of the policies.")
        elif module.package != expected:
            said = f"The package is `{module.package}`, the path says `{expected}`."
            yield _first(module, "module.alone", said)


def _first(module: Module, rule: str, said: str) -> Finding:
    """A finding at the line that names the package."""
    lines = module.text.splitlines()
    line = next((n for n, text in enumerate(lines, 1) if text.startswith("package ")), 1)
    return Finding(module.path, line, 1, rule, said)


def _references(module: Module) -> Iterator[Finding]:
    if module.is_test:
        return
    for target, where in module.imports.values():
        if not target.startswith("data.gateway.lib."):
            yield at(module.path, where, "import.root", f"`{target}` is imported.")
    if module.path in GUARD:
        return
    for rule in module.rules:
        for path, where in references(rule.node):
            name = ".".join(path)
            if path[0] == "data" and not name.startswith(("data.gateway.lib.", "data.proviso.")):
                yield at(module.path, where, "import.root", f"`{name}` is read.")


def _is_rule_file(module: Module) -> bool:
    return not module.is_test and module.path.startswith(tuple(_RULES.values()))


def _deny(module: Module) -> Iterator[Finding]:
    """A set of ``contains``, or a value that is a set: anything else counts as missing."""
    for rule in module.rules:
        if rule.name == "deny":
            value = (rule.head.get("assign") or {}).get("value") if rule.kind == "value" else None
            if rule.kind == "set" or (value and next(iter(value)) in ("Set", "SetCompr")):
                return
    yield _first(module, "deny.defined", "The file defines no set `deny`.")


def _data(files: Mapping[str, bytes]) -> Iterator[Finding]:
    for name in files:
        if not name.endswith(".rego") and name != _DATA:
            yield Finding(name, 1, 1, "data.root", "There are data beside `proviso`.")
    try:
        document: Any = json.loads(files.get(_DATA, b""))
        required = {phase: set(document["required"][phase]) for phase in _RULES}
    except (ValueError, KeyError, TypeError):
        yield Finding(_DATA, 1, 1, "required.loaded", "The lists of required rules are not there.")
        return
    for phase, folder in _RULES.items():
        present = {
            name.removeprefix(folder).removesuffix(".rego")
            for name in files
            if name.startswith(folder) and name.endswith(".rego") and "_test." not in name
        }
        for rule in sorted(present ^ required[phase]):
            known = "is there and not required" if rule in present else "is required and not there"
            line = _line(files[_DATA], f'"{phase}"')
            yield Finding(_DATA, line, 1, "required.loaded", f"`{rule}` ({phase}) {known}.")


def _line(content: bytes, word: str) -> int:
    lines = content.decode("utf-8", "replace").splitlines()
    return next((number for number, text in enumerate(lines, 1) if word in text), 1)


def _parameters(modules: list[Module], reads: Reads) -> Iterator[Finding]:
    rules = [module for module in modules if _is_rule_file(module)]
    declared = {name for module in rules for name in _declared(module)}
    for module in rules:
        for name in sorted(reads.parameters(module) - declared):
            said = f"No annotation declares the parameter `{name}`."
            yield _first(module, "annotation.complete", said)


def _declared(module: Module) -> set[str]:
    custom = annotation(module.text).get("custom")
    found = custom.get("parameters") if isinstance(custom, dict) else None
    return set(found) if isinstance(found, dict) else set()
