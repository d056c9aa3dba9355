"""The index of outputs: made from the log, apart by tenant, and gone when its time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import rights_index
from gateway.db.rights_index import IN_A_BLOCK, Imprinted, RightsBlock, RightsOutput
from gateway.errors import NotFound
from gateway.rights.index import RightsIndex
from gateway.rights.likeness import distance, normalised, text_digest
from gateway.rights.pictures import Pictures
from gateway.rights.signed import verify
from tests.factories import a_tenant
from tests.media import a_picture, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.clock import SystemClock
    from gateway.db.session import Database
    from gateway.rights.likeness import Output

SECRET = RootSecret(b"i" * 32)
EMMA, OTTO = "p_" + "e" * 22, "p_" + "o" * 22
TEXT = " ".join(f"word{at * at % 97} and{at}" for at in range(60))
RECORD: dict[str, Any] = {"owner_clause": "no_claim", "restrictions": []}


class World:
    """Two tenants, a log, and the index over it."""

    def __init__(self, database: Database, clock: SystemClock) -> None:
        self.database, self.clock = database, clock
        self.acme, self.other = (
            TenantId(a_tenant(database, slug).id) for slug in ("acme", "other")
        )
        self.ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
        self.ledger.start()
        self.index = RightsIndex(database, SECRET, clock, Pictures())

    def made(self, *outputs: Output, who: str = EMMA, tenant: TenantId | None = None) -> str:
        """An exchange in the log whose record names these outputs."""
        where, exchange = tenant or self.acme, exchange_id()
        common: dict[str, Any] = {"at": self.clock.now(), "exchange_id": exchange, "principal": who}
        decision = Entry(kind="decision", document={"decision": {}}, effect="permit", **common)
        self.ledger.record_decision(where, decision, b"{}")
        document = {
            "output": {"digest": "", "delivered_digest": "", "labels": []},
            "rights": {**RECORD, "outputs": [item.as_record() for item in outputs]},
        }
        outcome = Entry(kind="outcome", document=document, status="completed", **common)
        self.ledger.record_outcome(where, outcome)
        return exchange

    def text(self, text: str = TEXT) -> Output:
        """A text of Acme's as a record names it."""
        return self.index.text_outputs(self.acme, [text])[0]

    def nearest(self) -> tuple[int, str]:
        """The text with one word changed, and how far that is: the least of what is not nothing.

        Sketches are keyed by the tenant, so that not every change shows in every tenant's.
        """
        changes = [TEXT.replace(f"and{at} ", "or ") for at in range(59)]
        sketch = self.text().sketch
        apart = [(distance("text", sketch, self.text(text).sketch), text) for text in changes]
        return min((far, text) for far, text in apart if far)

    def picture(self, seed: int = 1, tenant: TenantId | None = None) -> Output:
        """A picture as a record names it; it came with other bytes."""
        data = encoded(a_picture(seed))
        return self.index.media_output(
            tenant or self.acme, "image", "image/png", b"as received", data
        )


@pytest.fixture
def world(database: Database, clock: SystemClock) -> Iterator[World]:
    """Once on SQLite and once on PostgreSQL."""
    made = World(database, clock)
    yield made
    made.ledger.stop()


