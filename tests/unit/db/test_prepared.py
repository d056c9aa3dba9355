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
    Uuid,
    bindparam,
    create_engine,
    select,
)

from gateway.db.prepared import Prepared, PreparedSelect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


TABLE = Table("notes", MetaData(), Column("at", Integer), Column("said", String))


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database with one table."""
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        TABLE.metadata.create_all(made)
        yield made
    engine.dispose()


class TestInsert:
    def test_a_row_without_one_of_its_columns_is_refused(self, connection: Connection) -> None:
        """
        Nothing is sent in the place of what was forgotten.
        """
        insert = Prepared(TABLE.insert(), connection.dialect, column_keys=["at", "said"])
        with pytest.raises(KeyError, match="said"):
            insert.run(connection, {"at": 1})


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
