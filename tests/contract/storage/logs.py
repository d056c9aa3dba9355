"""Logs of many entries at once, written as the ledger writes them but without waiting for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from gateway.audit.entries import Entry
from gateway.db.decision_log import LogEntry, LogHead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database


@dataclass(frozen=True, slots=True)
class Made:
    """One exchange to write."""

    at: datetime
    effect: str = "permit"
    principal: str = "p_emma"
    model: str = "m"
    purpose: str = "general"
    rules: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    tokens: int = 0
    found_in_output: tuple[str, ...] = ()
    said: dict[str, Any] = field(default_factory=dict)

    def entries(self, name: str) -> tuple[Entry, Entry]:
        """Decision and outcome."""
        decision = Entry(
            "decision",
            self.at,
            {
                "purpose": self.purpose,
                "findings": [{"type": item, "count": 1} for item in self.findings],
                "decision": {"reasons": [{"rule": rule} for rule in self.rules]},
                "input_digest": hashlib.sha256(b"{}").hexdigest(),
                **self.said,
            },
            name,
            effect=self.effect,
            model=self.model,
            principal=self.principal,
            rules=self.rules,
        )
        outcome = Entry(
            "outcome",
            self.at + timedelta(seconds=1),
            {
                "usage": {"input_tokens": self.tokens, "output_tokens": 0},
                "output": {"findings": dict.fromkeys(self.found_in_output, 1)},
            },
            name,
            status="completed",
            model=self.model,
            principal=self.principal,
        )
        return decision, outcome


def write(database: Database, tenant: TenantId, made: Iterable[Made], start: int = 0) -> int:
    """Write exchanges from a position on, decision and outcome in turn; the size of the log."""
    rows = []
    for number, item in enumerate(made, start // 2):
        for entry in item.entries(f"ex_{number:06d}"):
            canonical = entry.encoded(tenant)
            rows.append(
                {
                    "tenant_id": tenant,
                    "sequence": start + len(rows),
                    "kind": entry.kind,
                    "recorded_at": entry.at,
                    "exchange_id": entry.exchange_id,
                    "canonical": canonical,
                    "leaf_hash": hashlib.sha256(b"\x00" + canonical).digest(),
                    **entry.columns(),
                }
            )
    with database.tenant_session(tenant, write=True) as session:
        session.execute(insert(LogEntry), rows)
        session.merge(LogHead(tenant_id=tenant, size=start + len(rows), frontier=b"", code=b""))
    return start + len(rows)
