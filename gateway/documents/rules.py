"""The reference page of the rules, in Markdown, from their annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.pdp.lint.annotations import PACKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.pdp.bundle import Rule

LANGUAGE = "en"
SENTENCES = {
    "S1": "Generative AI has taken the world by storm.",
    "S2": "It makes images, videos and texts from a text.",
    "S3": "Privacy matters, too.",
    "S4": "The article looks deeper into it.",
    "S5": "A prompt makes an output.",
    "S6": "What happens to your data?",
    "S7": "It may be stored, shared, and used for other purposes.",
    "S8": "Providers may train on it.",
    "S9": "What you enter may be in the data set.",
    "S10": "Do not enter sensitive or personal data.",
    "S11": "Think about anonymity and pseudonymity.",
    "S12": "An image from a personal description may reveal you.",
    "S13": "Consider a pseudonym.",
    "S14": "It protects your identity.",
    "S15": "Patterns may still lead to you.",
    "S16": "Think about ownership and copyright.",
    "S17": "It is unclear who owns an output.",
    "S18": "Most providers claim none: read the terms.",
    "S19": "They may reserve rights or restrict use.",
    "S20": "Think about ethics.",
    "S21": "Disinformation, fake news, misleading, manipulation.",
    "S22": "It is a duty to use it ethically.",
    "S23": "No harm, no misleading, no invading privacy.",
    "S24": "Know the consequences.",
    "S25": "Do not lose sight of privacy.",
    "S26": "The four concerns: input, anonymity, ownership, ethics.",
    "S27": "Full advantage without compromising personal data.",
}
"""The statements of the article the product answers to, in our words: Bas Alderding, "Privacy
considerations when using generative AI"."""

_HEAD = """\
Generated from the annotations in `policies/gateway`; do not edit.
A request is permitted when every required rule is loaded and none of them objects; an output \
likewise.
What a rule objects to is final (`deny`), or may be answered: by a second person \
(`require_approval`), by the caller's own word (`require_acknowledgement`), or by another \
destination (`route`).
"""
_PHASES = {"output_rules": "outputs", "admin_rules": "administrative acts"}


def reference(rules: Iterable[Rule]) -> str:
    """The whole page."""
    every = list(rules)
    lines = ["# Rules", "", _HEAD, *_sentences(every), *_packs(every)]
    seen: set[str] = set()
    for rule in every:
        lines += _section(rule, first=rule.id not in seen)
        seen.add(rule.id)
    return "\n".join(lines)


def _sentences(rules: list[Rule]) -> Iterator[str]:
    """Which rules answer each sentence of concern."""
    yield "## The sentences, and the rules that answer them"
    yield ""
    yield "| | Sentence | Rules |"
    yield "|---|---|---|"
    for name, text in SENTENCES.items():
        ids = sorted({rule.id for rule in rules if name in rule.custom.get("sentences", ())})
        yield f"| {name} | {text} | {', '.join(map(_link, ids)) or 'see the four concerns'} |"
    yield ""


def _packs(rules: list[Rule]) -> Iterator[str]:
    yield "## Packs"
    yield ""
    for pack in PACKS:
        ids = sorted({rule.id for rule in rules if rule.custom.get("pack") == pack})
        yield f"- **{pack}**: {', '.join(map(_link, ids))}"
    yield ""


def _link(rule: str) -> str:
    return f"[{rule}](#{rule.lower()})"


def _section(rule: Rule, *, first: bool) -> Iterator[str]:
    """One rule file; the first of a rule is what links lead to."""
    custom = rule.custom
    phase = _PHASES.get(rule.package.split(".")[1], "requests")
    anchor = f' <a id="{rule.id.lower()}"></a>' if first else ""
    yield f"## {rule.id} {rule.title}{anchor}"
    yield ""
    yield rule.description
    yield ""
    facts = {
        "Judges": phase,
        "Pack": custom.get("pack", ""),
        "Severity": custom.get("severity", ""),
        "Loosening": custom.get("loosening", ""),
        "Concerns": ", ".join(custom.get("concerns", [])),
        "Why": custom.get("why", ""),
        "Answers": ", ".join(custom.get("sentences", [])),
        "References": "; ".join(custom.get("references", [])),
        "Standards": "; ".join(custom.get("standards", [])),
        "Reads": ", ".join(f"`{need}`" for need in custom.get("needs", [])),
        "Package": f"`{rule.package}`",
    }
    yield from (f"- {name}: {value}" for name, value in facts.items() if value)
    yield ""
    yield from _parameters(custom.get("parameters") or {})
    for code, texts in (custom.get("reasons") or {}).items():
        yield from _reason(code, texts)


def _parameters(parameters: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield "| Parameter | Shipped | May be | Meaning |"
    yield "|---|---|---|---|"
    for name, declared in parameters.items():
        shipped, bounds = _words(declared["default"]), _bounds(declared)
        yield f"| `{name}` | {shipped} | {bounds} | {declared.get('meaning', '')} |"
    yield ""


def _bounds(declared: dict[str, Any]) -> str:
    if "choices" in declared:
        return "one of " + _words(declared["choices"])
    if "members" in declared:
        return "some of " + _words(declared["members"])
    if isinstance(declared["default"], bool):
        return "true or false"
    return f"{declared.get('minimum', 0)} to {declared.get('maximum', 'any number')}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value) or "nothing"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _reason(code: str, texts: dict[str, Any]) -> Iterator[str]:
    yield f"### `{code}`: {texts.get('kind', 'deny')}"
    yield ""
    for part in ("text", "remedy"):
        yield f"> {texts[part][LANGUAGE]}"
        yield ">" if part == "text" else ""
    yield f"Languages: {', '.join(sorted(texts['text']))}."
    yield ""
