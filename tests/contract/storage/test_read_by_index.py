"""What is asked about a few exchanges or outputs reads these few, however many there are."""

from __future__ import annotations

from shutil import copyfile
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from gateway.db import log_plain, log_search, log_tables, outflow_tables, rights_index
from gateway.db.rights_index import Imprinted
from gateway.db.session import Database
from tests.contract.storage.expiring import World
from tests.factories import migrated_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.clock import SystemClock


@pytest.fixture
def world(tmp_path: Path, clock: SystemClock) -> Iterator[World]:
    """A log in SQLite, which keeps no statistics of its own accord and has to guess."""
    path = tmp_path / "log.db"
    copyfile(migrated_file(), path)
    database = Database(f"sqlite:///{path}")
    made = World(database, clock)
    yield made
    made.ledger.stop()
    database.dispose()


def plans(database: Database, table: str, ask: Callable[[], object]) -> list[str]:
    """How SQLite finds what `ask` wants of a table."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        said.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    ask()
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        rows = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            for statement, values in said
            if f" {table}" in statement
        ]
    return [" ".join(row[3] for row in found) for found in rows]


class TestExchanges:
    def test_they_are_found_by_their_ids(self, world: World) -> None:
        """
        By the indexer, by the pages and by the ledger alike; what is found is the same as ever.
        """
        few = [world.exchange(1) for _ in range(3)]
        found: dict[str, Any] = {}

        def ask() -> None:
            with world.database.connection(world.tenant) as connection:
                found["decisions"] = outflow_tables.decisions_of(connection, world.tenant, few)
                about = log_tables.about_exchange(connection, world.tenant, few[1])
                found["about"] = [(row.sequence, row.kind) for row in about]
            with world.database.tenant_session(world.tenant) as session:
                ends = log_search.outcomes(session, few)
                found["outcomes"] = {name: row.sequence for name, row in ends.items()}

        seen = plans(world.database, "log_entry", ask)

        assert found == {
            "decisions": {few[0]: 0, few[1]: 2, few[2]: 4},
            "about": [(2, "decision"), (3, "outcome")],
            "outcomes": {few[0]: 1, few[1]: 3, few[2]: 5},
        }
        assert len(seen) == 3
        assert all("(tenant_id=? AND exchange_id=?)" in plan for plan in seen), seen


class TestWriter:
    @pytest.mark.parametrize("name", ["lock", "head", "open", "close", "orphan", "said"])
    def test_what_it_looks_for_is_found_by_a_key(self, world: World, name: str) -> None:
        """
        It holds the lock: a group must not take longer where the log is long.
        """
        statement = log_plain.STATEMENTS[name]
        values = ("x",) * statement.count("?")
        with world.database.engine.connect() as connection:
            asked = f"EXPLAIN QUERY PLAN {statement}"
            plan = [row[3] for row in connection.exec_driver_sql(asked, values)]

        assert any("tenant_id=?" in step for step in plan)
        assert not any("SCAN" in step for step in plan), plan


class TestOutputs:
    def test_the_same_is_found_by_its_digests_and_the_like_by_their_names(
        self, world: World
    ) -> None:
        """
        Each way of finding has its index, and nothing reads all outputs that a tenant ever made.
        """

        def ask() -> None:
            with world.database.tenant_session(world.tenant) as session:
                rights_index.exact(session, [b"a" * 32, b"b" * 32], "p_one", 20)
                rights_index.named(session, "text", [(0, 1), (7, 3)], None)

        with world.database.connection(world.tenant, write=True) as connection:
            items = [Imprinted("text", f"ex_{at}", 0, world.clock.now(), b"") for at in range(3)]
            rights_index.lay(connection, world.tenant, items)
        same, alike = plans(world.database, "rights_output", ask)
        (names,) = plans(world.database, "rights_block", ask)

        assert same.count("(tenant_id=? AND digest=?)") == 1
        assert same.count("(tenant_id=? AND received=?)") == 1
        assert "(tenant_id=? AND kind=? AND number=?)" in names
        assert "(tenant_id=? AND exchange_id=? AND part=?)" in same
        assert "(tenant_id=? AND exchange_id=?)" in alike
        for plan in (same, alike):
            assert "ix_rights_output_tenant_id_at" not in plan
