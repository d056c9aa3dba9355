"""Going on while the database takes no entries, where a tenant has configured it.

Off by default: without it a gateway that cannot record refuses (promise P1). With it,
decisions and outcomes of the named tenants are sealed into a file on this machine and
synced before they are acted on, and put into the log, byte for byte, when the database
takes entries again. Changes and readings are never spooled: they are refused.
"""

from __future__ import annotations

import logging
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from gateway.audit.replay import Replay, Spooled
from gateway.audit.spool import Spool, SpoolDamaged, set_aside
from gateway.core.identifiers import TenantId
from gateway.db import tenants
from gateway.db.log_group import NotOpen
from gateway.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gateway.audit.entries import Entry
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.evidence_sections import SpoolSettings

_LOG = logging.getLogger(__name__)
_AT_ONCE = 5_000
"""Records read at once."""


class SpooledLedger:
    """A ledger that spools what it cannot write, for the tenants that want it."""

    def __init__(
        self, ledger: Ledger, spool: Spool, database: Database, clock: Clock, slugs: Iterable[str]
    ) -> None:
        """`slugs` are the short names of the tenants that have configured it."""
        self._ledger = ledger
        self._spool = spool
        self._database = database
        self._slugs = frozenset(slugs)
        self._tenants: frozenset[TenantId] = frozenset()
        self._replay = Replay(ledger, database, clock)
        self._lock = Lock()
        self._waiting: set[str] = set()
        """Exchanges whose decision is in the file: their outcome must come after it."""

        self._appending = 0
        self._down = False
        self._replayed = 0

    @property
    def degraded(self) -> bool:
        """Whether entries wait outside the database, or would now."""
        return self._down or bool(self._spool.size)

    @property
    def sound(self) -> bool:
        """False while there is a file that does not open; an operator must look."""
        return not self._spool.damaged

    def writable(self) -> bool:
        """Whether a decision could be recorded now, be it in the file."""
        return self._ledger.writable() or (bool(self._tenants) and self._spool.usable)

    def record_decision(self, tenant: TenantId, entry: Entry, policy_input: bytes) -> int:
        """As `Ledger.record_decision`; -1 when it is durable in the file.

        Raises:
            AuditUnavailable: it is durable nowhere.
        """

        def straight() -> int:
            return self._ledger.record_decision(tenant, entry, policy_input)

        return self._record(Spooled(tenant, entry, policy_input), straight)

    def record_outcome(self, tenant: TenantId, entry: Entry) -> int:
        """As `Ledger.record_outcome`; -1 when it is durable in the file.

        Raises:
            AuditUnavailable: it is durable nowhere.
        """

        def straight() -> int:
            return self._ledger.record_outcome(tenant, entry)

        return self._record(Spooled(tenant, entry, None), straight)

    def _record(self, item: Spooled, straight: Callable[[], int]) -> int:
        wanted = item.tenant in self._tenants
        if wanted and self._begin(item, only_following=not self._down):
            return self._spooled(item)
        try:
            return straight()
        except AuditUnavailable as error:
            # An outcome that has no open exchange would have none later either.
            if not wanted or isinstance(error.__cause__, NotOpen):
                raise
            if not self._down:
                _LOG.error("the decision log cannot be written: entries are spooled")
            self._down = True
        self._begin(item, only_following=False)
        # The ledger may have written it all the same, and must not deny what is acted on.
        self._ledger.elsewhere(item.entry, durable=None)
        durable = False
        try:
            position = self._spooled(item)
            durable = True
        finally:
            self._ledger.elsewhere(item.entry, durable=durable)
        return position

    def _begin(self, item: Spooled, *, only_following: bool) -> bool:
        """Say that `item` goes into the file; False when it need not.

        `only_following`: it need only when it is the outcome of a decision that is there.
        """
        exchange = item.entry.exchange_id
        with self._lock:
            if only_following and exchange not in self._waiting:
                return False
            self._appending += 1
            if item.entry.kind == "decision":
                self._waiting.add(exchange)
            return True

    def _spooled(self, item: Spooled) -> int:
        try:
            self._spool.append(item.packed())
        finally:
            with self._lock:
                self._appending -= 1
        return -1

    def drain(self) -> int:
        """Put what waits into the log, if it can be written; how many entries. A job calls this.

        Raises:
            AuditUnavailable, StorageUnavailable: the database is away again; the rest waits.
        """
        if not self._ledger.writable():
            return 0
        self._learn()
        return self._drain_own() + self._drain_left_behind()

    def _drain_own(self) -> int:
        count = 0
        while True:
            found, whole = _some(self._spool.records(self._replayed))
            count += self._replay.run(found)
            self._replayed += len(found)
            # Not before: that the database answers does not mean that it takes entries.
            self._down = False
            if not whole:
                self._set_aside()
            elif len(found) < _AT_ONCE:
                with self._lock:
                    if not self._appending and self._spool.clear(self._replayed):
                        self._replayed = 0
                        self._waiting.clear()
                return count

    def _set_aside(self) -> None:
        _LOG.error("this process's spool does not open and is left as it is")
        with self._lock:
            self._spool.set_aside()
            self._replayed = 0
            self._waiting.clear()

    def _drain_left_behind(self) -> int:
        count = 0
        for path, records in self._spool.left_behind():
            full, whole = True, True
            while full and whole:
                found, whole = _some(records)
                count += self._replay.run(found)
                full = len(found) == _AT_ONCE
            if whole:
                path.unlink(missing_ok=True)
            else:
                _LOG.error("a spool does not open and is left as it is: %s", path.name)
                set_aside(path)
        return count

    def _learn(self) -> None:
        """Which tenants want it, by id; a name may be given to a tenant later."""
        with self._database.directory_session() as session:
            self._tenants = frozenset(
                TenantId(item.id) for item in tenants.every(session) if item.slug in self._slugs
            )


def assemble(
    wanted: SpoolSettings | None, ledger: Ledger, database: Database, clock: Clock
) -> SpooledLedger | None:
    """The degraded mode as configured; None when it is not."""
    if wanted is None:
        return None
    spool = Spool(wanted.directory, bytes.fromhex(wanted.key), wanted.most_bytes)
    return SpooledLedger(ledger, spool, database, clock, wanted.tenants)


def _some(records: Iterator[bytes]) -> tuple[list[Spooled], bool]:
    """The next records, and False when one of them does not open: those before it do."""
    found: list[Spooled] = []
    try:
        found.extend(Spooled.unpacked(record) for record in islice(records, _AT_ONCE))
    except SpoolDamaged:
        return found, False
    return found, True
