"""Reading the decision log for the pages: filtered, newest first, page by page.

What has been indexed is found through its words (`gateway.db.postings`); what has not
yet, by looking at the entries themselves, so that a page is never behind the log.
Only what a decision's outcome adds (cost, findings in the output) may be missing for
as long as the indexer is behind. Paging is by sequence: a page costs the same wherever
it is.
"""

from __future__ import annotations

from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import func, select

from gateway.core.values import dataclass
from gateway.db import postings, search_words
from gateway.db.decision_log import SPARSE, Checkpoint, LogEntry, LogHead, PolicyInput
from gateway.db.keeping import unrestricted
from gateway.db.outflow_tables import INDEXER, OutflowCursor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from gateway.db.search_words import Filter

PAGE = 50
_TAIL_ROWS = 500
_TAIL_STEPS = 20
_BLOCKS = 64
_FIRST_BLOCKS = 4
"""Blocks read at once: few at first, because of a common word one is enough."""

_BLOCK_STEPS = 64
_ROWS = 1_000
"""Most candidates read at once, after the first page of them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Decisions that fit, newest first, and where the pages beside this one begin."""

    rows: list[LogEntry]
    older: int | None
    """`before` of the next page; None when there is none. A page may hold less than it could, and
    still be followed by others: looking has bounds."""

    newer: int | None
    """`after` of the page before; None when there is none."""


def search(session: Session, wanted: Filter, limit: int = PAGE) -> Page:
    """One page of the decisions that fit."""
    back = wanted.after is not None and wanted.before is None
    hunt = _Hunt(session, wanted, ascending=back)
    found = list(islice(hunt.rows(), limit + 1))
    further = found[limit - 1].sequence if len(found) > limit else hunt.reached
    rows = found[:limit]
    if back:
        rows.reverse()
        return Page(rows, rows[-1].sequence if rows else None, further)
    first_page = wanted.before is None
    return Page(rows, further, None if first_page or not rows else rows[0].sequence)


def decisions(session: Session, wanted: Filter, limit: int = PAGE) -> list[LogEntry]:
    """The newest decisions that fit."""
    return search(session, wanted, limit).rows


