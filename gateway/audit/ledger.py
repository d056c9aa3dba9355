"""The decision log's one writer in this process: durable, contiguous, grouped (promise P1).

Callers hand an entry over and wait until it is on disk. One thread takes whatever
is waiting, and writes it in one transaction per tenant: it locks the tenant's
head, gives each entry the next position, hashes it into the tree, and commits.
Nobody waits for a timer; while one commit runs, the next group gathers.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from gateway.audit.doubts import Doubt, Doubts
from gateway.audit.entries import question_digest
from gateway.audit.tail import HeadForged, Tail, hashed
from gateway.db import log_plain, log_tables
from gateway.db.decision_log import REFRESHED
from gateway.db.log_group import Group, NotOpen, Refused
from gateway.errors import AuditUnavailable, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from gateway.audit.entries import Entry
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)
_GROUP = 512
_WAITING = 10_000
_KNOWN_INPUTS = 4_096
_PROBE_SECONDS = 1.0
_DOUBT_SECONDS = 0.5


class _Waiting:
    """One entry on its way to the disk, and what became of it; two threads look at it."""

    __slots__ = (
        "_done", "_lock", "_state", "entry", "error", "leaf", "policy_input", "sequence", "tenant",
    )  # fmt: skip

    def __init__(self, tenant: TenantId, entry: Entry, policy_input: bytes | None) -> None:
        self.tenant = tenant
        self.entry = entry
        self.policy_input = policy_input
        self.sequence = -1
        """The place it was given, be it durable there or not."""

        self.leaf = b""
        self.error: Exception | None = None
        # Released when it is done: a bare lock wakes its one waiter for a third of an event's cost.
        self._done = Lock()
        self._done.acquire()
        self._lock = Lock()
        self._state = "waiting"

    def wait(self, seconds: float) -> bool:
        """Wait until the writer is done with it; False when it was not in that time."""
        return self._done.acquire(timeout=seconds)

    def take(self) -> bool:
        """The writer takes it up; False when the caller has given up before."""
        with self._lock:
            if self._state == "given up":
                return False
            self._state = "taken"
            return True

    def give_up(self) -> bool:
        """The caller waits no longer; False when it has ended just now."""
        with self._lock:
            if self._state == "ended":
                return False
            self._state = "given up"
            return True

    def end(self, error: Exception | None = None) -> bool:
        """The writer is done with it; False when nobody waits for it any more."""
        with self._lock:
            awaited = self._state == "taken"
            self._state, self.error = "ended", error
        self._done.release()
        return awaited


class Ledger:
    """Appends to the tenants' decision logs."""

    def __init__(
        self,
        database: Database,
        secret: RootSecret,
        clock: Clock,
        worker_id: UUID,
        record_seconds: float = 10.0,
    ) -> None:
        """`record_seconds` is how long a caller waits for its entry to be durable."""
        self._tail = Tail(secret)
        self._writer = log_plain.writer(database, worker_id)
        self._sizes: dict[TenantId, int] = {}
        self._patience = record_seconds / 2
        self._doubts = Doubts(self._writer, self._tail, clock, self._patience)
        self._busy_since: float | None = None
        self._failing: set[TenantId] = set()
        self._database = database
        self._clock = clock
        self._worker_id = worker_id
        self._record_seconds = record_seconds
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._known_inputs: OrderedDict[tuple[UUID, bytes], datetime] = OrderedDict()
        self._thread: Thread | None = None
        self._stopping = False
        self._probe_lock = Lock()
        self._probed: tuple[float, bool] = (float("-inf"), False)

    def start(self) -> None:
        """Start the writer; after a fork, in the child."""
        self._stopping = False
        self._thread = Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end the writer."""
        self._stopping = True
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(self._record_seconds)

    def record_decision(self, tenant: TenantId, entry: Entry, policy_input: bytes) -> int:
        """Make a decision durable and return its position in the log.

        `policy_input` is what was asked; it is kept once per distinct question. A permit is
        remembered as open until its outcome is recorded.

        Raises:
            AuditUnavailable: it is not durable. The caller must act as if there were no permit.
        """
        return self._record(_Waiting(tenant, entry, policy_input))

    def record_outcome(self, tenant: TenantId, entry: Entry) -> int:
        """Make an outcome durable, close its exchange, and return its position.

        Raises:
            AuditUnavailable: it is not durable. The caller must release nothing.
        """
        return self._record(_Waiting(tenant, entry, None))

    def record_event(self, tenant: TenantId, entry: Entry) -> int:
        """Make any other entry durable and return its position.

        Raises:
            AuditUnavailable: it is not durable.
        """
        return self._record(_Waiting(tenant, entry, None))

    def elsewhere(self, entry: Entry, *, durable: bool | None) -> None:
        """See `gateway.audit.doubts.Doubts.elsewhere`."""
        self._doubts.elsewhere(entry, durable=durable)

    def writable(self) -> bool:
        """Whether an entry could be recorded now: a real write, at most once a second.

        False as well while the writer hangs, and while a correction is owed.
        """
        with self._probe_lock:
            now = self._clock.monotonic()
            at, result = self._probed
            if now - at < _PROBE_SECONDS:
                return result
            alive = self._thread is not None and self._thread.is_alive()
            busy = self._busy_since
            hangs = busy is not None and now - busy > self._record_seconds
            result = alive and not hangs and not self._doubts and self._probe()
            self._probed = (self._clock.monotonic(), result)
            return result

    def _probe(self) -> bool:
        try:
            with self._database.connection(None, write=True) as connection:
                log_tables.worker_seen(connection, self._worker_id, self._clock.now())
            # Where a write failed, only a lock that is given again says that it is over: with
            # readiness red no request will come and try.
            for tenant in tuple(self._failing):
                with self._database.connection(
                    tenant, write=True, patience=_PROBE_SECONDS / 2
                ) as connection:
                    log_tables.lock_head(connection, tenant)
                self._failing.discard(tenant)
        except StorageUnavailable:
            return False
        return True

    def _record(self, waiting: _Waiting) -> int:
        if self._stopping or self._thread is None or self._queue.qsize() >= _WAITING:
            raise AuditUnavailable
        self._queue.put(waiting)
        # Whoever gives up may still have its entry written: the writer then corrects it.
        if not waiting.wait(self._record_seconds) and waiting.give_up():
            raise AuditUnavailable
        if waiting.error is not None:
            raise AuditUnavailable from waiting.error
        return waiting.sequence

    def _run(self) -> None:
        try:
            self._write_until_stopped()
        finally:
            self._writer.close()

    def _write_until_stopped(self) -> None:
        ended = False
        while not ended:
            try:
                first = self._queue.get(timeout=_DOUBT_SECONDS if self._doubts else None)
            except Empty:
                self._settle_doubts()
                continue
            group, ended = self._gather(first)
            by_tenant: dict[TenantId, list[_Waiting]] = defaultdict(list)
            for waiting in group:
                if waiting.take():
                    by_tenant[waiting.tenant].append(waiting)
            for tenant, batch in by_tenant.items():
                self._commit(tenant, batch)
            self._settle_doubts()

    def _gather(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        group: list[_Waiting] = []
        following = first
        while following is not None:
            group.append(following)
            if len(group) == _GROUP:
                return group, False
            try:
                following = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _commit(self, tenant: TenantId, batch: list[_Waiting]) -> None:
        """Write one tenant's group. If it fails as a group, each entry is tried by itself."""
        error, unsure = self._attempt(partial(self._write, tenant, batch)), False
        if error is not None:
            sent = any(waiting.sequence >= 0 for waiting in batch)
            unsure = sent and not isinstance(error, NotOpen | Refused)
            unavailable = isinstance(error, StorageUnavailable)
            if len(batch) > 1 and not (unsure or unavailable):
                for waiting in batch:
                    self._commit(tenant, [waiting])
                return
            _LOG.error("decision log not written", exc_info=error)
            if unavailable:
                self._failing.add(tenant)
        for waiting in batch:
            awaited = waiting.end(error)
            # Written though nobody waits for it, or perhaps written though an error came back.
            if waiting.sequence >= 0 and (not awaited or unsure):
                self._doubts.add(Doubt(tenant, waiting.entry, waiting.sequence, waiting.leaf))

    def _settle_doubts(self) -> None:
        if self._doubts:
            error = self._attempt(self._doubts.settle)
            if error is not None:
                _LOG.warning("a correction is still owed", exc_info=error)

    def _attempt(self, work: Callable[[], None]) -> Exception | None:
        """Do what needs the database; what went wrong is returned, for whoever waits."""
        self._busy_since = self._clock.monotonic()
        try:
            work()
        # A failure must reach the callers that wait, or they would hang: nothing is swallowed.
        except Exception as error:  # noqa: BLE001 - handed to every waiting caller
            return error
        finally:
            self._busy_since = None
        return None

    def _write(self, tenant: TenantId, batch: list[_Waiting]) -> None:
        """One transaction for one tenant's group: entries, tree, questions, open exchanges."""
        for waiting in batch:
            waiting.sequence = -1
        # Before the lock is held: other workers wait for it.
        lines = hashed(tenant, [waiting.entry for waiting in batch])
        inputs = self._new_inputs(tenant, batch)
        with self._writer.locked(tenant, self._patience) as log:
            placed = self._tail.place(tenant, log.head, lines)
            if placed.first < self._sizes.get(tenant, 0):
                raise HeadForged(f"{tenant}: the log has become shorter")
            # From here on it may be durable, whatever the commit says.
            for sequence, (waiting, line) in enumerate(
                zip(batch, lines, strict=True), placed.first
            ):
                waiting.sequence, waiting.leaf = sequence, line.leaf_hash
            log.write(Group(placed.first, lines, placed.head, inputs))
        self._sizes[tenant] = placed.frontier.size
        self._failing.discard(tenant)
        if inputs:
            self._remember_inputs(tenant, inputs, batch)

    def _new_inputs(self, tenant: TenantId, batch: list[_Waiting]) -> dict[bytes, bytes]:
        """Each distinct question by its digest, without the ones noted lately."""
        found: dict[bytes, bytes] = {}
        for waiting in batch:
            if waiting.policy_input is not None:
                digest = question_digest(waiting.policy_input)
                noted = self._known_inputs.get((tenant, digest))
                if noted is None or waiting.entry.at - noted >= REFRESHED:
                    found[digest] = waiting.policy_input
        return found

    def _remember_inputs(
        self, tenant: TenantId, digests: Iterable[bytes], batch: list[_Waiting]
    ) -> None:
        # The oldest of them: it may be noted once too often, and never too seldom.
        at = min(waiting.entry.at for waiting in batch)
        for digest in digests:
            self._known_inputs[(tenant, digest)] = at
        while len(self._known_inputs) > _KNOWN_INPUTS:
            self._known_inputs.popitem(last=False)