class TestBlocks:
    @pytest.mark.parametrize("pieces", [(1,), (256,), (255, 1, 1), (100, 100, 100), (1, 700, 30)])
    def test_each_is_full_before_the_next_is_begun(
        self, world: World, pieces: tuple[int, ...]
    ) -> None:
        """
        However many outputs come at once; each imprint has its name, and both are in order.
        """
        count, now = 0, world.clock.now()
        for some in pieces:
            items = [
                Imprinted("text", f"ex_{at}", at % 3, now, at.to_bytes(16, "big"))
                for at in range(count, count + some)
            ]
            with world.database.connection(world.acme, write=True) as connection:
                rights_index.lay(connection, world.acme, items)
            count += some

        with world.database.tenant_session(world.acme) as session:
            blocks = list(session.scalars(select(RightsBlock).order_by(RightsBlock.number)))
            read = [laid for some in rights_index.imprints(session, "text", 2) for laid in some]
        laid = b"".join(block.imprints for block in blocks)
        names = [name for block in blocks for name in block.names.split("\n")]
        assert [block.number for block in blocks] == list(range(-(-count // IN_A_BLOCK)))
        assert {len(block.imprints) for block in blocks[:-1]} <= {16 * IN_A_BLOCK}
        assert laid == b"".join(at.to_bytes(16, "big") for at in range(count))
        assert names == [f"ex_{at} {at % 3}" for at in range(count)]
        assert read == [(block.number, block.imprints) for block in blocks]

    def test_another_tenant_reads_none_of_them(self, world: World) -> None:
        """
        P4: neither the imprints nor the names. Places that are no more, since the blocks were
        laid anew meanwhile, lead nowhere.
        """
        world.made(world.text())
        world.index.catch_up(world.acme)
        seen, places = [], [(0, 0), (0, 7), (9, 0)]
        for tenant in (world.acme, world.other):
            with world.database.tenant_session(tenant) as session:
                laid = list(rights_index.imprints(session, "text", 10))
                seen.append((len(laid), len(rights_index.named(session, "text", places, None))))

        assert seen == [(1, 1), (0, 0)]


class TestFinding:
    def test_the_same_text_and_one_much_like_it(self, world: World) -> None:
        """
        With how it matched, and how far it is.
        """
        exchange = world.made(world.text())
        world.made(world.text("another text altogether"))
        world.index.catch_up(world.acme)
        same = world.index.by_text(world.acme, f"  {TEXT.upper()}\n", EMMA)
        apart, changed = world.nearest()
        near = world.index.by_text(world.acme, changed, EMMA)

        assert [(item.exchange_id, item.match, item.distance) for item in same] == [
            (exchange, "released", 0)
        ]
        assert [(item.exchange_id, item.match, item.distance) for item in near] == [
            (exchange, "near", apart)
        ]
        assert 0 < apart <= 50
        assert world.index.by_text(world.acme, "nothing of ours", EMMA) == []

    def test_a_digest_is_enough(self, world: World) -> None:
        """
        Somebody who must not send the text sends SHA-256 of its normalised form.
        """
        exchange = world.made(world.text())
        world.index.catch_up(world.acme)
        found = world.index.by_digest(world.acme, text_digest(normalised([TEXT])), None)

        assert [item.exchange_id for item in found] == [exchange]
        assert world.index.by_digest(world.acme, b"x" * 32, None) == []

    def test_a_picture_as_released_as_received_and_saved_again(self, world: World) -> None:
        """
        The provider's bytes are found too, and so is what an editor made of it.
        """
        exchange = world.made(world.text(), world.picture())
        world.index.catch_up(world.acme)
        files = {
            "released": encoded(a_picture()),
            "received": b"as received",
            "near": encoded(a_picture(), "JPEG", quality=70),
        }
        for match, data in files.items():
            found = world.index.by_bytes(world.acme, data, EMMA)
            assert [(item.exchange_id, item.part, item.match) for item in found] == [
                (exchange, 1, match)
            ]
        assert world.index.by_bytes(world.acme, encoded(a_picture(9)), EMMA) == []

    def test_a_text_in_a_file(self, world: World) -> None:
        """
        An uploaded text file is looked up as the text in it.
        """
        exchange = world.made(world.text())
        world.index.catch_up(world.acme)
        found = world.index.by_bytes(world.acme, TEXT.encode(), EMMA)

        assert [item.exchange_id for item in found] == [exchange]
        assert world.index.by_bytes(world.acme, b"\xff\xfe\x00", EMMA) == []


class TestWhose:
    def test_a_person_finds_their_own(self, world: World) -> None:
        """
        A colleague's output is there for whoever may see all, and for nobody else.
        """
        exchange = world.made(world.text(), who=OTTO)
        world.index.catch_up(world.acme)

        assert world.index.by_text(world.acme, TEXT, EMMA) == []
        assert world.index.by_text(world.acme, TEXT, OTTO) != []
        assert world.index.by_text(world.acme, TEXT, None) != []
        with pytest.raises(NotFound):
            world.index.record(world.acme, exchange, EMMA)

    def test_a_person_finds_their_own_among_many_alike(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Where everybody was given nearly the same, as many as are looked at at once.
        """
        monkeypatch.setattr("gateway.rights.index._CANDIDATES", 3)
        own = world.made(world.text(), who=OTTO)
        for _ in range(10):
            world.made(world.text())
        world.index.catch_up(world.acme)
        near = world.index.by_text(world.acme, world.nearest()[1], OTTO)

        assert [item.exchange_id for item in near] == [own]

    def test_another_tenant_finds_nothing(self, world: World) -> None:
        """
        Neither by the text nor by plain bytes, whose digest is the same everywhere.
        """
        exchange = world.made(world.text(), world.picture())
        for tenant in (world.acme, world.other):
            world.index.catch_up(tenant)
        data = encoded(a_picture())

        assert world.index.by_bytes(world.acme, data, None) != []
        assert world.index.by_bytes(world.other, data, None) == []
        assert world.index.by_text(world.other, TEXT, None) == []
        with pytest.raises(NotFound):
            world.index.record(world.other, exchange, None)


class TestMadeFromTheLog:
    def test_reading_twice_adds_nothing(self, world: World) -> None:
        """
        Several workers read the same log; each output stands there once.
        """
        world.made(world.text(), world.picture())

        assert world.index.catch_up(world.acme) == 2
        assert world.index.catch_up(world.acme) == 0
        assert world.index.rebuild(world.acme) == 2
        assert len(world.index.by_text(world.acme, TEXT, None)) == 1

    def test_a_lost_index_is_made_anew(self, world: World) -> None:
        """
        What the log no longer tells, since its entry has expired, is taken from the outputs.
        """
        worlds = [world.made(world.text(), world.picture(seed)) for seed in range(3)]
        world.index.catch_up(world.acme)
        before = self.laid(world)
        with world.database.connection(world.acme, write=True) as connection:
            rights_index.clear_blocks(connection, world.acme)
        lost = self.laid(world)
        world.index.rebuild(world.acme)
        again = self.laid(world)
        near = world.index.by_text(world.acme, world.nearest()[1], None)

        assert sorted(before) == ["image", "text"]
        assert lost == {}
        assert again == before
        assert {item.exchange_id for item in near} == set(worlds)

    def laid(self, world: World) -> dict[str, tuple[bytes, str]]:
        """What lies in the blocks, by kind; there is one of each."""
        with world.database.tenant_session(world.acme) as session:
            blocks = session.scalars(select(RightsBlock)).all()
            return {block.kind: (block.imprints, block.names) for block in blocks}

    def test_a_note_is_read_without_anybody_waiting(self, world: World) -> None:
        """
        Whoever releases an output says that there is something to read, and goes on.
        """
        world.index.start()
        world.made(world.text())
        world.index.note(world.acme)
        for _ in range(100):
            if world.index.by_text(world.acme, TEXT, None):
                break
            world.index._ended.wait(0.05)
        world.index.stop()

        assert len(world.index.by_text(world.acme, TEXT, None)) == 1

    def test_many_notes_are_read_together(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Under load the log is read once a second, for whatever has come, and not for each note.
        """
        read: list[int] = []
        catch_up = world.index.catch_up
        monkeypatch.setattr(world.index, "catch_up", lambda tenant: read.append(catch_up(tenant)))
        world.index.start()
        for _ in range(12):
            world.made(world.text())
            world.index.note(world.acme)
            world.index._ended.wait(0.1)
        for _ in range(100):
            if sum(read) == 12:
                break
            world.index._ended.wait(0.05)
        world.index.stop()

        assert sum(read) == 12
        assert len(read) <= 3

    def test_a_lost_note_is_made_up_for(self, world: World) -> None:
        """
        The job reads what nobody noted, of every tenant.
        """
        world.made(world.text())
        world.made(world.picture(tenant=world.other), tenant=world.other)

        assert world.index.catch_up_all() == 2


class TestRecord:
    def test_it_is_signed_with_the_logs_key(self, world: World) -> None:
        """
        And says where in the log it stands.
        """
        exchange = world.made(world.text())
        signed = world.index.record(world.acme, exchange, EMMA)
        import json

        document = verify(json.dumps(signed), signed["verifier_key"])

        assert document["exchange"] == exchange
        assert document["rights"]["owner_clause"] == "no_claim"
        assert document["log"]["sequence"] == 1
        assert EMMA not in json.dumps(signed)

    def test_an_exchange_that_made_nothing_has_none(self, world: World) -> None:
        """
        Nor has one that never was.
        """
        with pytest.raises(NotFound):
            world.index.record(world.acme, "x-none", None)


class TestForgetting:
    def test_names_go_with_the_entry_and_rows_with_their_period(self, world: World) -> None:
        """
        What is kept longer than the log names nobody.
        """
        exchange = world.made(world.text(), world.picture())
        world.index.catch_up(world.acme)
        with world.database.connection(world.acme, write=True) as connection:
            rights_index.forget_names(connection, world.acme, [exchange])
        mine, all_found = (world.index.by_text(world.acme, TEXT, who) for who in (EMMA, None))
        with world.database.tenant_session(world.acme, write=True) as session:
            gone = rights_index.forget_before(session, world.clock.now())
        with world.database.tenant_session(world.acme) as session:
            left = list(
                session.scalars(select(RightsOutput).where(RightsOutput.exchange_id == exchange))
            )

        assert mine == []
        assert len(all_found) == 1
        assert gone == 2
        assert left == []
        assert world.index.by_text(world.acme, TEXT.replace("and30", "or"), None) == []

    def test_a_block_goes_with_its_last_output(self, world: World) -> None:
        """
        Until then what it says of outputs that went before leads nowhere.
        """
        old, young = world.made(world.text()), world.made(world.text())
        world.index.catch_up(world.acme)
        with world.database.tenant_session(world.acme, write=True) as session:
            early = session.scalars(
                select(RightsOutput).where(RightsOutput.exchange_id == old)
            ).one()
            early.at -= timedelta(days=1)
        near, found, left = world.nearest()[1], [], []
        for moment in (world.clock.now() - timedelta(hours=1), world.clock.now()):
            with world.database.tenant_session(world.acme, write=True) as session:
                rights_index.forget_before(session, moment)
            found += [item.exchange_id for item in world.index.by_text(world.acme, near, None)]
            with world.database.tenant_session(world.acme) as session:
                left.append(len(session.scalars(select(RightsBlock)).all()))

        assert found == [young]
        assert left == [1, 0]
