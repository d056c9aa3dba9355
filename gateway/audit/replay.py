"""Putting spooled entries into the log, each exactly once, with the bytes they had."""

from __future__ import annotations

import base64
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from gateway.audit import tree
from gateway.audit.entries import Entry, administration
from gateway.core.identifiers import TenantId
from gateway.core.values import dataclass
from gateway.db import outflow_tables
from gateway.db.log_group import NotOpen
from gateway.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database

_CHUNK = 256
_THREADS = 16
"""So many entries are handed over at once, so that the ledger writes them in groups."""

_COLUMNS = ("effect", "status", "model", "principal")
_AROUND = ("v", "kind", "tenant", "at", "exchange", "rules", *_COLUMNS)


@dataclass(frozen=True, slots=True)
class Spooled:
    """One entry in the file."""

    tenant: TenantId
    entry: Entry
    question: bytes | None
    """What the policy was asked, for a decision."""

    def packed(self) -> bytes:
        """The record.

        Raises:
            AuditUnavailable: the entry cannot be written canonically, here or in the log.
        """
        try:
            canonical = self.entry.encoded(self.tenant)
        except ValueError as error:
            raise AuditUnavailable from error
        question = self.question and base64.b64encode(self.question).decode()
        return orjson.dumps({"entry": canonical.decode(), "question": question})

    @classmethod
    def unpacked(cls, record: bytes) -> Spooled:
        """The inverse: an entry whose canonical bytes are those that were packed."""
        outer = orjson.loads(record)
        said: dict[str, Any] = orjson.loads(outer["entry"])
        entry = Entry(
            kind=said["kind"],
            at=datetime.fromisoformat(said["at"]),
            document={name: value for name, value in said.items() if name not in _AROUND},
            exchange_id=said["exchange"],
            rules=tuple(rule for rule in said["rules"].split(",") if rule),
            **{name: said[name] for name in _COLUMNS},
        )
        question = outer["question"]
        return cls(
            TenantId(UUID(said["tenant"])), entry, base64.b64decode(question) if question else None
        )


class Replay:
    """Hands spooled entries to the ledger."""

    def __init__(self, ledger: Ledger, database: Database, clock: Clock) -> None:
        """Entries go to `ledger`; what is there already is looked up in `database`."""
        self._ledger = ledger
        self._database = database
        self._clock = clock

    def run(self, items: Sequence[Spooled]) -> int:
        """Record every entry that the log does not have yet; how many it was given.

        Raises:
            AuditUnavailable, StorageUnavailable: it stopped; running it again goes on.
        """
        by_tenant: dict[TenantId, list[Spooled]] = defaultdict(list)
        for item in items:
            by_tenant[item.tenant].append(item)
        return sum(self._tenant(tenant, found) for tenant, found in by_tenant.items())

    def _tenant(self, tenant: TenantId, items: Sequence[Spooled]) -> int:
        # Itself evidence of the outage; and once it is durable, nothing that the writer had in
        # hand before can still become so after we have looked.
        entry = administration(
            self._clock.now(), "gateway", "spool.drained", "", entries=len(items)
        )
        self._ledger.record_event(tenant, entry)
        count = 0
        with ThreadPoolExecutor(_THREADS, "replay") as threads:
            for at in range(0, len(items), _CHUNK):
                chunk = items[at : at + _CHUNK]
                known = self._known(tenant, chunk)
                # Decisions first: no outcome stands before its decision in the file.
                for kind in ("decision", "outcome"):
                    some = [item for item in chunk if item.entry.kind == kind]
                    count += sum(threads.map(self._one, some, repeat(known)))
        return count

    def _known(self, tenant: TenantId, chunk: Sequence[Spooled]) -> dict[tuple[str, str], bytes]:
        with self._database.connection(tenant) as connection:
            return outflow_tables.leaves_about(
                connection, tenant, [item.entry.exchange_id for item in chunk]
            )

    def _one(self, item: Spooled, known: dict[tuple[str, str], bytes]) -> int:
        entry, tenant = item.entry, item.tenant
        leaf = known.get((entry.exchange_id, entry.kind))
        if leaf is not None and leaf == tree.leaf_hash(entry.encoded(tenant)):
            return 0
        if entry.kind == "decision":
            if leaf is None:
                self._ledger.record_decision(tenant, entry, item.question or b"")
            return int(leaf is None)
        try:
            self._ledger.record_outcome(tenant, entry)
        except AuditUnavailable as error:
            if not isinstance(error.__cause__, NotOpen):
                raise
            self._late(item)
        return 1

    def _late(self, item: Spooled) -> None:
        """Another worker has closed the exchange meanwhile: what really happened is said too."""
        said = item.entry.encoded(item.tenant).decode()
        entry = administration(
            self._clock.now(), "gateway", "outcome.late", item.entry.exchange_id, outcome=said
        )
        self._ledger.record_event(item.tenant, entry)