class _Hunt:
    """Looks for decisions in one direction, as far as its bounds let it."""

    def __init__(self, session: Session, wanted: Filter, *, ascending: bool) -> None:
        self._session = session
        self._wanted = wanted
        self._ascending = ascending
        self._words = wanted.words()
        following = session.scalar(
            select(OutflowCursor.following).where(OutflowCursor.sink == INDEXER)
        )
        self._indexed = following or 0
        """Where the part begins that has not been indexed yet."""

        self._columns = [
            (column, value)
            for column, value in (
                (LogEntry.effect, wanted.effect),
                (LogEntry.model, wanted.model),
                (LogEntry.principal, wanted.principal),
            )
            if value
        ]
        self._low = 0 if wanted.after is None else wanted.after + 1
        self._high = wanted.before
        self.reached: int | None = None
        """The position where it stopped looking; None when it came to the end."""

    def rows(self) -> Iterator[LogEntry]:
        """Decisions that fit, in order."""
        parts = (self._blocks, self._tail) if self._ascending else (self._tail, self._blocks)
        for part in parts:
            yield from part()
            if self.reached is not None:
                return

    def _tail(self) -> Iterator[LogEntry]:
        """Those not indexed yet: looked at one by one."""
        low, high = max(self._low, self._indexed), self._high
        for _ in range(_TAIL_STEPS):
            query = self._query().where(LogEntry.sequence >= low).limit(_TAIL_ROWS)
            if high is not None:
                query = query.where(LogEntry.sequence < high)
            for column, value in self._columns:
                query = query.where(column == value)
            rows = list(self._session.scalars(query))
            yield from self._fitting(rows)
            if len(rows) < _TAIL_ROWS:
                return
            if self._ascending:
                low = rows[-1].sequence + 1
            else:
                high = rows[-1].sequence
        self.reached = rows[-1].sequence

    def _fitting(self, rows: Sequence[LogEntry]) -> Iterator[LogEntry]:
        # A cost asked for is looked up among the indexed only: prices are the indexer's.
        asked = [row.exchange_id for row in rows] if self._wanted.finding else []
        ends = outcomes(self._session, asked) if asked else {}
        for row in rows:
            found = search_words.of_decision(orjson.loads(row.canonical))
            end = ends.get(row.exchange_id)
            if end is not None:
                found |= search_words.of_outcome(orjson.loads(end.canonical), 0)
            if found >= self._words:
                yield row

    def _blocks(self) -> Iterator[LogEntry]:
        """Those that are indexed: block by block."""
        high = self._indexed if self._high is None else min(self._high, self._indexed)
        first, last = self._low // postings.BLOCK, (high - 1) // postings.BLOCK
        if self._wanted.since is not None or self._wanted.until is not None:
            period = postings.blocks_between(self._session, self._wanted.since, self._wanted.until)
            if period is None:
                return
            first, last = max(first, period[0]), min(last, period[1])
        limit = min(_FIRST_BLOCKS, _BLOCKS)
        for _ in range(_BLOCK_STEPS):
            if first > last:
                return
            found = postings.matching(
                self._session, self._words, since=self._wanted.since, until=self._wanted.until,
                blocks=(first, last), ascending=self._ascending, limit=limit,
            )  # fmt: skip
            places = (
                block * postings.BLOCK + at
                for block, bits in found
                for at in postings.offsets(bits(), ascending=self._ascending)
            )
            yield from self._at(at for at in places if self._low <= at < high)
            if len(found) < limit:
                return
            limit = _BLOCKS
            if self._ascending:
                first = found[-1][0] + 1
            else:
                last = found[-1][0] - 1
        self.reached = (
            first * postings.BLOCK - 1 if self._ascending else (last + 1) * postings.BLOCK
        )

    def _at(self, places: Iterator[int]) -> Iterator[LogEntry]:
        """The entries at these places; what the times do not fit is left out."""
        for size in chain([PAGE + 1], repeat(_ROWS)):
            some = list(islice(places, size))
            if not some:
                return
            yield from self._session.scalars(self._query().where(LogEntry.sequence.in_(some)))

    def _query(self) -> Select[LogEntry]:
        order = LogEntry.sequence if self._ascending else LogEntry.sequence.desc()
        query = select(LogEntry).where(LogEntry.kind == "decision").order_by(order)
        if not self._wanted.restricted:
            query = query.where(unrestricted(LogEntry.principal))
        if self._wanted.since is not None:
            query = query.where(LogEntry.recorded_at >= self._wanted.since)
        if self._wanted.until is not None:
            query = query.where(LogEntry.recorded_at < self._wanted.until)
        return query


def outcomes(session: Session, exchange_ids: list[str]) -> dict[str, LogEntry]:
    """The outcomes of these exchanges, by exchange."""
    # The kind is not asked for: SQLite would then read every outcome of the log for these few.
    rows = session.scalars(select(LogEntry).where(LogEntry.exchange_id.in_(exchange_ids)))
    return {row.exchange_id: row for row in rows if row.kind == "outcome"}


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


def refusals(session: Session, since: datetime) -> dict[str, int]:
    """How many refusals since then, by the rules that objected (``,IP-01,IP-02,``)."""
    rows = session.execute(
        select(LogEntry.rules, func.count())
        .where(LogEntry.recorded_at >= since, LogEntry.kind == "decision")
        .where(LogEntry.effect == "deny", unrestricted(LogEntry.principal))
        .group_by(LogEntry.rules)
    )
    return {rules: int(number) for rules, number in rows}


def size(session: Session) -> int:
    """How many entries the log has."""
    return session.scalar(select(LogHead.size)) or 0


def checkpoints(session: Session, limit: int = 10) -> list[Checkpoint]:
    """The newest checkpoints."""
    return list(session.scalars(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(limit)))


def changes(session: Session, limit: int = 20) -> list[LogEntry]:
    """The newest entries about administration and reading."""
    # One question for each kind: of both at once SQLite would read the whole log for them.
    found = [
        row
        for kind in ("administration", "reading")
        for row in session.scalars(
            select(LogEntry)
            .where(LogEntry.kind == kind, SPARSE, unrestricted(LogEntry.principal))
            .order_by(LogEntry.sequence.desc())
            .limit(limit)
        )
    ]
    return sorted(found, key=lambda row: row.sequence, reverse=True)[:limit]
