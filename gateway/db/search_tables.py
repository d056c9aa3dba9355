"""What decisions are found by, beside the log: derived, never evidence, and made anew at will.

The log's own columns carry time, person, model and effect, with an index for each on decisions
only. What an entry has several of (rules, types of finding), and what its columns do not have
(purpose, cost), stands here as terms.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BigInteger, Index, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow
from gateway.db.decision_log import LogEntry
from gateway.db.outflow_tables import OutflowCursor

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

INDEXER = ":search"
"""The indexer's name among the cursors; no configured receiver can have a colon in its name."""


class DecisionTerm(TenantRow):
    """One word that a decision is found by, such as ``rule:IP-05`` or ``finding:EMAIL``."""

    __tablename__ = "decision_term"

    term: Mapped[str] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


def _index(name: str, condition: str, *columns: Any) -> Index:
    where = text(condition)
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


_PLACE = (LogEntry.recorded_at, LogEntry.sequence)
_DECISION = "kind = 'decision'"
INDEXES = (
    _index("ix_log_entry_decision_time", _DECISION, LogEntry.tenant_id, *_PLACE),
    _index(
        "ix_log_entry_decision_refused",
        f"{_DECISION} AND effect = 'deny'",
        LogEntry.tenant_id,
        *_PLACE,
    ),
    _index(
        "ix_log_entry_decision_principal",
        _DECISION,
        LogEntry.tenant_id,
        LogEntry.principal,
        *_PLACE,
    ),
    _index("ix_log_entry_decision_model", _DECISION, LogEntry.tenant_id, LogEntry.model, *_PLACE),
)

_TERM, _ENTRY, _CURSOR = (
    cast("Table", mapped.__table__) for mapped in (DecisionTerm, LogEntry, OutflowCursor)
)


def lock(connection: Connection, tenant: UUID) -> int | None:
    """Where the indexer goes on, locked until the transaction ends; None: another is at it."""
    query = select(_CURSOR.c.following).where(
        _CURSOR.c.tenant_id == tenant, _CURSOR.c.sink == INDEXER
    )
    found = connection.scalar(query.with_for_update(skip_locked=True))
    return None if found is None else int(found)


def decisions_of(
    connection: Connection, tenant: UUID, exchanges: list[str]
) -> dict[str, tuple[datetime, int]]:
    """Where the decisions of these exchanges stand."""
    if not exchanges:
        return {}
    rows = connection.execute(
        select(_ENTRY.c.exchange_id, _ENTRY.c.recorded_at, _ENTRY.c.sequence).where(
            _ENTRY.c.tenant_id == tenant,
            _ENTRY.c.exchange_id.in_(exchanges),
            _ENTRY.c.kind == "decision",
        )
    )
    return {row.exchange_id: (row.recorded_at, row.sequence) for row in rows}


def add_terms(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add terms, leaving those alone that are there."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        connection.execute(make(_TERM).on_conflict_do_nothing(), rows)
