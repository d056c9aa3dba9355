"""Recent refusals that somebody can answer: read from the decision log, for the pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gateway.core.decision import Reason
from gateway.core.values import dataclass
from gateway.db import log_search

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from gateway.attributes.answers import Answers
    from gateway.db.decision_log import LogEntry
    from gateway.db.search_words import Filter

_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One objection of one refusal, that can be answered in the wanted way."""

    exchange_id: str
    at: datetime
    principal: str
    model: str
    purpose: str
    """The purpose it was asked for; empty when it was not a known one."""

    reason: Reason
    also: tuple[str, ...]
    """Rules with an objection that nobody can answer: answering this one alone will not do."""


def asked(session: Session, wanted: Filter, kind: str, answers: Answers) -> list[Asked]:
    """What the decisions that fit ask for, newest first; the same question once."""
    found: dict[tuple[str, str, str], Asked] = {}
    for row in log_search.decisions(session, wanted, _LOOKED_AT):
        for item in _of(session, row, kind, answers):
            found.setdefault((item.principal, item.reason.code, item.purpose), item)
    return list(found.values())


def _of(session: Session, row: LogEntry, kind: str, answers: Answers) -> list[Asked]:
    said: dict[str, Any] = json.loads(row.canonical)
    reasons = said["decision"]["reasons"]
    fitting = [item for item in reasons if _kind(item, answers) == kind]
    if not fitting:
        return []
    also = sorted({item["rule"] for item in reasons if not _kind(item, answers)})
    purpose = _purpose(session, said)
    return [
        Asked(
            row.exchange_id, row.recorded_at, row.principal, row.model, purpose,
            Reason(item["rule"], item["code"], item["params"]), tuple(also),
        )
        for item in fitting
    ]  # fmt: skip


def _kind(reason: dict[str, Any], answers: Answers) -> str:
    """How a reason is answered by the rules of today; empty when it is final."""
    found = answers.codes.get(reason["code"])
    return found.kind if found is not None else ""


def _purpose(session: Session, said: dict[str, Any]) -> str:
    question = log_search.policy_input(session, bytes.fromhex(said["input_digest"]))
    purpose = json.loads(question).get("purpose", {}) if question is not None else {}
    return str(purpose.get("code", "")) if purpose.get("known") else ""
