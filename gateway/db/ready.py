"""Asking one question on every request, without what stands around a connection.

Taking a connection from the pool and giving it back cost several times what a key's
row does. A few stay out of it, and are taken and put back in one step. They are the
pool's still, and count among those that it may open. Nothing of a transaction is left
on one that lies ready, so that each question sees what is so when it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from gateway.db.prepared import as_sqlalchemy

if TYPE_CHECKING:
    from sqlalchemy import PoolProxiedConnection
    from sqlalchemy.engine import Engine

    from gateway.db.prepared import Prepared

Statement = tuple["Prepared", dict[str, Any]]
"""A statement with its values."""

Found = tuple[Any, ...] | None

MOST = 4
"""More are seldom in use at once: a question takes a small part of its request's time."""


class Ready:
    """The connections that lie ready; any thread may ask."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is connected before the first question."""
        self._engine = engine
        self._dialect = engine.dialect
        self._error = engine.dialect.loaded_dbapi.Error
        self._lying: list[PoolProxiedConnection] = []

    def first(self, asked: Statement, bound: Statement | None) -> Found:
        """The first row that `asked` finds, in a transaction that `bound` has bound.

        None where nothing is bound: there the statement is a transaction by itself.

        Raises:
            DBAPIError: what the driver had to say, as SQLAlchemy would raise it.
            sqlalchemy.exc.TimeoutError: too many connections are in use.
        """
        try:
            connection = self._lying.pop()
        except IndexError:
            return self._answer(self._pooled(), asked, bound)
        driver = connection.dbapi_connection
        try:
            return self._answer(connection, asked, bound)
        except DBAPIError as error:
            # It may have broken while it lay there. Nothing was written: another may do.
            if not self._dialect.is_disconnect(error.orig, driver, None):  # type: ignore[arg-type]
                raise
        return self._answer(self._pooled(), asked, bound)

    def close(self) -> None:
        """Give back to the pool what lies ready."""
        while self._lying:
            self._lying.pop().close()

    def _pooled(self) -> PoolProxiedConnection:
        """A connection of which the pool has made sure that it lives."""
        try:
            return self._engine.raw_connection()
        except self._error as error:
            raise as_sqlalchemy(error, "", self._dialect) from error

    def _answer(
        self, connection: PoolProxiedConnection, asked: Statement, bound: Statement | None
    ) -> Found:
        """The answer; the connection is put back, or given up where anything went wrong."""
        try:
            driver: Any = connection.dbapi_connection
            if bound is not None:
                bound[0].run_on(driver, bound[1])
            cursor = asked[0].run_on(driver, asked[1])
            row: Found = cursor.fetchone()
            # Either ends the transaction: the next question must see what is so then.
            cursor.close()
            if bound is not None:
                driver.rollback()
        except self._error as error:
            connection.invalidate()
            raise as_sqlalchemy(error, "", self._dialect) from error
        except BaseException:
            # What state it is in, nobody knows.
            connection.invalidate()
            raise
        if len(self._lying) < MOST:
            self._lying.append(connection)
        else:
            connection.close()
        return row
