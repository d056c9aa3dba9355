"""Statements that the driver runs itself: what callers give is what is sent, and spelled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, TypeDecorator, create_engine

from gateway.db.prepared import prepared_insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Dialect


class Noted(TypeDecorator[str]):
    """A text that notes how often it is spelled for the driver."""

    impl = String
    cache_ok = True
    spelled = 0

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        def spell(value: str) -> str:
            Noted.spelled += 1
            return value.upper()

        return spell


TABLE = Table("notes", MetaData(), Column("at", Integer), Column("said", Noted))


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database with one table."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        TABLE.metadata.create_all(made)
        yield made
    engine.dispose()


class TestInsert:
    def test_what_rows_have_in_common_is_spelled_once(self, connection: Connection) -> None:
        """
        Entries of one group are of one tenant: it is not written out anew for each.
        """
        Noted.spelled, word = 0, "alike"
        rows = [{"at": at, "said": word} for at in range(5)]
        prepared_insert(TABLE, connection.dialect).run_each(connection, rows)
        found = connection.exec_driver_sql("SELECT at, said FROM notes ORDER BY at").all()

        assert found == [(at, "ALIKE") for at in range(5)]
        assert Noted.spelled == 1

    def test_a_row_without_one_of_its_columns_is_refused(self, connection: Connection) -> None:
        """
        Nothing is sent in the place of what was forgotten.
        """
        insert = prepared_insert(TABLE, connection.dialect)
        with pytest.raises(KeyError, match="said"):
            insert.run(connection, {"at": 1})
        with pytest.raises(KeyError, match="said"):
            insert.run_each(connection, [{"at": 1}, {"at": 2}])
