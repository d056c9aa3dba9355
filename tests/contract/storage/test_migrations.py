"""Migrations go up, down and up again, with data in the way, on both databases."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from gateway.core.identifiers import TenantId
from gateway.core.secrets import RootSecret
from gateway.db import migrate, rights_index
from gateway.db.base import Base
from gateway.db.decision_log import PolicyInput
from gateway.db.rights_index import OutputRow, RightsBlock
from gateway.db.session import Database
from gateway.rights.index import RightsIndex
from gateway.rights.likeness import Likenesses, Output
from gateway.rights.pictures import Pictures
from tests.contract.storage.test_tenants_apart import a_person
from tests.factories import a_tenant

if TYPE_CHECKING:
    from gateway.core.clock import SystemClock

SECRET = RootSecret(b"m" * 32)


class TestRoundTrip:
    def test_up_down_up_with_data(self, database_url: str, clock: SystemClock) -> None:
        """
        A database with rows in it can be taken down to nothing and brought up again.
        """
        migrate.upgrade(database_url)
        database = Database(database_url)
        tenant = TenantId(a_tenant(database, "acme").id)
        with database.tenant_session(tenant, write=True) as session:
            session.add(a_person(tenant, "one@acme.example", clock))
        migrate.downgrade(database_url, "base")
        emptied = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
        migrate.upgrade(database_url)
        with database.engine.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM tenant"))
        database.dispose()

        assert emptied == set()
        assert rows == 0

    def test_upgrading_twice_changes_nothing(self, database_url: str) -> None:
        """
        An upgrade of what is current is no upgrade.
        """
        migrate.upgrade(database_url)
        migrate.upgrade(database_url)
        database = Database(database_url)

        assert migrate.is_current(database)
        database.dispose()


class TestQuestions:
    def test_what_was_asked_before_counts_as_asked_today(
        self, database_url: str, clock: SystemClock
    ) -> None:
        """
        The questions stay as they are, on the way up and down; their age begins with the upgrade.
        """
        migrate.upgrade(database_url, "0015")
        database = Database(database_url)
        a_tenant(database, "acme")
        asked = (
            "INSERT INTO policy_input (tenant_id, digest, canonical) SELECT id, :d, :d FROM tenant"
        )
        with database.engine.begin() as connection:
            connection.execute(text(asked), {"d": b"q" * 32})
        migrate.upgrade(database_url)
        with database.engine.connect() as connection:
            seen = connection.scalar(select(PolicyInput.seen_at))
        migrate.downgrade(database_url, "0015")
        with database.engine.connect() as connection:
            kept = connection.scalar(text("SELECT canonical FROM policy_input"))
        migrate.upgrade(database_url)
        database.dispose()

        assert seen is not None
        assert abs((clock.now() - seen).total_seconds()) < 600
        assert bytes(kept or b"") == b"q" * 32


class TestDrift:
    def test_tables_and_mappings_agree(self, database: Database) -> None:
        """
        The schema that migrations make is the schema that the code maps; the mark of who asks,
        which SQLite alone has, is no mapped class.
        """

        def mapped(_: object, name: str | None, *_more: object) -> bool:
            return name != "identity_mark"

        opts = {"compare_type": True, "include_object": mapped}
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=opts)
            differences = compare_metadata(context, Base.metadata)

        assert differences == []


class TestPlacesOfARequest:
    def test_what_is_open_and_what_is_few_stays_found(self, database_url: str) -> None:
        """
        Open exchanges are the same on the way up and down; the index by kind is partial, then not.
        """
        migrate.upgrade(database_url, "0017")
        database = Database(database_url)
        a_tenant(database, "acme")
        rows = [(f"ex_{number}", "p_one", f"m{number}") for number in range(5)]
        with database.engine.begin() as connection:
            for row in rows:
                connection.execute(
                    text(
                        "INSERT INTO open_exchange "
                        "(tenant_id, exchange_id, worker_id, principal, model, opened_at) "
                        "SELECT id, :exchange, id, :principal, :model, created_at FROM tenant"
                    ),
                    dict(zip(("exchange", "principal", "model"), row, strict=True)),
                )

        seen, partial = [], []
        for revision in ("0018", "0017", "head"):
            (migrate.downgrade if revision == "0017" else migrate.upgrade)(database_url, revision)
            query = "SELECT exchange_id, principal, model FROM open_exchange ORDER BY exchange_id"
            with database.engine.connect() as connection:
                seen.append([tuple(row) for row in connection.execute(text(query))])
            if database.sqlite:
                trees = inspect(database.engine).get_table_options("open_exchange")
                assert bool(trees.get("sqlite_with_rowid", True)) == (revision == "0017")
            partial += [
                f"{database.engine.dialect.name}_where" in index["dialect_options"]
                for index in inspect(database.engine).get_indexes("log_entry")
                if index["name"] == "ix_log_entry_tenant_id_kind_sequence"
            ]
        database.dispose()

        assert seen == [rows] * 3
        assert partial == [True, False, True]


class TestBands:
    def test_they_are_the_same_in_the_order_of_their_key(self, database_url: str) -> None:
        """
        On the way up and down none is lost; on SQLite they lie in one tree, and then in two.
        """
        migrate.upgrade(database_url, "0016")
        database = Database(database_url)
        a_tenant(database, "acme")
        rows = [("text", band, 2**31 + 7 * band, f"ex_{band % 3}", band % 2) for band in range(40)]
        with database.engine.begin() as connection:
            for row in rows:
                connection.execute(
                    text(
                        "INSERT INTO rights_band (tenant_id, kind, band, value, exchange_id, part) "
                        "SELECT id, :kind, :band, :value, :exchange, :part FROM tenant"
                    ),
                    dict(zip(("kind", "band", "value", "exchange", "part"), row, strict=True)),
                )

        seen = []
        for revision in ("0017", "0016", "0018"):
            if revision == "0016":
                migrate.downgrade(database_url, revision)
            else:
                migrate.upgrade(database_url, revision)
            with database.engine.connect() as connection:
                query = "SELECT kind, band, value, exchange_id, part FROM rights_band ORDER BY band"
                seen.append([tuple(row) for row in connection.execute(text(query))])
                trees = inspect(database.engine).get_table_options("rights_band")
            if database.sqlite:
                assert bool(trees.get("sqlite_with_rowid", True)) == (revision == "0016")
        database.dispose()

        assert seen == [rows] * 3


class TestImprints:
    def test_what_is_near_stays_found(self, database_url: str, clock: SystemClock) -> None:
        """
        The sketches of all outputs are laid in blocks, tenant by tenant, and taken apart again.
        """
        migrate.upgrade(database_url, "0018")
        database = Database(database_url)
        tenants = [TenantId(a_tenant(database, slug).id) for slug in ("acme", "other")]
        likenesses, chance = Likenesses(SECRET), Random(5)
        for tenant in tenants:
            texts = [
                " ".join(f"word{chance.randrange(900)}" for _ in range(60)) for _ in range(300)
            ]
            outputs = [
                *(likenesses.text(tenant, [said]) for said in texts),
                Output("image", b"i" * 32, b"", likenesses.picture(tenant, bytes(range(32)))),
                Output("text", b"s" * 32),
            ]
            rows = [
                OutputRow(
                    f"ex_{at:03}", at % 2, item.kind, "p_one", clock.now(),
                    item.digest, item.received, item.sketch,
                )
                for at, item in enumerate(outputs)
            ]  # fmt: skip
            with database.connection(tenant, write=True) as connection:
                rights_index.add(connection, tenant, rows)
        migrate.upgrade(database_url)

        index = RightsIndex(database, SECRET, clock, Pictures())
        last = tenants[-1]
        changed = texts[299].replace("word", "ward", 1)
        near = [(item.exchange_id, item.part) for item in index.by_text(last, changed, None)]
        elsewhere = index.by_text(tenants[0], changed, None)
        laid = [self.laid(database, tenant) for tenant in tenants]
        migrate.downgrade(database_url, "0018")
        bands = self.bands(database)
        migrate.upgrade(database_url)
        again = [self.laid(database, tenant) for tenant in tenants]
        database.dispose()

        assert near == [("ex_299", 1)]
        assert elsewhere == []
        assert [
            [(kind, number, len(imprints)) for kind, number, imprints, _ in some] for some in laid
        ] == [[("image", 0, 16), ("text", 0, 16 * 256), ("text", 1, 16 * 44)]] * 2
        assert again == laid
        assert len(bands) == 2 * 16 * 301
        sketch = int.from_bytes(likenesses.text(last, [texts[7]]).sketch, "big")
        pieces = {(at, sketch >> 32 * (15 - at) & 2**32 - 1) for at in range(16)}
        assert pieces <= {(band, value) for exchange, band, value in bands if exchange == "ex_007"}

    def laid(self, database: Database, tenant: TenantId) -> list[tuple[str, int, bytes, str]]:
        """What lies in a tenant's blocks."""
        with database.tenant_session(tenant) as session:
            rows = session.scalars(
                select(RightsBlock).order_by(RightsBlock.kind, RightsBlock.number)
            )
            return [(row.kind, row.number, row.imprints, row.names) for row in rows]

    def bands(self, database: Database) -> list[tuple[str, int, int]]:
        """What lay in bands before."""
        with database.engine.connect() as connection:
            rows = connection.execute(text("SELECT exchange_id, band, value FROM rights_band"))
            return [tuple(row) for row in rows]
