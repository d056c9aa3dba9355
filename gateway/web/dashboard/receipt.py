"""What a person is told about one exchange: where it went, under what terms, what was replaced.

A pure function from what is on record to a document, which is shown as a page or
sent as JSON. What is not on record is said to be so, never guessed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.web.dashboard import media

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.db.decision_log import LogEntry
    from gateway.terms.effective import EffectiveTerms

_SHOWN = ("trains_on_input", "retention", "human_review", "output_ownership", "processor_contract")
"""Facts about a contract whose source a person is shown."""

NOT_KEPT = (
    "Only counts are on record. The values were never stored here; they stand in your own copy "
    "of the conversation."
)
NOT_YOURS = "Only the person who wrote them may see the values."


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Everything a receipt is made of."""

    decision: LogEntry
    outcome: LogEntry | None
    question: bytes | None
    """What the policy was asked."""

    terms: EffectiveTerms | None
    """What was believed of the contract at that moment."""

    proofs: Mapping[str, dict[str, Any] | None]
    """By kind of entry: ``decision`` and ``outcome``."""

    verifier_key: str
    values: Mapping[str, list[str]] | None
    """The values that were replaced, where they were kept and may be shown."""

    why_no_values: str


def document(record: OnRecord, title: Callable[[str], str]) -> dict[str, Any]:
    """The receipt as JSON; `title` says what a rule is called."""
    said = json.loads(record.decision.canonical)
    ended = json.loads(record.outcome.canonical) if record.outcome is not None else {}
    asked = json.loads(record.question) if record.question is not None else {}
    output = ended.get("output", {})
    return {
        "receipt": record.decision.exchange_id,
        "at": record.decision.recorded_at.isoformat(),
        "effect": record.decision.effect,
        "outcome": record.outcome.status if record.outcome is not None else "open",
        "went_to": _went_to(record, said, ended),
        "terms": _terms(record.terms, asked.get("terms", {}), said),
        "replaced": {
            "by_type": ended.get("replaced", {}),
            "values": record.values,
            "why_no_values": record.why_no_values if record.values is None else "",
        },
        "rules": _rules(said, title),
        "policy_revision": said["decision"]["revision"],
        "output": {
            "labels": output.get("labels", []),
            "advice": output.get("advice", []),
            "found": output.get("findings", {}),
            "unknown_placeholders": output.get("unknown_placeholders", 0),
            "media": media.pieces(ended),
            "rights": ended.get("rights", {}),
        },
        "log": {
            "verifier_key": record.verifier_key,
            **{kind: _entry(record, kind) for kind in ("decision", "outcome")},
        },
    }


def _went_to(
    record: OnRecord, said: dict[str, Any], ended: dict[str, Any]
) -> dict[str, Any] | None:
    """Where the words went; None if they never left."""
    called = ended.get("provider", {}).get("status", 0)
    if record.decision.effect != "permit" or not (called or record.outcome is None):
        return None
    where = said["destination"]
    return {
        "model": record.decision.model,
        **{key: where[key] for key in ("provider", "upstream", "tier", "region", "transfer")},
    }


def _terms(
    believed: EffectiveTerms | None, asked: dict[str, Any], said: dict[str, Any]
) -> dict[str, Any]:
    rests = [item.as_row() for item in believed.used] if believed is not None else []
    return {
        "edition": said["destination"]["terms_version"],
        "trains_on_input": asked.get("trains_on_input", "unknown"),
        "retention_days": asked.get("retention_days", -1),
        "human_review": asked.get("human_review", "unknown"),
        "rests_on": [
            {key: row[key] for key in ("name", "sources", "doc_date", "reviewed_at", "expires_at")}
            for row in rests
            if row["name"] in _SHOWN
        ],
    }


def _rules(said: dict[str, Any], title: Callable[[str], str]) -> list[dict[str, Any]]:
    """Every rule that had something to say, with what it asked for."""
    found: dict[str, dict[str, Any]] = {}

    def of(rule: str) -> dict[str, Any]:
        fresh = {"rule": rule, "title": title(rule), "objects": [], "obliges": [], "advises": []}
        return found.setdefault(rule, fresh)

    judged = said["decision"]
    for item in judged["reasons"]:
        of(item["rule"])["objects"].append(item["code"])
    for item in judged["obligations"]:
        rule = item["id"].partition("/")[0]
        of(rule)["obliges"].append({"type": item["type"], "params": item["params"]})
    for item in judged["advice"]:
        of(item["rule"])["advises"].append(item["code"])
    return [found[rule] for rule in sorted(found)]


def _entry(record: OnRecord, kind: str) -> dict[str, Any] | None:
    row = record.decision if kind == "decision" else record.outcome
    if row is None:
        return None
    return {
        "sequence": row.sequence,
        "leaf_hash": row.leaf_hash.hex(),
        "inclusion": record.proofs.get(kind),
    }
