"""Reading the decision log for the pages: filtered, newest first, page by page.

Paging is by sequence, so that a page costs the same wherever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from gateway.db.decision_log import Checkpoint, LogEntry, LogHead, PolicyInput
from gateway.db.keeping import unrestricted

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; empty values look for everything."""

    effect: str = ""
    rule: str = ""
    model: str = ""
    principal: str = ""
    since: datetime | None = None
    until: datetime | None = None
    restricted: bool = False
    """Whether rows of people whose data must not be used are wanted: only by those people."""

    before: int | None = None
    """Only entries below this sequence: the next page."""

    @property
    def active(self) -> bool:
        """Whether anything but the page is asked for."""
        return bool(
            self.effect or self.rule or self.model or self.principal or self.since or self.until
        )


def decisions(session: Session, wanted: Filter, limit: int = PAGE) -> list[LogEntry]:
    """Decisions that fit, newest first."""
    query = select(LogEntry).where(LogEntry.kind == "decision")
    if not wanted.restricted:
        query = query.where(unrestricted(LogEntry.principal))
    if wanted.effect:
        query = query.where(LogEntry.effect == wanted.effect)
    if wanted.rule:
        query = query.where(LogEntry.rules.contains(f",{wanted.rule},", autoescape=True))
    if wanted.model:
        query = query.where(LogEntry.model == wanted.model)
    if wanted.principal:
        query = query.where(LogEntry.principal == wanted.principal)
    if wanted.since is not None:
        query = query.where(LogEntry.recorded_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(LogEntry.recorded_at < wanted.until)
    if wanted.before is not None:
        query = query.where(LogEntry.sequence < wanted.before)
    return list(session.scalars(query.order_by(LogEntry.sequence.desc()).limit(limit)))


def outcomes(session: Session, exchange_ids: list[str]) -> dict[str, LogEntry]:
    """The outcomes of these exchanges, by exchange."""
    rows = session.scalars(
        select(LogEntry).where(LogEntry.kind == "outcome", LogEntry.exchange_id.in_(exchange_ids))
    )
    return {row.exchange_id: row for row in rows}


def exchange(session: Session, exchange_id: str) -> tuple[LogEntry | None, LogEntry | None]:
    """The decision and the outcome of one exchange."""
    rows = session.scalars(select(LogEntry).where(LogEntry.exchange_id == exchange_id)).all()
    by_kind = {row.kind: row for row in rows}
    return by_kind.get("decision"), by_kind.get("outcome")


def policy_input(session: Session, digest: bytes) -> bytes | None:
    """What the policy was asked, by digest."""
    return session.scalar(select(PolicyInput.canonical).where(PolicyInput.digest == digest))


def counts(session: Session, since: datetime) -> dict[tuple[str, str], int]:
    """How many decisions by effect, and outcomes by status, since then."""
    rows = session.execute(
        select(LogEntry.effect, LogEntry.status, func.count())
        .where(LogEntry.recorded_at >= since, LogEntry.kind.in_(("decision", "outcome")))
        .where(unrestricted(LogEntry.principal))
        .group_by(LogEntry.effect, LogEntry.status)
    )
    return {(effect, status): int(number) for effect, status, number in rows}


def size(session: Session) -> int:
    """How many entries the log has."""
    return session.scalar(select(LogHead.size)) or 0


def checkpoints(session: Session, limit: int = 10) -> list[Checkpoint]:
    """The newest checkpoints."""
    return list(session.scalars(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(limit)))


def changes(session: Session, limit: int = 20) -> list[LogEntry]:
    """The newest entries about administration and reading."""
    query = select(LogEntry).where(LogEntry.kind.in_(("administration", "reading")))
    query = query.where(unrestricted(LogEntry.principal))
    return list(session.scalars(query.order_by(LogEntry.sequence.desc()).limit(limit)))
