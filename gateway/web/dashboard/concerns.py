"""The four concerns, answered for one exchange from what is on record of it.

The questions are those of the article *Privacy considerations when using generative AI*
(docs/explanation/four-concerns.md). What is not on record is said to be so, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.reasons import Explained

INPUT, ANONYMITY, RIGHTS, ETHICS = "input", "anonymity", "rights", "ethics"
TITLES = {
    INPUT: "Input",
    ANONYMITY: "Anonymity",
    RIGHTS: "Output rights",
    ETHICS: "Ethics",
}
"""The concerns by the word that rules' annotations use, in the order of the article."""

QUESTIONS = {
    INPUT: "What may the provider do with what was typed?",
    ANONYMITY: "Whom could the provider recognise?",
    RIGHTS: "Whose is what came out, and can it be proved?",
    ETHICS: "Could it harm or mislead anybody?",
}

_NOT_KEPT = "not kept"
_UNKNOWN = "unknown"
"""Stands among restrictions when nobody has confirmed that they are all of them."""

_WORDS = {
    "no": "no",
    "opt_in": "only if your company asks for it",
    "opt_out": "yes, unless switched off",
    "yes": "yes",
    "none": "nobody",
    "flagged_only": "only what is flagged",
    "possible": "possibly",
    "sampled": "samples",
}
_COURSE = {
    "current": "taken",
    "grace": "due, in its days of grace",
    "expired": "has run out",
    "none": "not taken",
}


@dataclass(frozen=True, slots=True)
class Concern:
    """One of the four concerns, answered for one exchange."""

    key: str
    title: str
    question: str
    objected: tuple[str, ...]
    """Rules that refused for the sake of it."""

    warned: tuple[str, ...]
    """Rules that only warned."""

    facts: tuple[tuple[str, str], ...]


def answered(
    said: Mapping[str, Any],
    ended: Mapping[str, Any],
    asked: Mapping[str, Any],
    reasons: Iterable[Explained],
    advice: Iterable[Explained],
) -> tuple[Concern, ...]:
    """All four, from the decision, its outcome (empty while it is owed) and what was asked."""
    facts = {
        INPUT: _input(said, asked),
        ANONYMITY: _anonymity(said, ended, asked),
        RIGHTS: _rights(said, ended, asked),
        ETHICS: _ethics(ended, asked),
    }
    against, warnings = list(reasons), list(advice)
    return tuple(
        Concern(key, title, QUESTIONS[key], _of(against, key), _of(warnings, key), facts[key])
        for key, title in TITLES.items()
    )


def _of(explained: list[Explained], concern: str) -> tuple[str, ...]:
    return tuple(sorted({item.rule for item in explained if concern in item.concerns}))


def _input(said: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    terms, data = asked.get("terms", {}), asked.get("data", {})
    secrets = ", ".join(item["kind"] for item in data.get("secrets", []))
    return (
        ("Contract", said["destination"]["tier"] or "none"),
        ("Trains on it", _words(terms.get("trains_on_input", ""))),
        ("Keeps it", _retention(terms)),
        ("People read it", _words(terms.get("human_review", ""))),
        ("Data class", data.get("class", _NOT_KEPT)),
        ("Secrets in it", secrets or ("none" if data else _NOT_KEPT)),
    )


def _anonymity(
    said: Mapping[str, Any], ended: Mapping[str, Any], asked: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    left = asked.get("data", {}).get("reid", {})
    level = str(left.get("level", _NOT_KEPT)).replace("_", " ")
    drivers = ", ".join(left.get("drivers", [])).replace("_", " ")
    return (
        ("Identifiers seen", counted(said["findings"]) or "none"),
        ("Replaced before sending", str(sum(ended.get("replaced", {}).values()))),
        ("Risk in what is left", f"{level} ({drivers})" if drivers else level),
    )


def _rights(
    said: Mapping[str, Any], ended: Mapping[str, Any], asked: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    record, output = ended.get("rights", {}), ended.get("output", {})
    forbidden = record.get("restrictions", asked.get("terms", {}).get("output_restrictions", []))
    said_so = [item.replace("_", " ") for item in forbidden if item != _UNKNOWN]
    more = ["more that nobody has confirmed"] if _UNKNOWN in forbidden else []
    return (
        ("Whose it is", record.get("owner_meaning", "nothing was made").replace("_", " ")),
        ("Terms forbid", ", ".join(said_so + more) or "nothing on record"),
        ("Edition of the terms", said["destination"]["terms_version"] or "none"),
        ("Digest of the answer", (output.get("digest") or "none")[:16]),
    )


def _ethics(ended: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    signals, subject = asked.get("signals", {}), asked.get("subject", {})
    misuse = ", ".join(
        f"{item['category'].replace('_', ' ')} ({item['score']} of 100)"
        for item in signals.get("misuse", [])
    )
    code, training = subject.get("acknowledgements", {}), subject.get("training", {})
    labels = ", ".join(ended.get("output", {}).get("labels", []))
    labels = labels.replace("ai_generated", "AI-generated").replace("_", " ")
    return (
        ("Signals of misuse", misuse or ("none" if signals else _NOT_KEPT)),
        ("Code of use", _accepted(code) if code else _NOT_KEPT),
        ("Course on AI", _COURSE.get(training.get("literacy", ""), _NOT_KEPT)),
        ("Label on the answer", labels or "none"),
    )


def _accepted(code: Mapping[str, int]) -> str:
    given, required = code.get("accepted", 0), code.get("required", 0)
    if given >= required:
        return f"version {given} accepted"
    return f"version {required} not accepted"


def _retention(terms: Mapping[str, Any]) -> str:
    days = terms.get("retention_days")
    if days is None or days < 0:
        return "no limit known"
    return "not at all" if days == 0 else f"up to {days} days"


def _words(value: str) -> str:
    return _WORDS.get(value, "not confirmed")


def counted(findings: Iterable[Mapping[str, Any]]) -> str:
    """Findings as words: how many of what."""
    return ", ".join(f"{item['count']} {item['type']}" for item in findings)
