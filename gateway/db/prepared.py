"""Core statements compiled once and run by the driver itself, for the paths that are hot.

A key is looked up for every request, and what it left behind is indexed. Run through
SQLAlchemy's execution, each of these statements costs several times what the database
takes. Here a statement is written as everywhere else, compiled once for the
driver in use, and then run on the cursor of the connection's own transaction: there is
no other connection, no other transaction, and errors are the ones SQLAlchemy would raise.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import LargeBinary, column, func
from sqlalchemy import table as clause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Dialect, PoolProxiedConnection, Select, Table
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine


class Prepared:
    """One statement, ready for one driver."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, **options: Any) -> None:
        """Compile `statement` for `dialect`; `options` as for SQLAlchemy's `compile`."""
        compiled = statement.compile(dialect=dialect, **options)
        self._sql = str(compiled)
        self._dialect = dialect
        names: list[str] = getattr(compiled, "positiontup", None) or list(compiled.params)
        binds = getattr(compiled, "binds")  # noqa: B009 - the base class does not declare it
        self._spelling = [(name, _speller(binds[name].type, dialect)) for name in names]
        # What a caller must give is named here as well, with nothing or a sign in its place.
        self._own = {
            name: binds[name].value
            for name in names
            if not binds[name].required and binds[name].value is not None
        }
        self._by_name = not getattr(compiled, "positional", False)

    def run(self, connection: Connection, values: dict[str, Any]) -> DBAPICursor:
        """Run it once; the cursor has the rows and their number.

        Raises:
            DBAPIError: what the driver had to say, as SQLAlchemy would raise it.
        """
        return self.run_on(connection.connection, values)

    def run_on(
        self, connection: PoolProxiedConnection | DBAPIConnection, values: dict[str, Any]
    ) -> DBAPICursor:
        """As `run`, on a connection that nothing stands around.

        Raises:
            DBAPIError: as `run`.
        """
        try:
            cursor = connection.cursor()
            cursor.execute(self._sql, self._spelled(values))
        except self._dialect.loaded_dbapi.Error as error:
            raise self._named(error) from error
        return cursor

    def _spelled(self, values: dict[str, Any]) -> Any:
        """The values as this driver wants them, with those that the statement has itself."""
        if self._own:
            values = self._own | values
        if self._by_name:
            return {
                name: values[name] if spell is None else spell(values[name])
                for name, spell in self._spelling
            }
        return [
            values[name] if spell is None else spell(values[name]) for name, spell in self._spelling
        ]

    def _named(self, error: BaseException) -> BaseException:
        # Without the parameters: they are entries of the log, and this may end up in another.
        return as_sqlalchemy(error, self._sql, self._dialect)


class PreparedSelect(Prepared):
    """A select whose rows stay as the driver has them until somebody wants their values.

    SQLite's driver gives up the interpreter's lock and asks for it again for each value that it
    reads. There a row is one value, a list in JSON: no column may be of bytes.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        """Compile `statement` for `dialect`."""
        columns = list(statement.selected_columns)
        self._as_list = dialect.name == "sqlite"
        if self._as_list:
            statement = statement.with_only_columns(func.json_array(*columns))
        super().__init__(statement, dialect)
        kinds = [column.type.dialect_impl(dialect) for column in columns]
        self._readers = [kind.result_processor(dialect, None) for kind in kinds]

    def values(self, row: Sequence[Any]) -> list[Any]:
        """What one row of the driver's says, as SQLAlchemy would have it, column by column."""
        found = orjson.loads(row[0]) if self._as_list else row
        return [
            value if read is None else read(value)
            for value, read in zip(found, self._readers, strict=True)
        ]


_AT_ONCE = 50
"""Rows of one statement on SQLite: a row of its own statement costs a third more there."""


class PreparedNew(Prepared):
    """Rows into one table, as plain sequences; one whose key is there already is left alone."""

    def __init__(
        self, table: Table, dialect: Dialect, shared: Sequence[str], each: Sequence[str]
    ) -> None:
        """`shared` are the columns in which the rows of one call are alike, `each` the others."""
        # The order of the columns is that of the values, not that of the table.
        columns = [column(name, table.columns[name].type) for name in (*shared, *each)]
        make: Any = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        into = make(clause(table.name, *columns)).on_conflict_do_nothing()
        super().__init__(into, dialect, column_keys=[*shared, *each])
        several = into.values([dict.fromkeys((*shared, *each))] * _AT_ONCE)
        self._several = None if self._by_name else str(several.compile(dialect=dialect))
        self._later = [
            (at, spell)
            for at, (_, spell) in enumerate(self._spelling)
            if at >= len(shared) and spell is not None
        ]

    def add(
        self, connection: Connection, shared: Sequence[Any], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Add `rows`; what they have in common is spelled once.

        Raises:
            DBAPIError: as `run`.
        """
        first = [
            value if spell is None else spell(value)
            for value, (_, spell) in zip(shared, self._spelling, strict=False)
        ]
        cursor = connection.connection.cursor()
        try:
            # One after the other: a batch of them all at once would be work for the collector.
            left = self._each(first, rows)
            if self._several is not None:
                left = self._together(cursor, self._several, left)
            cursor.executemany(self._sql, left)  # type: ignore[arg-type]
        except self._dialect.loaded_dbapi.Error as error:
            raise self._named(error) from error

    def _together(
        self, cursor: DBAPICursor, several: str, rows: Iterator[list[Any]]
    ) -> Iterator[list[Any]]:
        """Add `rows`, many in a statement; those that make no whole statement come back."""
        while len(some := list(islice(rows, _AT_ONCE))) == _AT_ONCE:
            cursor.execute(several, list(chain.from_iterable(some)))
        return iter(some)

    def _each(self, first: list[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        names = [name for name, _ in self._spelling]
        for row in rows:
            values = [*first, *row]
            for at, spell in self._later:
                values[at] = spell(values[at])
            yield dict(zip(names, values, strict=True)) if self._by_name else values


def as_sqlalchemy(error: BaseException, sql: str, dialect: Dialect) -> BaseException:
    """What SQLAlchemy would raise where the driver raises `error`."""
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect, hide_parameters=True
    )


def _speller(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(kind, LargeBinary) and dialect.name == "sqlite":
        return None  # SQLAlchemy would put a view round bytes that the driver takes as they are
    return kind.dialect_impl(dialect).bind_processor(dialect)
