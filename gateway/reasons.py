"""Putting a refusal into words: what rule, why, and what to do (promise P11).

The texts come from the rules' annotations, in the caller's language. Only labels
and numbers are filled in, from a closed list of names, so that no text can repeat
what was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.own_texts import ASK, GATEWAY_TEXTS

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
        self.follow(rules)

    def follow(self, rules: Iterable[Rule]) -> None:
        """Speak of these rules from now on: the policies have changed."""
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
        remedy = texts.get("remedy") or ASK
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
