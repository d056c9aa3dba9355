"""What the rules' annotations say about the bundle as a whole: policies/proviso/data.json.

Which rules must be loaded, which a tenant may switch off, the shipped values of
parameters, and which attributes may be absent. The file is made from the
annotations (`make docs`) and checked against them, and it is the file that counts:
a rule that disappears is still required.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.pdp.bundle import Rule

FAIL_CLOSED = frozenset({"input-privacy", "eu-ai-act", "baseline-security"})
"""Packs whose rules deny when an attribute they need is missing; the others warn."""

_PHASES = {"rules": "request", "output_rules": "output", "admin_rules": "admin"}


def derived(rules: Iterable[Rule]) -> dict[str, Any]:
    """The document of ``data.proviso``, revision aside."""
    every = list(rules)
    required: dict[str, list[str]] = {phase: [] for phase in _PHASES.values()}
    for rule in every:
        required[_PHASES[rule.package.split(".")[1]]].append(_name(rule))
    return {
        "required": {phase: sorted(names) for phase, names in required.items()},
        "optional": sorted({_name(rule) for rule in every} - _locked(every)),
        "european": sorted({_name(rule) for rule in every if rule.custom.get("european")}),
        "lenient": sorted(_needs(every, closed=False) - _needs(every, closed=True)),
        "defaults": {
            name: declared["default"]
            for rule in every
            for name, declared in (rule.custom.get("parameters") or {}).items()
        },
    }


def _name(rule: Rule) -> str:
    return rule.package.rsplit(".", 1)[1]


def _locked(rules: Iterable[Rule]) -> set[str]:
    """Rules that no configuration may loosen: those that say so, and those that say nothing."""
    return {_name(rule) for rule in rules if rule.custom.get("loosening") != "configuration"}


def _needs(rules: Iterable[Rule], *, closed: bool) -> set[str]:
    """The attributes that rules of the packs that fail closed read, or those of the others."""
    return {
        need
        for rule in rules
        if (rule.custom.get("pack") in FAIL_CLOSED) is closed
        for need in rule.custom.get("needs") or ()
        if _PHASES[rule.package.split(".")[1]] != "admin"
    }
