"""Writing a group plainly, and which way a database has; the other is `gateway.db.log_postgres`."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.db import log_tables
from gateway.db.log_group import Noted, NotOpen, Refused
from gateway.db.session import translated
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection, RootTransaction

    from gateway.db.log_group import Group, Locked, LogWriter
    from gateway.db.session import Database

_KIND = itemgetter("kind")
_PRIMARY = 0xFF
"""The part of SQLite's code that says what is wrong; the rest says more of it."""


def writer(database: Database) -> LogWriter:
    """A writer for one thread; nothing is connected before its first lock."""
    if database.sqlite:
        return PlainWriter(database)
    # Here, because PostgreSQL's driver takes 9 MB.
    from gateway.db.log_postgres import PostgresWriter  # noqa: PLC0415

    return PostgresWriter(database)


class PlainWriter:
    """The statements one after the other, for the database inside this process (SQLite)."""

    def __init__(self, database: Database) -> None:
        """Writes to `database`."""
        self._database = database
        self._connection: Connection | None = None
        self._patience = 0.0

    @contextmanager
    def locked(self, tenant: UUID, patience: float) -> Iterator[Locked]:
        """See `LogWriter.locked`."""
        if self._connection is None or patience != self._patience:
            self.close()
            self._connection = self._database.kept_connection(patience)
            self._patience = patience
        try:
            with translated(), _begun(self._connection, patience) as transaction:
                yield _Plain(self._connection, tenant)
                if transaction.is_active:
                    transaction.rollback()
        except StorageUnavailable:
            self.close()
            raise
        except DBAPIError as error:
            raise Refused(type(error.orig).__name__) from None

    def close(self) -> None:
        """See `LogWriter.close`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _begun(connection: Connection, patience: float) -> RootTransaction:
    """A transaction with the lock, once whoever has it lets go.

    SQLite waits in naps and adds up what they should have been; each signal cuts one short, so
    that it may give up long before the time. The clock says when it is over.
    """
    until = monotonic() + patience
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0)
            if code & _PRIMARY != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise


class _Plain:
    """See `Locked`."""

    def __init__(self, connection: Connection, tenant: UUID) -> None:
        self._connection, self._tenant = connection, tenant
        self.head = log_tables.lock_head(connection, tenant)

    def write(self, group: Group) -> None:
        """See `Locked.write`."""
        connection, tenant = self._connection, self._tenant
        # Those of a size beside each other, wherever they stand in the log: two decisions share a
        # page of SQLite's, a decision and an outcome seldom do.
        log_tables.insert_entries(connection, sorted(group.entries, key=_KIND))
        log_tables.save_head(connection, tenant, *group.head)
        log_tables.keep_inputs(connection, tenant, group.inputs, group.newest)
        log_tables.open_exchanges(connection, group.opened)
        if log_tables.close_exchanges(connection, tenant, group.closed) != len(group.closed):
            raise NotOpen
        log_tables.orphan_exchanges(connection, tenant, group.orphaned)
        connection.commit()

    def said(self, sequence: int, exchange_id: str) -> list[Noted]:
        """See `Locked.said`."""
        connection, tenant = self._connection, self._tenant
        found = log_tables.entry_at(connection, tenant, sequence)
        rows = [] if found is None else [found]
        if exchange_id:
            rows += log_tables.about_exchange(connection, tenant, exchange_id)
        return [Noted(row.sequence, bytes(row.leaf_hash), row.status) for row in rows]
