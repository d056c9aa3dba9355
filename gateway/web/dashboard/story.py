"""One decision as a story that people can follow: stage by stage, and by concern.

A pure function from what the log holds to what the page shows.
"""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.decision import Reason, ReasonKind
from gateway.core.values import dataclass
from gateway.web.dashboard import media
from gateway.web.dashboard.concerns import Concern, answered, counted

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
class Story:
    """Everything the page says about one exchange."""

    decision: LogEntry
    outcome: LogEntry | None
    stages: tuple[Stage, ...]
    concerns: tuple[Concern, ...]
    reasons: tuple[Explained, ...] = field(default=())
    """Why it was refused, or why its answer was withheld."""

    advice: tuple[Explained, ...] = field(default=())
    """What rules warned of without refusing."""

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
    objections, warnings = _explained(said, ended, outcome, reasons)
    return Story(
        decision=decision,
        outcome=outcome,
        stages=_stages(decision, said, outcome, ended, asked),
        concerns=answered(said, ended, asked, objections, warnings),
        reasons=objections,
        advice=warnings,
        media=tuple(media.pieces(ended)),
        recorded=bool(ended.get("rights")),
    )


def _explained(
    said: dict[str, Any], ended: dict[str, Any], outcome: LogEntry | None, reasons: Reasons
) -> tuple[tuple[Explained, ...], tuple[Explained, ...]]:
    """Objections and warnings in words, each text once."""
    judged = said["decision"]
    against = [
        reasons.explain(
            Reason(item["rule"], item["code"], item["params"], ReasonKind(item["kind"]))
        )
        for item in judged["reasons"]
    ]
    if outcome is not None and outcome.status == "withheld":
        withheld = reasons.of_code(ended["code"])
        against += [withheld] if withheld is not None else []
    warned = [
        reasons.explain(Reason(item["rule"], item["code"], item["params"]))
        for item in judged["advice"]
        # A rule that objected has said enough.
        if item["rule"] not in {objection.rule for objection in against}
    ]
    return tuple(dict.fromkeys(against)), tuple(dict.fromkeys(warned))


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
        ("Found", counted(said["findings"]) or "nothing"),
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
    if outcome.status == "denied":
        # The stop was the decision; its record is as it should be.
        return Stage("13-14", "Refusal recorded", "done", facts)
    if state == "done":
        return Stage("13-14", "Outcome recorded, answer released", state, facts)
    return Stage("13-14", "Outcome recorded", state, facts)


def _joined(provider: str, upstream: str) -> str:
    return f"{provider}/{upstream}" if provider else ""


def _tokens(usage: dict[str, int]) -> str:
    if not any(usage.values()):
        return "not told by the provider"
    return f"{usage['input_tokens']} in, {usage['output_tokens']} out"
