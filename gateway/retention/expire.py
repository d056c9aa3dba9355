"""The job that takes out what is past its time, in small steps with pauses between them.

Entries of the log lose their bytes and keep their leaf hash, so that the tree and
every checkpoint stay true; a tombstone says so first. What hangs on them goes with
them: the questions no entry can refer to any more, sealed content, idle keys, ended
accounts. Legal holds win.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import field
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from gateway.audit import canonical
from gateway.core.identifiers import TenantId
from gateway.core.values import dataclass
from gateway.db import (
    batches,
    expiry,
    keeping,
    outflow_tables,
    postings,
    provider_jobs,
    rights_index,
    sealed,
    tenants,
    unmaskings,
)
from gateway.db.decision_log import SEEN_LAG
from gateway.retention import tombstones
from gateway.retention.holds import CONTENT, ENTRIES, IDENTITY, Held, settled
from gateway.retention.schedule import effective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database

TAG = b'"retain"'
"""What canonical entries of high-risk uses contain: the obligation, or that it was fulfilled."""

_KINDS = {
    "decisions": "correction",
    "administration": "administration",
    "reading": "reading",
    "unmasking": "unmasking",
}
"""What else each class holds than decisions and outcomes, which are found by their exchanges."""

_BATCH = 500
_PART = 100
"""How many entries go in one transaction; so many of a batch are spoken for together."""

_PAUSE_SECONDS = 0.05
_RESTS = 4
"""How many times as long as a step the rest after it is: requests meet one in five at most."""

_STALE = timedelta(hours=6)
_RENEWED = timedelta(hours=1)
"""How often a run says that it is still at it: a long one is not to be taken for a dead one."""

_RESTED = timedelta(hours=20)
_OLD_BATCH = timedelta(days=30)
_OLD_KEY = timedelta(hours=1)


@dataclass(slots=True)
class Report:
    """What one run took out, and what holds kept, by class."""

    removed: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Run:
    """One tenant's run."""

    tenant: TenantId
    now: datetime
    periods: Mapping[str, int]
    holds: Held
    lease: datetime
    """When it last said that it is at it."""

    lost: bool = False
    """Whether another run has taken over meanwhile."""

    report: Report = field(default_factory=Report)

    def cutoff(self, name: str) -> datetime:
        """What is older than this is past the period of the class."""
        return self.now - timedelta(days=self.periods[name])


