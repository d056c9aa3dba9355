"""A log that is read while others write to it, while retention runs and while others sign.

What is read is the log of one instant: an auditor who asks a gateway at work must never be told
of a forgery because somebody asked a question meanwhile.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from gateway.audit import export
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.verify import Trust, verify_lines
from gateway.core.identifiers import uuid7
from gateway.db import log_tables, seal_tables
from gateway.db.search_words import Filter
from gateway.jobs.index import Indexer
from tests.contract.storage.expiring import SECRET
from tests.contract.storage.test_search import CATALOGUE, flat, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.audit.verdict import Verdict
    from tests.contract.storage.expiring import World

WRITERS, EACH = 4, 25


def checked(world: World, lines: Iterable[str]) -> Verdict:
    """The offline verdict on an export, with the public key alone."""
    return verify_lines(lines, Trust([world.log.verifier_key(world.tenant)]))


def sequences(lines: Iterable[str]) -> list[int]:
    """The places of the entries of an export, as they stand in it."""
    said = map(json.loads, lines)
    return [line["sequence"] for line in said if line["type"] == "entry"]


def before(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], Any]) -> None:
    """Let `act` happen once, right before a function reads."""
    real, done = getattr(where, name), []

    def meanwhile(*asked: Any, **named: Any) -> Any:
        if not done:
            done.append(True)
            act()
        return real(*asked, **named)

    monkeypatch.setattr(where, name, meanwhile)


class TestOneInstant:
    def test_what_is_read_there_does_not_change(self, world: World) -> None:
        """
        A transaction that asks for it sees one instant; the next on its connection does not.
        """
        world.exchange(1)
        for steady in (True, False):
            with world.database.connection(world.tenant, steady=steady) as connection:
                before = log_tables.count(connection, world.tenant)
                world.exchange(1)
                after = log_tables.count(connection, world.tenant)

            assert (before == after) is (steady or world.database.sqlite)


class TestWhileEntriesAreWritten:
    def test_a_log_is_verified_as_it_was_at_one_instant(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Entries that come between its state and its entries are no forgery.
        """
        world.exchange(1)
        world.log.seal(world.tenant)
        before(monkeypatch, log_tables, "entries", lambda: world.exchange(1))
        verdict = world.log.verify(world.tenant)

        assert [item.kind for item in verdict.defects] == []
        assert verdict.size == 2

    def test_a_checkpoint_that_another_worker_signs_is_no_forgery(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Whoever signs the state of a moment ago finds a longer one signed, and takes it as such.
        """
        world.exchange(1)
        other = DecisionLog(world.database, SECRET, world.clock)

        def more() -> None:
            world.exchange(1)
            other.seal(world.tenant)

        thread = threading.Thread(target=more)

        def meanwhile() -> None:
            thread.start()
            if not world.database.sqlite:  # there the signer has the only lock until it has signed
                thread.join()

        before(monkeypatch, seal_tables, "latest_checkpoint", meanwhile)
        world.log.seal(world.tenant)
        thread.join()

        assert world.verified().intact

    def test_hundreds_of_entries(self, world: World) -> None:
        """
        Exports, proofs and verdicts made all the while hold: nothing twice, nothing left out.
        """
        second = Ledger(world.database, SECRET, world.clock, uuid7(), record_seconds=20)
        second.start()
        world.exchange(1)
        together, ended = threading.Barrier(WRITERS + 1), threading.Event()
        own = world.ledger

        def write(ledger: Ledger) -> None:
            together.wait()
            for _ in range(EACH):
                world.exchange(1, ledger=ledger)

        writers = [
            threading.Thread(target=write, args=((own, second)[at % 2],)) for at in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        together.wait()
        looked = 0
        while not ended.is_set():
            if not any(writer.is_alive() for writer in writers):
                ended.set()  # and once more, when all is written
            lines = list(export.lines(world.log, world.tenant))
            verdict, found = checked(world, lines), sequences(lines)
            proof = export.prove(world.log, world.tenant, found[-1])

            assert verdict.intact, verdict.defects
            assert found == list(range(verdict.covered))
            assert verify_lines(
                [json.dumps(proof)], Trust([world.log.verifier_key(world.tenant)])
            ).intact
            assert world.log.verify(world.tenant).intact
            looked += 1
        second.stop()

        assert looked > 1
        assert found == list(range(2 + 2 * WRITERS * EACH))

    def test_pages_of_a_search(self, world: World) -> None:
        """
        Each walk through the pages shows every decision there was when it began, once and in order,
        be it indexed before, meanwhile or not yet.
        """
        for _ in range(5):
            world.exchange(1)
        ended, together = threading.Event(), threading.Barrier(3)

        def write() -> None:
            together.wait()
            for _ in range(EACH):
                world.exchange(1)
            ended.set()

        def index() -> None:
            indexer = Indexer(world.database, world.clock, CATALOGUE)
            together.wait()
            while not ended.is_set():
                indexer.run()

        others = [threading.Thread(target=work) for work in (write, index)]
        for other in others:
            other.start()
        together.wait()
        looked = 0
        while not ended.is_set() or not looked:
            known = list(range(0, world.log.size(world.tenant) - 1, 2))
            found = flat(walk(world.database, world.tenant, Filter()))

            assert found == sorted(set(found), reverse=True)
            assert set(known) <= set(found)
            looked += 1
        for other in others:
            other.join()

        assert len(flat(walk(world.database, world.tenant, Filter()))) == 5 + EACH


class TestWhileRetentionRuns:
    def test_what_expires_behind_the_header_is_in_the_export(self, world: World) -> None:
        """
        An entry is there with its bytes, or the tombstone that speaks of it is there.
        """
        world.exchange(500)
        world.exchange(1)
        lines = export.lines(world.log, world.tenant)
        found = [next(lines)]
        world.run()
        found += lines
        verdict = checked(world, found)

        assert [item.kind for item in verdict.defects] == []
        assert sequences(found) == [0, 1, 2, 3]

    @pytest.mark.parametrize("where", [log_tables, seal_tables])
    def test_what_expires_while_the_entries_are_read(
        self, world: World, monkeypatch: pytest.MonkeyPatch, where: Any
    ) -> None:
        """
        At whatever moment of the reading the job takes something out.
        """
        world.exchange(500)
        world.exchange(1)
        name = "entries" if where is log_tables else "checkpoints"
        before(monkeypatch, where, name, world.run)
        lines = list(export.lines(world.log, world.tenant))

        assert [item.kind for item in checked(world, lines).defects] == []

    def test_one_after_the_other_while_the_log_is_written(self, world: World) -> None:
        """
        A run of small steps, writers and exports at once: every export verifies.
        """
        for _ in range(40):
            world.exchange(500)
        ended = threading.Event()
        together = threading.Barrier(3)

        def write() -> None:
            together.wait()
            while not ended.is_set():
                world.exchange(1)

        def expire() -> None:
            together.wait()
            world.run()
            ended.set()

        others = [threading.Thread(target=work) for work in (write, expire)]
        for other in others:
            other.start()
        together.wait()
        looked = 0
        while not ended.is_set() or not looked:
            verdict = checked(world, export.lines(world.log, world.tenant))
            assert verdict.intact, verdict.defects
            looked += 1
        for other in others:
            other.join()

        assert checked(world, export.lines(world.log, world.tenant)).intact
