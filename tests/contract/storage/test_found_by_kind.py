"""Entries of the few kinds are found by their kind, the many without: neither reads all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, insert, select, text

from gateway.core.identifiers import TenantId
from gateway.db import expiry, log_search, log_tables, rights_index
from gateway.db.decision_log import SPARSE, LogEntry
from gateway.db.prepared import Prepared
from gateway.db.search_words import Filter
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from gateway.core.clock import SystemClock
    from gateway.db.session import Database
    from tests.contract.storage.expiring import World

BY_KIND = "ix_log_entry_tenant_id_kind_sequence"
BY_EXCHANGE = "ix_log_entry_tenant_id_exchange_id"
BY_PLACE = ("pk_log_entry", "sqlite_autoindex_log_entry_1")
_SAID = b'{"rules":"","effect":"permit","model":"","principal":""}'
_ENTRIES = 6_000
_EXPIRED = 4_000


@pytest.fixture
def tenant(database: Database, clock: SystemClock) -> TenantId:
    """A tenant with a log: most of it has expired, and one entry in five hundred is of a change."""
    made = TenantId(a_tenant(database, "acme").id)
    begun = clock.now() - timedelta(days=400)
    rows = []
    for at in range(_ENTRIES):
        change, old = at % 500 == 499, at < _EXPIRED
        kind = "administration" if change else ("decision", "outcome")[at % 2]
        rows.append(
            {
                "tenant_id": made, "sequence": at, "recorded_at": begun + timedelta(minutes=at),
                "kind": "expired" if old and not change else kind,
                "exchange_id": "" if old or change else f"ex_{at // 2:032x}",
                "canonical": None if old and not change else _SAID, "leaf_hash": b"h" * 32,
                "effect": "", "status": "key.created" if change else "", "model": "",
                "principal": "p_one", "rules": "",
            }
        )  # fmt: skip
    with database.engine.begin() as connection:
        connection.execute(insert(LogEntry), rows)
    if not database.sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE log_entry"))
    return made


@pytest.fixture
def plan(
    database: Database, tenant: TenantId, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Session], object]], str]:
    """How the database finds the entries that a piece of code asks for."""
    said: list[tuple[str, Any]] = []
    run_on = Prepared.run_on

    def ran(self: Any, connection: Any, values: dict[str, Any]) -> Any:
        said.append((self._sql, self._spelled(values)))
        return run_on(self, connection, values)

    def sent(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        said.append((statement, values))

    def found(ask: Callable[[Session], object]) -> str:
        explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
        with database.tenant_session(tenant) as session:
            said.clear()
            ask(session)
            asked = [item for item in said if "FROM log_entry" in item[0]]
            connection = session.connection()
            rows = [
                row
                for statement, values in asked
                for row in connection.exec_driver_sql(f"{explain} {statement}", _given(values))
            ]
        assert rows
        return "\n".join(str(row[-1]) for row in rows)

    monkeypatch.setattr(Prepared, "run_on", ran)
    event.listen(database.engine, "before_cursor_execute", sent)
    return found


def _given(values: Any) -> Any:
    return values if isinstance(values, dict) else tuple(values)


def reads_all(plan: str) -> bool:
    """Whether it looks at every entry of a tenant, or at every one of a kind."""
    whole = r"Seq Scan on log_entry|SCAN log_entry|log_entry USING INDEX \w+ \(tenant_id=\?\)"
    return re.search(whole, plan) is not None


class TestFew:
    def test_a_kind_is_found_by_its_index(self, plan: Any, tenant: TenantId) -> None:
        """
        The newest of an action, the newest changes, and what the schedule and a person's file read.
        """
        kinds = ("administration", "reading")
        seen = [
            plan(
                lambda session: log_tables.newest(
                    session.connection(), tenant, "administration", "key.created"
                )
            ),
            plan(lambda session: expiry.page(session.connection(), tenant, kinds, 100, 50)),
            plan(lambda session: log_search.changes(session, 20)),
        ]

        for found in seen:
            assert BY_KIND in found, found
            assert not reads_all(found), found

    def test_what_each_request_leaves_is_not_in_it(
        self, database: Database, tenant: TenantId
    ) -> None:
        """
        The index holds nothing of a decision, an outcome, or what has expired.
        """
        with database.connection(tenant) as connection:
            indexed = connection.scalar(
                select(func.count())
                .select_from(LogEntry)
                .where(LogEntry.tenant_id == tenant, SPARSE)
            )

        assert indexed == _ENTRIES // 500


class TestMany:
    def test_exchanges_past_their_time_are_found_past_what_has_expired(
        self, plan: Any, database: Database, tenant: TenantId
    ) -> None:
        """
        By their ids, which expired entries have not; the first page holds the oldest that are left.
        """
        first = plan(lambda session: expiry.exchanges(session.connection(), tenant, ("", 0), 50))
        later = plan(
            lambda session: expiry.exchanges(session.connection(), tenant, ("ex_1", 5), 50)
        )
        with database.connection(tenant) as connection:
            rows = expiry.exchanges(connection, tenant, ("", 0), 2)

        assert [row.sequence for row in rows] == [_EXPIRED, _EXPIRED + 1]
        for found in (first, later):
            assert BY_EXCHANGE in found, found
            assert not reads_all(found), found

    def test_outcomes_are_read_on_from_a_place(self, plan: Any, tenant: TenantId) -> None:
        """
        By the index of rights records: it begins where it stopped, whatever lies before.
        """
        with_cursor = plan(
            lambda session: (
                rights_index.unread(session.connection(), tenant, 10),
                rights_index.behind(session.connection(), tenant),
            )
        )

        assert any(name in with_cursor for name in BY_PLACE), with_cursor
        assert not reads_all(with_cursor), with_cursor

    def test_decisions_not_indexed_yet_are_read_on_from_a_place(self, plan: Any) -> None:
        """
        By the pages: newest first, no further than a page needs.
        """
        found = plan(lambda session: log_search.search(session, Filter(after=4_100, before=4_200)))

        assert any(name in found for name in BY_PLACE), found
        assert not reads_all(found), found

    def test_exchanges_are_read_in_their_order_and_none_twice(self, world: World) -> None:
        """
        A page may end between a decision and its outcome; what has expired is in none.
        """
        gone = world.exchange(500)
        world.run()
        left = [world.exchange(days) for days in (3, 2, 1)]
        pages, after = [], ("", 0)
        with world.database.connection(world.tenant) as connection:
            while rows := expiry.exchanges(connection, world.tenant, after, 3):
                pages.append([(row.exchange_id, row.kind) for row in rows])
                after = (rows[-1].exchange_id, rows[-1].sequence)

        # Within a millisecond their order is chance.
        every = [(name, kind) for name in sorted(left) for kind in ("decision", "outcome")]
        assert pages == [every[:3], every[3:]]
        assert gone not in left
