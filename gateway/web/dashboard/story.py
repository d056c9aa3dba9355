"""One decision as a story that people can follow: stage by stage, and by concern.

A pure function from what the log holds to what the page shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.core.decision import Reason, ReasonKind
from gateway.web.dashboard import media

if TYPE_CHECKING:
    from gateway.db.decision_log import LogEntry
    from gateway.reasons import Explained, Reasons


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way of a request."""

    number: str
    title: str
    state: str
    """``done``, ``refused``, ``skipped`` or ``open``."""

    facts: tuple[tuple[str, str], ...] = ()
    """Pairs of a name and what there is to say."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One of the four concerns, answered for this exchange."""

    title: str
    question: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page says about one exchange."""

    decision: LogEntry
    outcome: LogEntry | None
    stages: tuple[Stage, ...]
    concerns: tuple[Concern, ...]
    reasons: tuple[Explained, ...] = field(default=())
    media: tuple[dict[str, Any], ...] = field(default=())
    """As `gateway.web.dashboard.media.pieces` tells of them."""

    recorded: bool = False
    """Whether there is a rights record."""


def tell(
    decision: LogEntry, outcome: LogEntry | None, question: bytes | None, reasons: Reasons
) -> Story:
    """The story of an exchange; `question` is what the policy was asked."""
    said = json.loads(decision.canonical)
    ended = json.loads(outcome.canonical) if outcome is not None else {}
    asked = json.loads(question) if question is not None else {}
    explained = tuple(
        reasons.explain(
            Reason(item["rule"], item["code"], item["params"], ReasonKind(item["kind"]))
        )
        for item in said["decision"]["reasons"]
    )
    return Story(
        decision=decision,
        outcome=outcome,
        stages=_stages(decision, said, outcome, ended, asked),
        concerns=_concerns(said, ended, asked),
        reasons=explained,
        media=tuple(media.pieces(ended)),
        recorded=bool(ended.get("rights")),
    )


def _stages(
    decision: LogEntry,
    said: dict[str, Any],
    outcome: LogEntry | None,
    ended: dict[str, Any],
    asked: dict[str, Any],
) -> tuple[Stage, ...]:
    permitted = decision.effect == "permit"
    before = _before(decision, said, asked, permitted=permitted)
    if not permitted:
        return (*before, Stage("8-12", "Nothing was sent", "skipped"), _recorded(outcome, ended))
    return (*before, *_after(outcome, ended), _recorded(outcome, ended))


def _before(
    decision: LogEntry, said: dict[str, Any], asked: dict[str, Any], *, permitted: bool
) -> tuple[Stage, ...]:
    judged = said["decision"]
    return (
        *_arrived(decision, said, asked),
        Stage(
            "5-6",
            "Decided",
            "done" if permitted else "refused",
            (
                ("Effect", decision.effect),
                ("Owed", ", ".join(item["type"] for item in judged["obligations"]) or "nothing"),
                ("Policy revision", judged["revision"]),
            ),
        ),
        Stage(
            "7",
            "Decision recorded",
            "done",
            (
                ("Entry", str(decision.sequence)),
                ("Leaf hash", decision.leaf_hash.hex()[:16] + "…"),
            ),
        ),
    )


def _arrived(decision: LogEntry, said: dict[str, Any], asked: dict[str, Any]) -> tuple[Stage, ...]:
    request, where = said["request"], said["destination"]
    kind = request["kind"] + (", streamed" if request["stream"] else "")
    who = f"{said['principal']} ({said['principal_kind']})"
    resolved = (
        ("Model", decision.model or "not in the catalogue"),
        ("Runs at", _joined(where["provider"], where["upstream"]) or "nowhere"),
        ("Contract", where["tier"] or "none"),
    )
    inspected = (
        ("Found", _counted(said["findings"]) or "nothing"),
        ("Data class", asked.get("data", {}).get("class", "not kept")),
    )
    return (
        Stage("1", "Admitted", "done", (("Kind", kind), ("Size", f"{request['bytes']} bytes"))),
        Stage(
            "2",
            "Authenticated",
            "done",
            (("Who", who), ("With", said["credential"]["kind"].replace("_", " "))),
        ),
        Stage("3", "Resolved", "done" if where["provider"] else "refused", resolved),
        Stage("4", "Inspected", "done", inspected),
    )


def _after(outcome: LogEntry | None, ended: dict[str, Any]) -> tuple[Stage, ...]:
    if outcome is None:
        return (Stage("8-12", "In progress", "open"),)
    output, provider = ended["output"], ended["provider"]
    replaced = ", ".join(f"{count} {kind}" for kind, count in ended["replaced"].items())
    withheld = outcome.status == "withheld"
    return (
        Stage("8", "Protected", "done", (("Left as placeholders", replaced or "nothing"),)),
        Stage(
            "9",
            "Generated",
            "done" if provider["status"] == 200 else "refused",
            (
                ("Provider's status", str(provider["status"] or "no answer")),
                ("Tokens", _tokens(ended["usage"])),
            ),
        ),
        Stage(
            "10-11",
            "Output judged",
            "refused" if withheld else "done" if output["revision"] else "skipped",
            (
                ("Found in it", ", ".join(output["findings"]) or "nothing"),
                ("Policy revision", output["revision"] or "not asked"),
            ),
        ),
        Stage(
            "12",
            "Restored",
            "skipped" if withheld else "done",
            (
                ("Own values put back", "yes" if output["modified"] else "none"),
                ("Unknown placeholders", str(output["unknown_placeholders"])),
            ),
        ),
    )


def _recorded(outcome: LogEntry | None, ended: dict[str, Any]) -> Stage:
    if outcome is None:
        return Stage("13-14", "Outcome owed", "open")
    state = "done" if outcome.status == "completed" else "refused"
    facts = (("Outcome", outcome.status), ("Code", ended["code"]), ("Entry", str(outcome.sequence)))
    return (
        Stage("13-14", "Outcome recorded, answer released", state, facts)
        if (state == "done")
        else Stage("13-14", "Outcome recorded", state, facts)
    )


def _concerns(
    said: dict[str, Any], ended: dict[str, Any], asked: dict[str, Any]
) -> tuple[Concern, ...]:
    terms, code = asked.get("terms", {}), _code(asked)
    replaced = sum(ended.get("replaced", {}).values())
    output = ended.get("output", {})
    return (
        Concern(
            "Input",
            "What may the provider do with what was typed?",
            (
                ("Contract", said["destination"]["tier"] or "none"),
                ("Trains on it", _words(terms.get("trains_on_input", "unknown"))),
                ("Keeps it", _retention(terms)),
                ("People read it", _words(terms.get("human_review", "unknown"))),
            ),
        ),
        Concern(
            "Anonymity",
            "Whom could the provider recognise?",
            (
                ("Values taken out", str(replaced)),
                ("Identifiers seen", _counted(said["findings"]) or "none"),
                ("Told about the person by us", "nothing"),
            ),
        ),
        Concern(
            "Output rights",
            "What was made, and can it be proved?",
            (
                ("Answer's digest", (output.get("digest") or "none")[:16]),
                ("Changed on the way", "yes, restored" if output.get("modified") else "no"),
                ("Terms edition", said["destination"]["terms_version"] or "none"),
            ),
        ),
        Concern(
            "Ethics",
            "Did the person know the rules?",
            (
                ("Code of use asked for", f"version {code.get('required', '?')}"),
                ("Accepted", f"version {code.get('accepted')}" if code.get("accepted") else "no"),
                ("Marked as AI-generated", "yes" if said["effect"] == "permit" else "nothing made"),
            ),
        ),
    )


def _code(asked: dict[str, Any]) -> dict[str, Any]:
    code: dict[str, Any] = asked.get("subject", {}).get("acknowledgements", {})
    return code


def _retention(terms: dict[str, Any]) -> str:
    days = terms.get("retention_days")
    if days is None or days < 0:
        return "no limit known"
    return "not at all" if days == 0 else f"up to {days} days"


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


def _words(value: str) -> str:
    return _WORDS.get(value, "not confirmed")


def _counted(findings: list[dict[str, Any]]) -> str:
    return ", ".join(f"{item['count']} {item['type']}" for item in findings)


def _joined(provider: str, upstream: str) -> str:
    return f"{provider}/{upstream}" if provider else ""


def _tokens(usage: dict[str, int]) -> str:
    return f"{usage['input_tokens']} in, {usage['output_tokens']} out"
