"""Searching the log: every fitting decision, in order, page by page, indexed or not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from gateway.core.catalogue import Catalogue, ModelEntry, Price, ProviderEntry, Wire
from gateway.core.identifiers import TenantId
from gateway.db import log_search, outflow_tables, postings
from gateway.db.search_words import COSTS, Filter
from gateway.jobs import index
from gateway.jobs.index import Indexer
from tests.contract.storage.logs import Made, write
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock
    from gateway.db.session import Database

START = datetime(2026, 1, 1, tzinfo=UTC)
PROVIDER = ProviderEntry("sim", Wire.OPENAI, "https://sim.example", "t", "", "eu", "none_needed")
CATALOGUE = Catalogue(
    {"m": ModelEntry("m", PROVIDER, "m", frozenset(), frozenset(), price=Price(100, 0))}
)
FILTERS = (
    Filter(),
    Filter(effect="deny"),
    Filter(rule="IP-05"),
    Filter(rule="IP-05", effect="permit", model="m"),
    Filter(principal="p_3", finding="EMAIL"),
    Filter(purpose="research", finding="IBAN"),
    Filter(finding="SECRET"),
    Filter(model="unheard-of"),
    Filter(since=START + timedelta(hours=20), until=START + timedelta(hours=31)),
    Filter(since=START + timedelta(hours=20), rule="AN-01"),
)


def some(count: int, seed: int = 7) -> list[Made]:
    """Exchanges of all kinds, ten minutes apart, one a little out of order."""
    rng = random.Random(seed)
    return [
        Made(
            START + timedelta(minutes=10 * at - (25 if at % 17 == 0 else 0)),
            rng.choice(("permit", "deny")),
            f"p_{rng.randrange(6)}",
            rng.choice(("m", "m", "n")),
            rng.choice(("general", "research")),
            tuple(sorted(rng.sample(("AN-01", "IP-02", "IP-05", "OR-04"), rng.randrange(3)))),
            tuple(sorted(rng.sample(("EMAIL", "IBAN", "PERSON"), rng.randrange(3)))),
            rng.choice((0, 9_999, 10_000, 2_000_000)),
            ("SECRET",) if at % 29 == 0 else (),
        )
        for at in range(count)
    ]


def fits(item: Made, wanted: Filter) -> bool:
    """What a search should find, said plainly."""
    return (
        (not wanted.effect or item.effect == wanted.effect)
        and (not wanted.rule or wanted.rule in item.rules)
        and (not wanted.model or item.model == wanted.model)
        and (not wanted.principal or item.principal == wanted.principal)
        and (not wanted.finding or wanted.finding in item.findings + item.found_in_output)
        and (not wanted.purpose or item.purpose == wanted.purpose)
        and (wanted.since is None or item.at >= wanted.since)
        and (wanted.until is None or item.at < wanted.until)
    )


def expected(made: list[Made], wanted: Filter) -> list[int]:
    """The positions of the decisions that fit, newest first."""
    return [2 * at for at, item in enumerate(made) if fits(item, wanted)][::-1]


def walk(database: Database, tenant: TenantId, wanted: Filter, limit: int = 7) -> list[list[int]]:
    """Every page from the newest on."""
    pages, before = [], None
    while True:
        with database.tenant_session(tenant) as session:
            page = log_search.search(session, _at(wanted, before=before), limit)
        pages.append([row.sequence for row in page.rows])
        if page.older is None:
            return pages
        before = page.older


def back(database: Database, tenant: TenantId, wanted: Filter, limit: int = 7) -> list[list[int]]:
    """Every page from the oldest on, as the links to newer ones go."""
    pages: list[list[int]] = []
    after: int | None = -1
    while after is not None:
        with database.tenant_session(tenant) as session:
            page = log_search.search(session, _at(wanted, after=after), limit)
        pages.append([row.sequence for row in page.rows])
        after = page.newer
    return pages[::-1]


def flat(pages: list[list[int]]) -> list[int]:
    """What is on the pages, one after the other."""
    return [position for page in pages for position in page]


def _at(wanted: Filter, **place: int | None) -> Filter:
    fields = {name: getattr(wanted, name) for name in wanted.__slots__}
    return Filter(**{**fields, **place})


@pytest.fixture
def tenant(database: Database) -> TenantId:
    """An organisation."""
    return TenantId(a_tenant(database, "acme").id)


@pytest.fixture
def indexer(database: Database, clock: SystemClock) -> Indexer:
    """What follows the log."""
    return Indexer(database, clock, CATALOGUE)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 positions, so that a short log has many, listed ones and bitmaps."""
    monkeypatch.setattr(postings, "BLOCK", 64)
    monkeypatch.setattr(postings, "_BITMAP_BYTES", 8)
    monkeypatch.setattr(postings, "_MOST_LISTED", 4)
    monkeypatch.setattr(log_search, "_BLOCKS", 2)
    monkeypatch.setattr(index, "BATCH", 50)


class TestPacking:
    @given(st.sets(st.integers(0, postings.BLOCK - 1)))
    def test_a_set_comes_back(self, positions: set[int]) -> None:
        """
        Listed or as a bitmap, and never larger than the bitmap.
        """
        bits = sum(1 << at for at in positions)
        stored = postings.packed(bits)

        assert list(postings.offsets(postings.unpacked(stored))) == sorted(positions)
        assert len(stored) <= postings.BLOCK // 8

    @given(
        st.sets(st.integers(0, postings.BLOCK - 1), max_size=600),
        st.lists(st.integers(0, postings.BLOCK - 1), max_size=600),
    )
    def test_more_is_joined_to_a_set(self, stored: set[int], more: list[int]) -> None:
        """
        As if all had come at once: to the byte, with what came twice, over the change to a bitmap.
        """
        before = postings.packed(sum(1 << at for at in stored))
        together = postings.packed(sum(1 << at for at in stored | set(more)))

        assert postings.joined(before, more) == together


