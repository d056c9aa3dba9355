"""Writing a group on SQLite, and which way a database has; the other is `gateway.db.log_postgres`.

The statements go to the driver as they stand here: through SQLAlchemy each costs several
times what the database takes. There are as many of them for a group as for one entry.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from gateway.db.base import spelled
from gateway.db.decision_log import REFRESHED
from gateway.db.log_group import Line, Noted, NotOpen, Refused
from gateway.db.log_tables import NOBODY
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from gateway.db.log_group import Group, Locked, LogWriter
    from gateway.db.session import Database

_PRIMARY = 0xFF
"""The part of SQLite's code that says what is wrong; the rest says more of it."""

_AT_ONCE = 16
"""Entries of one statement: a statement is compiled once for each number of them."""

STATEMENTS = {
    "begin": "BEGIN IMMEDIATE",
    "lock": "SELECT size, frontier, code FROM log_head WHERE tenant_id = ?",
    "found": "INSERT INTO log_head (tenant_id, size, frontier, code) VALUES (?, 0, x'', x'')",
    "head": "UPDATE log_head SET size = ?, frontier = ?, code = ? WHERE tenant_id = ?",
    "input": "INSERT INTO policy_input (tenant_id, digest, canonical, seen_at) "
    "VALUES (?, ?, ?, ?) ON CONFLICT (tenant_id, digest) DO UPDATE "
    "SET seen_at = excluded.seen_at WHERE policy_input.seen_at < ?",
    # What is added is what stands from the group's first place on.
    "open": "INSERT INTO open_exchange "
    "(worker_id, tenant_id, exchange_id, principal, model, opened_at) "
    "SELECT ?, tenant_id, exchange_id, principal, model, recorded_at FROM log_entry "
    "WHERE tenant_id = ? AND sequence >= ? AND kind = 'decision'",
    "close": "DELETE FROM open_exchange WHERE tenant_id = ? AND exchange_id IN "
    "(SELECT exchange_id FROM log_entry WHERE tenant_id = ? AND sequence >= ? "
    "AND kind = 'outcome')",
    "orphan": "UPDATE open_exchange SET worker_id = ? WHERE tenant_id = ? AND exchange_id = ?",
    "said": "SELECT sequence, leaf_hash, status FROM log_entry "
    "WHERE tenant_id = ? AND sequence = ? UNION ALL "
    "SELECT sequence, leaf_hash, status FROM log_entry "
    "WHERE tenant_id = ? AND exchange_id = ? AND exchange_id <> ''",
    "commit": "COMMIT",
}
"""What is sent, by name. The tables and their columns are those of `gateway.db.decision_log`."""


def writer(database: Database, worker: UUID) -> LogWriter:
    """A writer for one thread of that worker; nothing is connected before its first lock."""
    if database.sqlite:
        return PlainWriter(database, worker)
    # Here, because PostgreSQL's driver takes 9 MB.
    from gateway.db.log_postgres import PostgresWriter  # noqa: PLC0415

    return PostgresWriter(database, worker)


class PlainWriter:
    """One statement after the other. Whatever goes wrong, the connection is given up."""

    def __init__(self, database: Database, worker: UUID) -> None:
        """Writes to `database`; exchanges are open in the name of `worker`."""
        self._database = database
        self._worker = worker
        self._connection: sqlite3.Connection | None = None
        self._patience = 0.0

    @contextmanager
    def locked(self, tenant: UUID, patience: float) -> Iterator[Locked]:
        """See `LogWriter.locked`."""
        whole = False
        try:
            held = Plain(self._begun(patience), tenant, self._worker)
            yield held
            whole = held.written
        except (sqlite3.OperationalError, sqlite3.InterfaceError) as error:
            raise StorageUnavailable from error
        except sqlite3.Error as error:
            raise Refused(type(error).__name__) from None
        finally:
            if not whole:
                self.close()

    def close(self) -> None:
        """See `LogWriter.close`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _begun(self, patience: float) -> sqlite3.Connection:
        """A transaction with the lock, once whoever has it lets go.

        SQLite waits in naps and adds up what they should have been; each signal cuts one short, so
        that it may give up long before the time. The clock says when it is over.
        """
        if self._connection is None or patience != self._patience:
            self.close()
            self._connection = self._database.driver_connection(patience)
            self._patience = patience
        until = monotonic() + patience
        while True:
            try:
                self._connection.execute(STATEMENTS["begin"])
            except sqlite3.OperationalError as error:
                busy = getattr(error, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_BUSY
                if not busy or monotonic() >= until:
                    raise
            else:
                return self._connection


class Plain:
    """See `Locked`."""

    def __init__(self, connection: sqlite3.Connection, tenant: UUID, worker: UUID) -> None:
        """In a transaction that has the lock."""
        self._connection, self._tenant, self._worker = connection, tenant.hex, worker.hex
        self.written = False
        head = self.run("lock", self._tenant).fetchone()
        if head is None:
            self.run("found", self._tenant)
        self.head = head or (0, b"", b"")

    def run(self, name: str, *values: Any) -> sqlite3.Cursor:
        """Run that statement."""
        return self._connection.execute(STATEMENTS[name], values)

    def write(self, group: Group) -> None:
        """See `Locked.write`."""
        tenant, first = self._tenant, group.first
        self._entries(group)
        self.run("head", *group.head, tenant)
        if group.inputs:
            at, before = spelled(group.newest), spelled(group.newest - REFRESHED)
            for digest, question in group.inputs.items():
                self.run("input", tenant, digest, question, at, before)
        if group.of("decision"):
            self.run("open", self._worker, tenant, first)
        closed = len(group.of("outcome"))
        if closed and self.run("close", tenant, tenant, first).rowcount != closed:
            raise NotOpen
        for exchange_id in group.orphaned:
            self.run("orphan", NOBODY.hex, tenant, exchange_id)
        self.run("commit")
        self.written = True

    def said(self, sequence: int, exchange_id: str) -> list[Noted]:
        """See `Locked.said`."""
        tenant = self._tenant
        return [Noted(*row) for row in self.run("said", tenant, sequence, tenant, exchange_id)]

    def _entries(self, group: Group) -> None:
        # Those of a size beside each other, wherever they stand in the log: two decisions share a
        # page of SQLite's, a decision and an outcome seldom do.
        placed = sorted(enumerate(group.lines, group.first), key=_kind)
        for at in range(0, len(placed), _AT_ONCE):
            values: list[Any] = []
            for sequence, line in placed[at : at + _AT_ONCE]:
                values += (self._tenant, sequence, spelled(line.recorded_at), *line[1:])
            self._connection.execute(_adding(len(placed[at : at + _AT_ONCE])), values)


def _kind(placed: tuple[int, Line]) -> str:
    return placed[1].kind


@lru_cache(maxsize=_AT_ONCE)
def _adding(count: int) -> str:
    """The statement that adds so many entries."""
    columns = ("tenant_id", "sequence", *Line._fields)
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO log_entry ({', '.join(columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608 - ours
