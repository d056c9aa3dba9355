"""The decision log's one writer in this process: durable, contiguous, grouped (promise P1).

Callers hand an entry over and wait until it is on disk. One thread takes whatever
is waiting, and writes it in one transaction per tenant: it locks the tenant's
head, gives each entry the next position, hashes it into the tree, and commits.
Nobody waits for a timer; while one commit runs, the next group gathers.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict, defaultdict
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from gateway.audit import tree
from gateway.db import log_tables
from gateway.errors import AuditUnavailable, StorageUnavailable

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from gateway.audit.entries import Entry
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)
_GROUP = 512
_WAITING = 10_000
_KNOWN_INPUTS = 4_096
_PROBE_SECONDS = 1.0


class NotOpen(Exception):
    """An outcome for an exchange that is not open: it has one already, or never had a decision."""


class _Waiting:
    """One entry on its way to the disk."""

    __slots__ = ("_lock", "_state", "done", "entry", "error", "policy_input", "sequence", "tenant")

    def __init__(self, tenant: TenantId, entry: Entry, policy_input: bytes | None) -> None:
        self.tenant = tenant
        self.entry = entry
        self.policy_input = policy_input
        self.sequence = -1
        self.error: BaseException | None = None
        self.done = Event()
        self._lock = Lock()
        self._state = "waiting"

    def take(self) -> bool:
        """The writer takes it up; False when the caller has given up before."""
        return self._move("waiting", "taken")

    def withdraw(self) -> bool:
        """The caller gives up; False when the writer already has it in hand."""
        return self._move("waiting", "withdrawn")

    def _move(self, expected: str, state: str) -> bool:
        with self._lock:
            if self._state != expected:
                return False
            self._state = state
            return True


class Ledger:
    """Appends to the tenants' decision logs."""

    def __init__(
        self, database: Database, clock: Clock, worker_id: UUID, record_seconds: float = 10.0
    ) -> None:
        """`record_seconds` is how long a caller waits for its entry to be durable."""
        self._database = database
        self._clock = clock
        self._worker_id = worker_id
        self._record_seconds = record_seconds
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._known_inputs: OrderedDict[tuple[UUID, bytes], None] = OrderedDict()
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

    def writable(self) -> bool:
        """Whether an entry could be recorded now: a real write, at most once a second."""
        with self._probe_lock:
            at, result = self._probed
            if self._clock.monotonic() - at < _PROBE_SECONDS:
                return result
            alive = self._thread is not None and self._thread.is_alive()
            result = alive and self._probe()
            self._probed = (self._clock.monotonic(), result)
            return result

    def _probe(self) -> bool:
        try:
            with self._database.connection(None, write=True) as connection:
                log_tables.worker_seen(connection, self._worker_id, self._clock.now())
        except StorageUnavailable:
            return False
        return True

    def _record(self, waiting: _Waiting) -> int:
        if self._stopping or self._thread is None or self._queue.qsize() >= _WAITING:
            raise AuditUnavailable
        self._queue.put(waiting)
        if not waiting.done.wait(self._record_seconds) and waiting.withdraw():
            raise AuditUnavailable
        # The writer has it in hand: a moment more tells which way it went.
        if not waiting.done.wait(self._record_seconds) or waiting.error is not None:
            raise AuditUnavailable from waiting.error
        return waiting.sequence

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, ended = self._gather(first)
            by_tenant: dict[TenantId, list[_Waiting]] = defaultdict(list)
            for waiting in group:
                if waiting.take():
                    by_tenant[waiting.tenant].append(waiting)
            for tenant, batch in by_tenant.items():
                self._commit(tenant, batch)
            if ended:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < _GROUP:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _commit(self, tenant: TenantId, batch: list[_Waiting]) -> None:
        """Write one tenant's group. If it fails as a group, each entry is tried by itself."""
        try:
            with self._database.connection(tenant, write=True) as connection:
                first = self._append(connection, tenant, batch)
                inputs = self._keep_inputs(connection, tenant, batch)
                self._mark_exchanges(connection, tenant, batch)
        # A failure must reach the callers that wait, or they would hang: nothing is swallowed.
        except Exception as error:  # noqa: BLE001 - handed to every waiting caller
            if len(batch) > 1 and not isinstance(error, StorageUnavailable):
                for waiting in batch:
                    self._commit(tenant, [waiting])
                return
            _LOG.error("decision log not written", exc_info=error)
            for waiting in batch:
                waiting.error = error
                waiting.done.set()
            return
        self._remember_inputs(tenant, inputs)
        for sequence, waiting in enumerate(batch, first):
            waiting.sequence = sequence
            waiting.done.set()

    @staticmethod
    def _append(connection: Connection, tenant: TenantId, batch: list[_Waiting]) -> int:
        """Give each entry the next place in the tree; the first place is returned."""
        size, subtrees = log_tables.lock_head(connection, tenant)
        frontier = tree.Frontier(size, subtrees)
        rows = []
        for waiting in batch:
            canonical = waiting.entry.encoded(tenant)
            leaf = tree.leaf_hash(canonical)
            rows.append(
                {
                    "tenant_id": tenant,
                    "sequence": frontier.size,
                    "kind": waiting.entry.kind,
                    "recorded_at": waiting.entry.at,
                    "exchange_id": waiting.entry.exchange_id,
                    "canonical": canonical,
                    "leaf_hash": leaf,
                    **waiting.entry.columns(),
                }
            )
            frontier.append(leaf)
        log_tables.insert_entries(connection, rows)
        log_tables.save_head(connection, tenant, frontier.size, frontier.subtrees())
        return size

    def _mark_exchanges(
        self, connection: Connection, tenant: TenantId, batch: list[_Waiting]
    ) -> None:
        """A decision opens its exchange; the outcome closes it, in the same transaction."""
        opened = [
            {
                "tenant_id": tenant,
                "exchange_id": waiting.entry.exchange_id,
                "worker_id": self._worker_id,
                "principal": waiting.entry.principal,
                "model": waiting.entry.model,
                "opened_at": waiting.entry.at,
            }
            for waiting in batch
            if waiting.entry.kind == "decision"
        ]
        closed = [waiting.entry.exchange_id for waiting in batch if waiting.entry.kind == "outcome"]
        log_tables.open_exchanges(connection, opened)
        if log_tables.close_exchanges(connection, tenant, closed) != len(closed):
            raise NotOpen

    def _keep_inputs(
        self, connection: Connection, tenant: TenantId, batch: list[_Waiting]
    ) -> list[bytes]:
        """Keep each distinct question once; the ones written lately are not written again."""
        new = {
            hashlib.sha256(waiting.policy_input).digest(): waiting.policy_input
            for waiting in batch
            if waiting.policy_input is not None
        }
        unknown = {
            digest: question
            for digest, question in new.items()
            if (tenant, digest) not in self._known_inputs
        }
        log_tables.keep_inputs(connection, tenant, unknown)
        return list(unknown)

    def _remember_inputs(self, tenant: TenantId, digests: list[bytes]) -> None:
        for digest in digests:
            self._known_inputs[(tenant, digest)] = None
        while len(self._known_inputs) > _KNOWN_INPUTS:
            self._known_inputs.popitem(last=False)