class TestSearch:
    @pytest.mark.usefixtures("small_blocks")
    @pytest.mark.parametrize("indexed", [0, 150, 300, 600])
    def test_every_fitting_decision_in_order(
        self, database: Database, tenant: TenantId, indexer: Indexer, indexed: int
    ) -> None:
        """
        However much of the log has been indexed, every filter finds the same, on pages that join
        without gap or double, forwards and backwards.
        """
        made = some(300)
        write(database, tenant, made)
        if indexed:
            indexer.index(tenant, indexed // 50)

        for wanted in FILTERS:
            older, newer = walk(database, tenant, wanted), back(database, tenant, wanted)
            assert flat(older) == flat(newer) == expected(made, wanted)
            assert all(len(page) == 7 for page in older[:-1])

    @pytest.mark.usefixtures("small_blocks")
    def test_a_search_has_bounds_and_goes_on_where_it_stopped(
        self,
        database: Database,
        tenant: TenantId,
        indexer: Indexer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        P10: a page looks at so much and no more; nothing between two pages is passed over.
        """
        made = some(300)
        write(database, tenant, made)
        indexer.index(tenant, 6)
        monkeypatch.setattr(log_search, "_BLOCK_STEPS", 1)
        monkeypatch.setattr(log_search, "_TAIL_STEPS", 1)
        monkeypatch.setattr(log_search, "_TAIL_ROWS", 20)
        wanted = Filter(finding="SECRET")
        older = walk(database, tenant, wanted)

        assert flat(older) == expected(made, wanted)
        assert [] in older
        assert flat(back(database, tenant, wanted)) == expected(made, wanted)

    def test_costs_are_found_by_what_they_reach(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        At 100 cents a million tokens, 10,000 tokens are a cent and two million are 200.
        """
        made = some(100)
        write(database, tenant, made)
        indexer.index(tenant)
        for cents in COSTS:
            wanted = [2 * at for at, item in enumerate(made) if _cents(item) >= cents][::-1]
            assert flat(walk(database, tenant, Filter(cost=cents))) == wanted

    def test_what_is_new_is_found_at_once(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        A page is never behind the log, whatever the indexer does.
        """
        size = write(database, tenant, some(20))
        indexer.index(tenant)
        write(database, tenant, [Made(START + timedelta(days=9), model="new")], size)
        found = walk(database, tenant, Filter(model="new"))

        assert found == [[size]]

    def test_indexing_again_changes_nothing(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        The index is derived: a cursor set back to the start finds every word where it was.
        """
        write(database, tenant, some(60))
        indexer.index(tenant)
        before = content(database, tenant)
        with database.connection(tenant, write=True) as connection:
            outflow_tables.place(connection, tenant, outflow_tables.INDEXER, 0, START)
        again = indexer.index(tenant)

        assert again == 120
        assert content(database, tenant) == before

    def test_tenants_are_apart(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        P4: the same words in another's log are nobody else's business.
        """
        other = TenantId(a_tenant(database, "globex").id)
        write(database, tenant, some(10))
        write(database, other, [Made(START, principal="p_globex")])
        indexer.run()

        assert walk(database, other, Filter()) == [[0]]
        assert walk(database, tenant, Filter(principal="p_globex")) == [[]]
        assert content(database, other) != content(database, tenant)


class TestSize:
    def test_a_decision_costs_little(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        At most 600 bytes of index a decision, tables and their indexes together.
        """
        count = 2_000
        write(database, tenant, some(count))
        before = taken(database)
        indexer.index(tenant)

        assert (taken(database) - before) / count <= 600


class TestExpiry:
    @pytest.mark.usefixtures("small_blocks")
    def test_what_expires_leaves_no_word(
        self, database: Database, tenant: TenantId, indexer: Indexer
    ) -> None:
        """
        Positions that go leave every list; a block without any is gone with its times.
        """
        made = some(100)
        write(database, tenant, made)
        indexer.index(tenant)
        with database.connection(tenant, write=True) as connection:
            gone = {item.principal for item in made[:65]}
            postings.take_out(connection, tenant, range(130), gone)
        rest = content(database, tenant)

        assert {block for _, block in rest} == {2, 3}
        assert not any(bits & 0b11 for (_, block), bits in rest.items() if block == 2)


def content(database: Database, tenant: TenantId) -> dict[tuple[str, int], int]:
    """What is noted."""
    with database.connection(tenant) as connection:
        rows = connection.execute(
            text("SELECT word, block, bits FROM search_posting WHERE tenant_id = :tenant"),
            {"tenant": tenant if not database.sqlite else tenant.hex},
        ).all()
    return {(row.word, row.block): postings.unpacked(bytes(row.bits)) for row in rows}


def taken(database: Database) -> int:
    """Bytes that the database takes for the index; for SQLite, for everything."""
    with database.engine.connect() as connection:
        if database.sqlite:
            pages: Any = connection.scalar(text("PRAGMA page_count"))
            return int(pages) * int(connection.scalar(text("PRAGMA page_size")) or 0)
        query = "SELECT pg_total_relation_size('search_posting') + pg_total_relation_size("
        return int(connection.scalar(text(f"{query}'search_stretch')")) or 0)


def _cents(item: Made) -> float:
    return item.tokens * 100 / 1_000_000 if item.model == "m" else 0
