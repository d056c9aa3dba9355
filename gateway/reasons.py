"""Putting a refusal into words: what rule, why, and what to do (promise P11).

The texts come from the rules' annotations, in the caller's language. Only labels
and numbers are filled in, from a closed list of names, so that no text can repeat
what was typed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.core.decision import TEXT_PARAMS, Reason
from gateway.core.values import dataclass
from gateway.own_texts import ASK, GATEWAY_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Rule

FALLBACK = "en"

_IN_WORDS = frozenset(
    [
        "categories", "conditions", "domain", "drivers", "facts", "kinds", "labels",
        "traits",
    ]
)  # fmt: skip
"""Parameters that are words of ours: a reader need not see underscores, nor the name of a detector
before that of a secret."""

_FIELD = re.compile(r"\{(\w+)\}")
_VALUE = re.compile(r" \(\{\w+\}\)| ?\{\w+\}")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Explained:
    """One reason in words."""

    rule: str
    code: str
    title: str
    text: str
    remedy: str
    concerns: tuple[str, ...] = ()
    """Which of the four concerns the rule serves; none for the gateway's own reasons."""


_Texts = dict[tuple[str, str], tuple["Rule", dict[str, Any]]]
"""By rule and code: the rule, and what it says for the code in each language."""


class Reasons:
    """The texts of one bundle's rules."""

    def __init__(self, rules: Sequence[Rule], public_url: str) -> None:
        """`public_url` is where people find the pages that a remedy points to."""
        self._public_url = public_url
        self._texts: _Texts = {}
        self.follow(rules)

    def follow(self, rules: Sequence[Rule]) -> None:
        """Speak of these rules from now on: the policies have changed.

        What only earlier ones say stays known: a decision in flight ends with the revision it began
        with, and is put into words after that.
        """
        self._rules = rules
        new = _texts(rules)
        self._texts = {**new, **{key: said for key, said in self._texts.items() if key not in new}}

    def learn(self, rules: Sequence[Rule]) -> None:
        """Know what these rules say, before anything is decided by them; else nothing changes."""
        self._texts = {**_texts(rules), **self._texts}

    def explain(self, reason: Reason, language: str = FALLBACK) -> Explained:
        """One reason in words, in `language` where the rule has it, else in English."""
        rule, texts = self._texts.get((reason.rule, reason.code), (None, {}))
        said = texts.get("text") or GATEWAY_TEXTS.get(reason.code) or {}
        remedy = texts.get("remedy") or ASK
        return Explained(
            rule=reason.rule,
            code=reason.code,
            title=rule.title if rule is not None else "",
            text=self._fill(said.get(language) or said.get(FALLBACK) or reason.code, reason),
            remedy=self._fill(remedy.get(language) or remedy[FALLBACK], reason),
            concerns=tuple(rule.custom.get("concerns", ())) if rule is not None else (),
        )

    def of_code(self, code: str) -> Explained | None:
        """A code in words without its values, as an outcome's entry has it; None if no rule's."""
        rule = next((rule for rule, known in self._texts if known == code), None)
        if rule is None:
            return None
        said = self.explain(Reason(rule, code))
        return replace(said, text=_VALUE.sub("", said.text), remedy=_VALUE.sub("", said.remedy))

    def refusal(self, decision: Decision, language: str = FALLBACK) -> str:
        """All reasons of a refusal as one text: rule, reason, what to do."""
        said = [self.explain(reason, language) for reason in decision.reasons]
        return " ".join(f"[{item.rule}] {item.text} {item.remedy}" for item in said)

    def title(self, rule: str) -> str:
        """The title of a rule, or its id."""
        return next((item.title for item in self._rules if item.id == rule), rule)

    def titles(self) -> list[tuple[str, str]]:
        """Every rule with its title, once and by id."""
        return [(rule, self.title(rule)) for rule in sorted({item.id for item in self._rules})]

    def concerns(self, rule: str) -> frozenset[str]:
        """Which of the four concerns a rule serves; as `title`, by what it says of requests."""
        found = next((item.custom for item in self._rules if item.id == rule), {})
        return frozenset(found.get("concerns", ()))

    def _fill(self, text: str, reason: Reason) -> str:
        values = {**reason.params, "public_url": self._public_url}

        def put(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in TEXT_PARAMS or name not in values:
                return match.group(0)
            value = values[name]
            said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            if name in _IN_WORDS:
                said = said.replace("secret.", "").replace("_", " ")
            return said[:_LONGEST]

        return _FIELD.sub(put, text)


def _texts(rules: Iterable[Rule]) -> _Texts:
    return {
        (rule.id, code): (rule, texts)
        for rule in rules
        for code, texts in (rule.custom.get("reasons") or {}).items()
    }