class Expiry:
    """Runs the schedule of retention."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        erase_ended: Callable[[TenantId, UUID], bool],
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:
        """`erase_ended` erases somebody whose account ended; whether they are gone."""
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._erase_ended = erase_ended
        self._pause_seconds = pause_seconds
        self._ended = Event()

    def stop(self) -> None:
        """Let the step that is running finish, then end."""
        self._ended.set()

    def run_all(self) -> int:
        """Run for every tenant; how many things went."""
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        found = [self.run(tenant, _RESTED) for tenant in known if not self._ended.is_set()]
        return sum(report.removed.total() for report in found if report is not None)

    def run(self, tenant: TenantId, rested: timedelta = timedelta()) -> Report | None:
        """Take out what is past its time.

        None when another run is at it, has taken over, or one was at it less than `rested` ago.

        Raises:
            AuditUnavailable, StorageUnavailable: it stopped; the next run goes on.
        """
        now = self._clock.now()
        with self._database.tenant_session(tenant, write=True) as session:
            if not keeping.take_lease(
                session, tenant, now, stale=now - _STALE, rested=now - rested
            ):
                return None
            held = Held(tuple(keeping.holds(session)))
            run = _Run(tenant, now, effective(session), held, lease=now)
        for name, kind in _KINDS.items():
            if run.holds.over(ENTRIES):
                run.report.held[name] += 1
                continue
            if name == "decisions":
                self._exchanges(run)
            self._of_kind(run, name, kind)
        self._inputs(run)
        self._content(run)
        self._rest(run)
        self._accounts(run)
        if run.lost:
            return None
        with self._database.tenant_session(tenant, write=True) as session:
            last = keeping.last_run(session)
            if last is not None:
                last.finished_at = self._clock.now()
                last.removed, last.held = dict(run.report.removed), dict(run.report.held)
        return run.report

    def _exchanges(self, run: _Run) -> None:
        """Decisions and outcomes, oldest first, until they are young."""
        after = ("", 0)
        while self._goes_on(run):
            begun = self._clock.monotonic()
            with self._database.connection(run.tenant) as connection:
                rows = expiry.exchanges(connection, run.tenant, after, _BATCH)
            if not self._entries(run, "decisions", rows, begun):
                return
            after = (rows[-1].exchange_id, rows[-1].sequence)

    def _of_kind(self, run: _Run, name: str, kind: str) -> None:
        """The other entries of one class, oldest first, until they are young."""
        after = -1
        while self._goes_on(run):
            begun = self._clock.monotonic()
            with self._database.connection(run.tenant) as connection:
                rows = expiry.page(connection, run.tenant, (kind,), after, _BATCH)
            if not self._entries(run, name, rows, begun):
                return
            after = rows[-1].sequence

    def _entries(self, run: _Run, name: str, rows: Sequence[Row[Any]], begun: float) -> bool:
        """Take out which of these are due; whether there may be more of their class."""
        if not rows:
            return False
        due = sorted(self._due(run, name, rows), key=lambda row: int(row.sequence))
        if due:
            # The tombstone first: after a crash, or when stopped, the verifier finds more said
            # than done, never less.
            sequences = [row.sequence for row in due]
            said = tombstones.entries_expired(self._clock.now(), name, sequences)
            self._ledger.record_event(run.tenant, said)
        self._rest_from(begun)
        for at in range(0, len(due), _PART):
            if self._ended.is_set():
                return False
            self._part(run, name, due[at : at + _PART])
        also = ("high_risk",) if name == "decisions" else ()
        newest = max(run.cutoff(item) for item in (name, *also))
        # Positions and ids follow time but for the length of a request: a day is plenty.
        return bool(rows[0].recorded_at <= newest + timedelta(days=1))

    def _goes_on(self, run: _Run) -> bool:
        """Whether the run takes another step; now and then it says that it is still at it."""
        now = self._clock.now()
        if not run.lost and now - run.lease >= _RENEWED:
            with self._database.tenant_session(run.tenant, write=True) as session:
                run.lost = not keeping.renew_lease(session, run.lease, now)
            run.lease = now
        return not run.lost and not self._ended.is_set()

    @contextmanager
    def _deleting(self, run: _Run) -> Iterator[Session]:
        """A transaction that deletes, with what is held by now: a run may take hours."""
        with self._database.tenant_session(run.tenant, write=True) as session:
            run.holds = settled(session, run.tenant)
            yield session

    def _rest_from(self, begun: float) -> None:
        """Rest longer than the work since then took: the busier the machine, the longer."""
        spent = self._clock.monotonic() - begun
        self._ended.wait(max(self._pause_seconds, spent * _RESTS))

    @staticmethod
    def _free(run: _Run, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Those that no hold keeps."""
        if run.holds.over(ENTRIES):
            return []
        held = run.holds.pseudonyms(ENTRIES)
        return [row for row in rows if row.principal not in held]

    def _due(self, run: _Run, name: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Those past their period that nothing holds."""
        past = [row for row in rows if _past(run, name, row)]
        due = self._free(run, past)
        run.report.held[name] += len(past) - len(due)
        return due

    def _part(self, run: _Run, name: str, due: Sequence[Row[Any]]) -> None:
        """Take these entries out but for what has been held since, and rest."""
        begun = self._clock.monotonic()
        with self._deleting(run) as session:
            connection, past = session.connection(), len(due)
            due = self._free(run, due)
            run.report.held[name] += past - len(due)
            sequences = [row.sequence for row in due]
            # What a crash brings back, the next run takes out: requests need not wait for a disk.
            expiry.unhurried(connection)
            rights = [
                (row.exchange_id, record, row.recorded_at)
                for row in due
                if (record := _rights(row)) is not None
            ]
            expiry.keep_rights(connection, run.tenant, rights)
            rights_index.forget_names(connection, run.tenant, [row[0] for row in rights])
            # What finds them waits for the indexer, which must not note again what goes here.
            outflow_tables.lock(connection, run.tenant, outflow_tables.INDEXER, wait=True)
            expiry.blank(connection, run.tenant, sequences)
            people = {row.principal for row in due}
            postings.take_out(connection, run.tenant, sequences, people)
        run.report.removed[name] += len(due)
        self._rest_from(begun)

    def _inputs(self, run: _Run) -> None:
        """Questions that no entry can refer to any more, whichever run took the entries out.

        A hold on entries, be it one person's, keeps them all: what they are of is not known.
        """
        before = min(run.cutoff("decisions"), run.cutoff("high_risk")) - SEEN_LAG
        step = _PART
        while step and self._goes_on(run):
            begun = self._clock.monotonic()
            with self._deleting(run) as session:
                if run.holds.over(ENTRIES) or run.holds.pseudonyms(ENTRIES):
                    run.report.held["questions"] += 1
                    return
                connection = session.connection()
                expiry.unhurried(connection)
                step = expiry.forget_inputs(connection, run.tenant, before, _PART)
            run.report.removed["questions"] += step
            if step:
                self._rest_from(begun)

    def _content(self, run: _Run) -> None:
        """Sealed content past its time, and keys that seal nothing any more."""
        count, keys, step = 0, 0, _BATCH
        while step == _BATCH and not self._ended.is_set():
            with self._deleting(run) as session:
                if run.holds.over(CONTENT):
                    run.report.held["content"] += 1
                    break
                step = sealed.expire(session, run.now, run.holds.people(CONTENT), _BATCH)
            count += step
            self._ended.wait(self._pause_seconds if step == _BATCH else 0)
        with self._deleting(run) as session:
            if not run.holds.over(CONTENT):
                keys = self._idle(run, session)
        run.report.removed["content"] += count
        run.report.removed["keys"] += keys
        if count or keys:
            entry = tombstones.gone(self._clock.now(), "content.expired", "content", count + keys)
            self._ledger.record_event(run.tenant, entry)

    @staticmethod
    def _idle(run: _Run, session: Session) -> int:
        """Delete what is known of old jobs and batches, and keys without a use; how many keys."""
        held = run.holds.people(CONTENT)
        provider_jobs.expire(session, run.now, held, _BATCH)
        batches.expire(session, run.now - _OLD_BATCH, held)
        above = sealed.tenant_keys(session)
        keys = sealed.destroy_idle_keys(session, run.now - timedelta(days=1), held)
        if above and above[0].created_at < run.now - _OLD_KEY:
            sealed.forget_tenant_keys(session, above[0].version)
        return keys

    def _rest(self, run: _Run) -> None:
        """Requests to lift pseudonyms, and rights records, past their time."""
        with self._deleting(run) as session:
            if run.holds.over(ENTRIES):
                return
            asked = unmaskings.forget_before(session, run.cutoff("unmasking"))
            rights = keeping.forget_rights_before(session, run.cutoff("rights"))
            rights_index.forget_before(session, run.cutoff("rights"))
        run.report.removed["unmasking"] += asked
        run.report.removed["rights"] += rights
        if asked + rights:
            entry = tombstones.gone(self._clock.now(), "records.expired", "rights", asked + rights)
            self._ledger.record_event(run.tenant, entry)

    def _accounts(self, run: _Run) -> None:
        """Who a pseudonym is, of accounts that ended long enough ago."""
        with self._database.tenant_session(run.tenant, write=True) as session:
            keeping.note_account_ends(session, run.tenant, run.now)
            ended = keeping.accounts_ended_before(session, run.cutoff("identity"))
        for principal in ended:
            if self._ended.is_set():
                return
            if run.holds.over(IDENTITY, principal):
                run.report.held["identity"] += 1
            elif self._erase_ended(run.tenant, principal):
                run.report.removed["identity"] += 1


def _past(run: _Run, name: str, row: Row[Any]) -> bool:
    # What a correction speaks of may be of a high-risk use, which it does not say itself.
    high = name == "decisions" and (row.kind == "correction" or TAG in bytes(row.canonical))
    return bool(row.recorded_at <= run.cutoff("high_risk" if high else name))


def _rights(row: Row[Any]) -> bytes | None:
    """The rights record in an outcome's entry, with the digests that match it to its output."""
    if row.kind != "outcome":
        return None
    said = json.loads(row.canonical)
    if not said.get("rights"):
        return None
    output = {name: said["output"][name] for name in ("digest", "delivered_digest", "labels")}
    return canonical.encode({"rights": said["rights"], "output": output, "at": said["at"]})
