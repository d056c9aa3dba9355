"""Putting a refusal into words: what rule, why, and what to do (promise P11).

The texts come from the rules' annotations, in the caller's language. Only labels
and numbers are filled in, from a closed list of names, so that no text can repeat
what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.decision import Decision, Reason
    from gateway.pdp.bundle import Rule

FALLBACK = "en"
ALLOWED_PARAMS = frozenset(
    [
        "budget",
        "categories",
        "class",
        "conditions",
        "count",
        "days",
        "domain",
        "drivers",
        "facts",
        "hours",
        "kinds",
        "labels",
        "language",
        "level",
        "limit",
        "missing",
        "model",
        "names",
        "public_url",
        "purpose",
        "region",
        "regions",
        "roles",
        "score",
        "source",
        "stage",
        "tier",
        "traits",
        "type",
        "version",
    ]
)
"""Parameters a text may show: labels of ours, never values from a request."""

_FIELD = re.compile(r"\{(\w+)\}")
_LONGEST = 200

GATEWAY_TEXTS: dict[str, dict[str, str]] = {
    "policy.unavailable": {"en": "The policy could not be evaluated."},
    "policy.timeout": {"en": "The policy did not answer in time."},
    "policy.undefined": {"en": "The policy says nothing about this, and silence is a no."},
    "policy.malformed": {"en": "The policy's answer could not be understood, so it is a no."},
    "policy.no_reason": {"en": "The policy said no without a reason."},
    "policy.no_rules": {"en": "No rules are required, and without rules nothing is permitted."},
    "policy.no_revision": {"en": "The policy does not say which revision it is, so it is a no."},
    "policy.rule_missing": {"en": "A required rule ({missing}) is not loaded."},
    "policy.rule_malformed": {"en": "A rule ({missing}) does not answer in the form it must."},
    "input.malformed": {"en": "The policy was asked in a form it does not know, so it is a no."},
    "attribute.missing": {"en": "A rule could not be asked: the gateway did not tell {missing}."},
    "input.incomplete": {"en": "The policy was not told all it must know, so it is a no."},
    "obligation.unknown": {"en": "The policy asks for something this gateway cannot do."},
    "obligation.malformed": {"en": "The policy asks for {type} in a way that cannot be read."},
    "model.unknown": {"en": "There is no model of that name that you may use."},
}
"""Texts of the gateway's own refusals; what to do is the same for all but the last."""

_ASK = "Tell your administrator the decision id."


@dataclass(frozen=True, slots=True)
class Explained:
    """One reason in words."""

    rule: str
    code: str
    title: str
    text: str
    remedy: str


class Reasons:
    """The texts of one bundle's rules."""

    def __init__(self, rules: Iterable[Rule], public_url: str) -> None:
        """`public_url` is where people find the pages that a remedy points to."""
        self._public_url = public_url
        self._rules = list(rules)
        self._texts: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
            (rule.id, code): (rule.title, texts)
            for rule in self._rules
            for code, texts in (rule.custom.get("reasons") or {}).items()
        }

    def explain(self, reason: Reason, language: str = FALLBACK) -> Explained:
        """One reason in words, in `language` where the rule has it, else in English."""
        title, texts = self._texts.get((reason.rule, reason.code), ("", {}))
        said = texts.get("text") or GATEWAY_TEXTS.get(reason.code) or {}
        remedy = texts.get("remedy") or {FALLBACK: _ASK}
        return Explained(
            rule=reason.rule,
            code=reason.code,
            title=title,
            text=self._fill(said.get(language) or said.get(FALLBACK) or reason.code, reason),
            remedy=self._fill(remedy.get(language) or remedy[FALLBACK], reason),
        )

    def refusal(self, decision: Decision, language: str = FALLBACK) -> str:
        """All reasons of a refusal as one text: rule, reason, what to do."""
        said = [self.explain(reason, language) for reason in decision.reasons]
        return " ".join(f"[{item.rule}] {item.text} {item.remedy}" for item in said)

    def title(self, rule: str) -> str:
        """The title of a rule, or its id."""
        return next((item.title for item in self._rules if item.id == rule), rule)

    def _fill(self, text: str, reason: Reason) -> str:
        values = {**reason.params, "public_url": self._public_url}

        def put(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in ALLOWED_PARAMS or name not in values:
                return match.group(0)
            value = values[name]
            said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            return said[:_LONGEST]

        return _FIELD.sub(put, text)


def rules_reference(rules: Iterable[Rule]) -> str:
    """The reference page of the rules, in Markdown, from their annotations."""
    return "\n".join(["# Rules", "", _REFERENCE_HEAD, *map(_section, rules)])


_REFERENCE_HEAD = """\
Generated from the annotations in `policies/gateway`; do not edit.
A request is permitted when every required rule is loaded and none of them objects; an output
likewise.
"""


def _section(rule: Rule) -> str:
    phase = "outputs" if ".output_rules." in rule.package else "requests"
    custom = rule.custom
    facts = {
        "Judges": phase,
        "Pack": custom.get("pack", ""),
        "Severity": custom.get("severity", ""),
        "Loosening": custom.get("loosening", ""),
        "Why": "; ".join(custom.get("references", [])),
        "Standards": "; ".join(custom.get("standards", [])),
        "Package": f"`{rule.package}`",
    }
    lines = [f"## {rule.id} {rule.title}", "", rule.description, ""]
    lines += [f"- {name}: {value}" for name, value in facts.items() if value]
    for code, texts in (custom.get("reasons") or {}).items():
        said, remedy = texts["text"][FALLBACK], texts["remedy"][FALLBACK]
        lines += ["", f"### `{code}`", "", f"> {said}", ">", f"> {remedy}"]
        languages = ", ".join(sorted(texts["text"]))
        lines += ["", f"Languages: {languages}."]
    return "\n".join([*lines, ""])
