"""Writing a group on PostgreSQL in two round trips."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.db import log_tables, log_wire
from gateway.db.log_group import Noted, NotOpen
from gateway.db.log_wire import NotAsMany, Wire, byte_strings, moment, moments, number, texts
from gateway.db.session import APPLICATION_ROLE
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from gateway.db.log_group import Group, Line, Locked
    from gateway.db.log_tables import HeadRow
    from gateway.db.session import Database


class PostgresWriter:
    """Two round trips. Whatever goes wrong, the connection is given up: that rolls back."""

    def __init__(self, database: Database, worker: UUID) -> None:
        """Writes to `database`; exchanges are open in the name of `worker`."""
        self._database = database
        self._worker = worker.bytes
        self._wire: Wire | None = None

    @contextmanager
    def locked(self, tenant: UUID, patience: float) -> Iterator[Locked]:
        """See `LogWriter.locked`."""
        whole = False
        try:
            wire, head = self._lock(tenant, patience)
            held = _Piped(wire, tenant, self._worker, head, patience)
            yield held
            whole = held.written
        finally:
            if not whole:
                self.close()

    def _lock(self, tenant: UUID, patience: float) -> tuple[Wire, HeadRow]:
        if self._wire is not None:
            try:
                return self._wire, _lock(self._wire, tenant, patience)
            except StorageUnavailable:
                # It broke while it was idle, and nothing was written: another may do.
                if self._wire.alive:
                    raise
                self.close()
        self._wire = Wire(self._database.driver_connection(patience), patience)
        return self._wire, _lock(self._wire, tenant, patience)

    def close(self) -> None:
        """See `LogWriter.close`."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()


def _lock(wire: Wire, tenant: UUID, patience: float) -> HeadRow:
    bound = (APPLICATION_ROLE, str(tenant), str(int(patience * 1_000)))
    wire.send("begin")
    wire.send("bind", *(value.encode() for value in bound))
    wire.send("lock", tenant.bytes)
    found = wire.answers(patience)["lock"]
    if not found.ntuples:
        wire.send("found", tenant.bytes)
        wire.send("lock", tenant.bytes)
        found = wire.answers(patience)["lock"]
    size, frontier, code = (found.get_value(0, column) or b"" for column in range(3))
    return int.from_bytes(size, "big"), frontier, code


class _Piped:
    """See `Locked`."""

    def __init__(
        self, wire: Wire, tenant: UUID, worker: bytes, head: HeadRow, patience: float
    ) -> None:
        self._wire, self._tenant, self._worker, self.head = wire, tenant.bytes, worker, head
        self._patience = patience
        self.written = False

    def write(self, group: Group) -> None:
        """See `Locked.write`."""
        wire, tenant = self._wire, self._tenant
        self._entries(group)
        size, frontier, code = group.head
        wire.send("head", tenant, number(size), frontier, code)
        if group.inputs:
            digests, questions = byte_strings(group.inputs), byte_strings(group.inputs.values())
            wire.send("inputs", tenant, digests, questions, moment(group.newest))
        if opened := group.of("decision"):
            self._open(opened)
        if closed := group.of("outcome"):
            exchanges = texts(line.exchange_id for line in closed)
            wire.send("close", tenant, exchanges, number(len(closed)))
        if group.orphaned:
            wire.send("orphan", tenant, log_tables.NOBODY.bytes, texts(group.orphaned))
        wire.send("commit")
        try:
            wire.answers(self._patience)
        except NotAsMany as error:
            raise NotOpen from error
        self.written = True

    def said(self, sequence: int, exchange_id: str) -> list[Noted]:
        """See `Locked.said`."""
        self._wire.send("said", self._tenant, number(sequence), exchange_id.encode())
        found = self._wire.answers(self._patience)["said"]
        rows = (
            [found.get_value(row, at) or b"" for at in range(3)] for row in range(found.ntuples)
        )
        return [Noted(int.from_bytes(at, "big"), leaf, text.decode()) for at, leaf, text in rows]

    def _entries(self, group: Group) -> None:
        lines = group.lines
        self._wire.send(
            "entries", self._tenant, number(group.first),
            texts(line.kind for line in lines),
            moments(line.recorded_at for line in lines),
            texts(line.exchange_id for line in lines),
            byte_strings(line.canonical for line in lines),
            byte_strings(line.leaf_hash for line in lines),
            *(texts(getattr(line, name) for line in lines) for name in log_wire.SEARCHED),
        )  # fmt: skip

    def _open(self, lines: Sequence[Line]) -> None:
        self._wire.send(
            "open", self._tenant, self._worker,
            texts(line.exchange_id for line in lines),
            texts(line.principal for line in lines),
            texts(line.model for line in lines),
            moments(line.recorded_at for line in lines),
        )  # fmt: skip
