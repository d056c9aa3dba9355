"""The annotation of a rule: complete, in four languages, and true of the file it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from gateway.core.decision import PARAMS, TEXT_PARAMS
from gateway.pdp.bundle import read_yaml
from gateway.pdp.lint.findings import Finding, at
from gateway.pdp.syntax import Place, kind_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.pdp.lint.needs import Reads
    from gateway.pdp.syntax import Module, Node

LANGUAGES = frozenset({"de", "en", "fr", "nl"})

PACKS = (
    "input-privacy",
    "anonymity",
    "output-rights",
    "ethical-use",
    "eu-ai-act",
    "baseline-security",
    "cost",
)
"""Every pack, in the order in which they are told of."""

_KINDS = {
    "deny": {"deny"},
    "require_approval": {"require_approval"},
    "require_acknowledgement": {"require_acknowledgement"},
    "route": {"route"},
    "advice": {"warn", "label"},
}
"""The part of a rule that says a code, and the kinds that code may be of."""

_EVERY_KIND = frozenset().union(*_KINDS.values())
_KEYS = {
    "id": str,
    "pack": str,
    "severity": str,
    "loosening": str,
    "why": str,
    "concerns": list,
    "sentences": list,
    "references": list,
    "needs": list,
    "reasons": dict,
}
_WORDS = {
    "pack": frozenset(PACKS),
    "severity": frozenset({"critical", "high", "medium", "low"}),
    "loosening": frozenset({"impossible", "configuration"}),
}
_CONCERNS = frozenset({"anonymity", "ethics", "input", "rights"})
_FIELD = re.compile(r"\{(\w+)\}")


def lint_annotation(module: Module, reads: Reads) -> Iterator[Finding]:
    """What the annotation of one rule file lacks, or says that is not so."""
    custom, title = _custom(module.text)
    if custom is None:
        yield _finding(module, "METADATA", "The annotation is not there or not YAML.")
        return
    if not title:
        yield _finding(module, "title", "The annotation has no title and description.")
    for key, kind in _KEYS.items():
        if not isinstance(custom.get(key), kind) or (kind is str and not custom[key]):
            yield _finding(module, "custom", f"`{key}` is not there.")
            return
    yield from _words(module, custom)
    yield from _reasons(module, custom["reasons"])
    yield from _codes(module, custom)
    yield from _needs(module, custom, reads)


def annotation(text: str) -> dict[str, Any]:
    """The block above the package; empty when it is not there or not YAML."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("package "):
            break
        if line.startswith("#"):
            lines.append(line[2:])
    if not lines or lines[0].strip() != "METADATA":
        return {}
    try:
        document = read_yaml("\n".join(lines[1:]))
    except yaml.YAMLError:
        return {}
    return document if isinstance(document, dict) else {}


def _custom(text: str) -> tuple[dict[str, Any] | None, bool]:
    document = annotation(text)
    custom = document.get("custom")
    if not isinstance(custom, dict):
        return None, False
    return custom, bool(document.get("title") and document.get("description"))


def _words(module: Module, custom: dict[str, Any]) -> Iterator[Finding]:
    for key, words in _WORDS.items():
        if custom[key] not in words:
            yield _finding(module, f"{key}:", f"`{key}` is none of {', '.join(sorted(words))}.")
    if not custom["concerns"] or not set(map(str, custom["concerns"])) <= _CONCERNS:
        said = f"`concerns` names none of, or more than, {', '.join(sorted(_CONCERNS))}."
        yield _finding(module, "concerns:", said)


def _reasons(module: Module, reasons: dict[str, Any]) -> Iterator[Finding]:
    for code, said in reasons.items():
        if not isinstance(said, dict) or said.get("kind") not in _EVERY_KIND:
            kinds = ", ".join(sorted(_EVERY_KIND))
            yield _finding(module, f"{code}:", f"`{code}` has no `kind` of {kinds}.")
            continue
        for part in ("text", "remedy"):
            texts = said.get(part)
            if not isinstance(texts, dict) or texts.keys() != LANGUAGES or not all(texts.values()):
                yield _finding(module, f"{code}:", f"`{part}` of `{code}` is not in {_FOUR}.")
                continue
            strange = set(_FIELD.findall(" ".join(map(str, texts.values())))) - TEXT_PARAMS
            for name in sorted(strange):
                said_of = f"`{part}` of `{code}` shows {{{name}}}."
                yield _finding(module, f"{code}:", said_of, "annotation.params")


_FOUR = ", ".join(sorted(LANGUAGES))


def _codes(module: Module, custom: dict[str, Any]) -> Iterator[Finding]:
    """What the file says, beside what the annotation explains."""
    reasons, said = custom["reasons"], set()
    for rule in module.rules:
        for kind, body in walk(rule.node):
            if kind != "Object" or not body.get("fields"):
                continue
            fields = _fields(body)
            code, owner = _string(fields.get("code")), _string(fields.get("rule"))
            where = Place(body["fields"][0][0]["line"], body["fields"][0][0]["col"])
            if code is not None:
                said.add(code)
                yield from _kind(module, rule.name, code, where, reasons)
            if owner is not None and owner != custom["id"]:
                yield at(module.path, where, "annotation.complete", f"It speaks as {owner}.")
            params = fields.get("params")
            for name in sorted(_names(params) - PARAMS) if code is not None and params else ():
                yield at(module.path, where, "annotation.params", f"A parameter is `{name}`.")
    # A code may also reach a rule through a variable, so any string of the file counts here.
    said |= {
        body["value"] for rule in module.rules for kind, body in walk(rule.node) if kind == "String"
    }
    for code in sorted(set(reasons) - said):
        yield _finding(module, f"{code}:", f"No rule of the file says `{code}`.")


def _kind(
    module: Module, part: str, code: str, where: Place, reasons: dict[str, Any]
) -> Iterator[Finding]:
    explained = reasons.get(code)
    if explained is None:
        yield at(module.path, where, "annotation.complete", f"`{code}` is not explained.")
    elif part in _KINDS and isinstance(explained, dict):
        kind = explained.get("kind")
        if kind not in _KINDS[part]:
            said = f"`{code}` is said by `{part}` and explained as {kind}."
            yield at(module.path, where, "annotation.complete", said)


def _needs(module: Module, custom: dict[str, Any], reads: Reads) -> Iterator[Finding]:
    listed, read = set(map(str, custom["needs"])), reads.attributes(module)
    for where in reads.unclear(module):
        yield at(module.path, where, "input.plain", "A whole section is read.")
    for name in sorted(read - listed):
        yield _finding(module, "needs:", f"`{name}` is read and not listed.", "needs.exact")
    for name in sorted(listed - read):
        yield _finding(module, "needs:", f"`{name}` is listed and not read.", "needs.exact")


def _fields(body: Node) -> dict[str, Node]:
    return {key: value for _, name, value in body["fields"] if (key := _string(name)) is not None}


def _names(params: Node) -> set[str]:
    return set(_fields(params["Object"])) if kind_of(params) == "Object" else set()


def _string(expression: Node | None) -> str | None:
    if expression is None or kind_of(expression) not in ("String", "RawString"):
        return None
    return str(expression[kind_of(expression)]["value"])


def _finding(module: Module, word: str, said: str, rule: str = "annotation.complete") -> Finding:
    """A finding at the first line of the annotation that holds `word`."""
    lines = module.text.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if word in text), 1)
    return Finding(module.path, line, 1, rule, said)
