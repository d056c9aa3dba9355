"""Core statements compiled once and run by the driver itself, for the paths that are hot.

The decision log writes twice for every request, and a key is looked up for each. Run
through SQLAlchemy's execution, each of these statements costs several times what the
database takes. Here a statement is written as everywhere else, compiled once for the
driver in use, and then run on the cursor of the connection's own transaction: there is
no other connection, no other transaction, and errors are the ones SQLAlchemy would raise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import bindparam, column
from sqlalchemy import table as clause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Dialect, PoolProxiedConnection, Select, Table
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.types import TypeEngine

_Row = TypeVar("_Row")


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
        params: dict[str, Any] = dict(compiled.params)
        self._own = {name: value for name, value in params.items() if value is not None}
        self._by_name = not getattr(compiled, "positional", False)

    def run(self, connection: Connection, values: dict[str, Any]) -> DBAPICursor:
        """Run it once; the cursor has the rows and their number.

        Raises:
            DBAPIError: what the driver had to say, as SQLAlchemy would raise it.
        """
        return self.run_on(connection.connection, values)

    def run_on(self, connection: PoolProxiedConnection, values: dict[str, Any]) -> DBAPICursor:
        """As `run`, on a connection of the pool that nothing stands around.

        Raises:
            DBAPIError: as `run`.
        """
        if self._own:
            values = self._own | values
        spelled = [
            values[name] if spell is None else spell(values[name]) for name, spell in self._spelling
        ]
        return self._run_on(connection, spelled)

    def run_spelled(self, connection: Connection, values: list[Any]) -> DBAPICursor:
        """As `run`, of values in the statement's order, each as the driver wants it.

        Raises:
            DBAPIError: as `run`.
        """
        return self._run_on(connection.connection, values)

    def _run_on(self, connection: PoolProxiedConnection, values: list[Any]) -> DBAPICursor:
        cursor = connection.cursor()
        bound: Any = values
        if self._by_name:
            names = (name for name, _ in self._spelling)
            bound = dict(zip(names, values, strict=True))
        try:
            cursor.execute(self._sql, bound)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._named(error) from error
        return cursor

    def _named(self, error: BaseException) -> BaseException:
        # Without the parameters: they are entries of the log, and this may end up in another.
        return as_sqlalchemy(error, self._sql, self._dialect)


class PreparedSelect(Prepared):
    """A select whose rows stay as the driver has them until somebody wants their values."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        """Compile `statement` for `dialect`."""
        super().__init__(statement, dialect)
        kinds = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._readers = [kind.result_processor(dialect, None) for kind in kinds]

    def values(self, row: Sequence[Any]) -> list[Any]:
        """What one row of the driver's says, as SQLAlchemy would have it, column by column."""
        return [
            value if read is None else read(value)
            for value, read in zip(row, self._readers, strict=True)
        ]


class PreparedSizes:
    """One statement for each number of rows that it may be about, up to `TOGETHER`.

    The driver lets go of the interpreter's lock for every statement, and other threads then take
    their turns: rows sent one by one cost more in those than in the database.
    """

    TOGETHER = 16
    """Most rows of one statement. A connection keeps some 100 statements ready."""

    def __init__(self, make: Callable[[int], ClauseElement], dialect: Dialect) -> None:
        """`make` gives the statement for so many rows; each is compiled when it is first needed."""
        self._make, self._dialect = make, dialect
        self._ready: dict[int, Prepared] = {}

    def parts(self, rows: Sequence[_Row]) -> Iterator[tuple[Prepared, Sequence[_Row]]]:
        """`rows` in as few parts as may be, each with its statement."""
        for at in range(0, len(rows), self.TOGETHER):
            part = rows[at : at + self.TOGETHER]
            statement = self._ready.get(len(part))
            if statement is None:
                statement = Prepared(self._make(len(part)), self._dialect)
                self._ready[len(part)] = statement
            yield statement, part


class PreparedInsert:
    """Rows into one table."""

    def __init__(
        self,
        table: Table,
        dialect: Dialect,
        shared: Sequence[str],
        each: Sequence[str],
        *,
        new_only: bool = False,
    ) -> None:
        """`shared` are the columns in which the rows of one call are alike, `each` the others.

        `new_only` leaves a row alone whose key is there already.
        """
        # The order of the columns is that of the values, not that of the table.
        columns = [column(name, table.columns[name].type) for name in (*shared, *each)]
        self._spelling = [_speller(item.type, dialect) for item in columns]
        self._each = [
            (at, spell)
            for at, spell in enumerate(self._spelling)
            if at >= len(shared) and spell is not None
        ]
        make: Any = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        into = make(clause(table.name, *columns))
        if new_only:
            into = into.on_conflict_do_nothing()

        def rows(count: int) -> ClauseElement:
            made: ClauseElement = into.values(
                [
                    {item.name: bindparam(f"{item.name}_{at}", None, item.type) for item in columns}
                    for at in range(count)
                ]
            )
            return made

        self._sizes = PreparedSizes(rows, dialect)

    def run(
        self, connection: Connection, shared: Sequence[Any], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert `rows`; each begins with what is `shared`.

        Raises:
            DBAPIError: as `Prepared.run`.
        """
        first = [
            value if spell is None else spell(value)
            for value, spell in zip(shared, self._spelling, strict=False)
        ]
        for statement, part in self._sizes.parts(rows):
            values: list[Any] = []
            for row in part:
                spelled = [*first, *row]
                for at, spell in self._each:
                    spelled[at] = spell(spelled[at])
                values += spelled
            statement.run_spelled(connection, values)


def as_sqlalchemy(error: BaseException, sql: str, dialect: Dialect) -> BaseException:
    """What SQLAlchemy would raise where the driver raises `error`."""
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect, hide_parameters=True
    )


def _speller(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)
