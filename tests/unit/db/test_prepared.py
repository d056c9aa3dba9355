"""Statements that the driver runs itself: what callers give is what is sent, and spelled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
    bindparam,
    create_engine,
    select,
)

from gateway.db.prepared import PreparedSelect, prepared_insert

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


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ROWS = st.fixed_dictionaries(
    {
        "id": st.uuids(),
        "said": st.none() | TEXTS,
        "count": st.integers(-(2**63), 2**63 - 1),
        "so": st.booleans(),
        "day": st.none() | st.dates(),
        "at": st.datetimes(),
        "all": st.lists(TEXTS, max_size=3),
    }
)
KINDS = Table(
    "kinds", MetaData(),
    Column("id", Uuid, primary_key=True), Column("said", String), Column("count", BigInteger),
    Column("so", Boolean), Column("day", Date), Column("at", DateTime), Column("all", JSON),
)  # fmt: skip


class TestRow:
    @given(ROWS)
    def test_it_says_what_sqlalchemy_says(self, row: dict[str, Any]) -> None:
        """
        Of every type, whatever signs a text holds, though SQLite gives the row as one value.
        """
        engine = create_engine("sqlite://")
        query = select(KINDS).where(KINDS.c.id == bindparam("which"))
        with engine.connect() as connection:
            KINDS.create(connection)
            connection.execute(KINDS.insert(), row)
            expected = connection.execute(query, {"which": row["id"]}).one()
            ours = PreparedSelect(query, connection.dialect)
            (found,) = ours.run(connection, {"which": row["id"]}).fetchall()
            said = ours.values(found)
        engine.dispose()

        assert len(found) == 1
        assert said == list(expected) == [row[column.name] for column in KINDS.columns]
        assert [type(value) for value in said] == [type(value) for value in expected]
