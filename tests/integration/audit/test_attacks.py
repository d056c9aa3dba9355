"""P6 attacked: full write access to the database, against one checkpoint kept elsewhere.

The attacker is the database's owner: row-level security, grants and constraints
do not hold it. It does not have the root secret, except where the test says so.
Everything is judged offline, from an export and the public key alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gateway.audit import canonical, export, tree
from gateway.audit.entries import Entry, administration
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.verify import Trust, verify_path
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.errors import AuditUnavailable, LogTampered
from gateway.jobs.seal import seal_all
from tests.factories import a_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.audit.verdict import Verdict
    from gateway.core.clock import SystemClock
    from gateway.db.session import Database

SECRET = RootSecret(b"r" * 32)


@dataclass
class Scene:
    """A log with ten exchanges and three checkpoints, one of which an auditor has kept."""

    database: Database
    clock: SystemClock
    tenant: TenantId
    other: TenantId
    log: DecisionLog
    ledger: Ledger
    folder: Path
    kept: str = ""
    """The checkpoint of the first ten entries."""

    def exchanges(self, tenant: TenantId, count: int) -> None:
        """Decisions with their outcomes."""
        for _ in range(count):
            exchange, now = exchange_id(), self.clock.now()
            entry = Entry("decision", now, {"x": 1}, exchange, effect="deny", principal="p_a")
            self.ledger.record_decision(tenant, entry, b"{}")
            done = Entry("outcome", now, {"code": "ok"}, exchange, status="denied")
            self.ledger.record_outcome(tenant, done)

    def sql(self, statement: str, **values: Any) -> None:
        """What the attacker runs, as the database's owner."""
        with self.database.engine.connect() as connection:
            connection.execution_options(proviso_write=True)
            with connection.begin():
                connection.execute(text(statement), values)

    def rows(self) -> list[Any]:
        """The tenant's entries, as the attacker reads them."""
        query = text(f"SELECT sequence, canonical FROM log_entry WHERE {self.mine} ORDER BY 1")
        with self.database.engine.connect() as connection:
            return [(int(row[0]), bytes(row[1])) for row in connection.execute(query)]

    @property
    def mine(self) -> str:
        """The condition for the tenant's rows, in the database's own spelling."""
        value = self.tenant.hex if self.database.sqlite else str(self.tenant)
        return f"tenant_id = '{value}'"

    @property
    def theirs(self) -> str:
        """The same for the other tenant."""
        value = self.other.hex if self.database.sqlite else str(self.other)
        return f"tenant_id = '{value}'"

    def write(self, sequence: int, content: bytes) -> None:
        """Put these bytes, with their right hash, where an entry was."""
        self.sql(
            f"UPDATE log_entry SET canonical = :c, leaf_hash = :h WHERE {self.mine} "
            "AND sequence = :s",
            c=content, h=tree.leaf_hash(content), s=sequence,
        )  # fmt: skip

    def insert(self, sequence: int, content: bytes) -> None:
        """Add a row with its right hash, copied otherwise from the first one."""
        self.sql(
            "INSERT INTO log_entry (tenant_id, sequence, kind, recorded_at, exchange_id, "
            "canonical, leaf_hash, effect, status, model, principal, rules) SELECT tenant_id, :s, "
            "kind, recorded_at, exchange_id, :c, :h, effect, status, model, principal, rules "
            f"FROM log_entry WHERE {self.mine} AND sequence = 0",
            s=sequence, c=content, h=tree.leaf_hash(content),
        )  # fmt: skip

    def fit_head(self, code: bytes | None = None) -> None:
        """Make the stored state of the tree fit the rows, as a careful forger does."""
        frontier = tree.Frontier()
        for _, content in self.rows():
            frontier.append(tree.leaf_hash(content))
        self.sql(
            f"UPDATE log_head SET size = :n, frontier = :f WHERE {self.mine}",
            n=frontier.size, f=frontier.subtrees(),
        )  # fmt: skip
        if code is not None:
            self.sql(f"UPDATE log_head SET code = :c WHERE {self.mine}", c=code)

    def judged(self, *, kept: bool = True) -> Verdict:
        """The verdict of an auditor who gets an export made after the attack."""
        path = self.folder / "export.jsonl"
        export.to_file(self.log, self.tenant, path)
        key = DecisionLog(self.database, SECRET, self.clock).keys(self.tenant)[0]
        trust = Trust((key.verifier.written(),), (self.kept,) if kept else ())
        return verify_path(path, trust)

    def kinds(self, *, kept: bool = True) -> set[str]:
        """What the auditor finds."""
        return {item.kind for item in self.judged(kept=kept).defects}


@pytest.fixture
def scene(database: Database, clock: SystemClock, tmp_path: Path) -> Iterator[Scene]:
    """The log before the attack."""
    tenants = [TenantId(a_tenant(database, slug).id) for slug in ("acme", "globex")]
    log = DecisionLog(database, SECRET, clock)
    ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=5)
    ledger.start()
    made = Scene(database, clock, *tenants, log, ledger, tmp_path)
    made.exchanges(tenants[0], 3)
    log.seal(tenants[0])
    made.exchanges(tenants[0], 2)
    made.kept = log.seal(tenants[0]) or ""
    made.exchanges(tenants[0], 5)
    log.seal(tenants[0])
    made.exchanges(tenants[1], 10)
    log.seal(tenants[1])
    yield made
    ledger.stop()


def changed(content: bytes, **fields: Any) -> bytes:
    """The same entry, saying something else."""
    return canonical.encode({**json.loads(content), **fields})


class TestUntouched:
    def test_a_genuine_log_is_intact(self, scene: Scene) -> None:
        """
        Without an attack nothing is found: the tests below fail for the right reason.
        """
        verdict = scene.judged()

        assert verdict.intact
        assert (verdict.size, verdict.covered) == (20, 20)


class TestEdits:
    def test_one_byte_changed(self, scene: Scene) -> None:
        """
        A byte of one entry: the entry is named.
        """
        content = scene.rows()[7][1]
        scene.sql(
            f"UPDATE log_entry SET canonical = :c WHERE {scene.mine} AND sequence = 7",
            c=content[:-2] + bytes([content[-2] ^ 1]) + content[-1:],
        )

        assert ("edited", 7) in {(item.kind, item.sequence) for item in scene.judged().defects}

    def test_an_edit_with_its_hash_and_head_mended(self, scene: Scene) -> None:
        """
        Entry, leaf hash and head all fit each other: they do not fit what was signed.
        """
        scene.write(6, changed(scene.rows()[6][1], effect="permit"))
        scene.fit_head()
        verdict = scene.judged()

        assert ("rewritten", 6) in {(item.kind, item.sequence) for item in verdict.defects}

    def test_a_search_column_changed(self, scene: Scene) -> None:
        """
        What the pages search by is checked against the hashed bytes where the log lies.
        """
        for column, value in (("effect", "permit"), ("kind", "reading"), ("exchange_id", "x")):
            scene.sql(f"UPDATE log_entry SET {column} = '{value}' WHERE {scene.mine}")

            assert "column" in {item.kind for item in scene.log.verify(scene.tenant).defects}

    def test_two_rows_swapped(self, scene: Scene) -> None:
        """
        Two entries change places, each with its hash.
        """
        rows = scene.rows()
        scene.write(2, rows[3][1])
        scene.write(3, rows[2][1])
        scene.fit_head()

        assert "rewritten" in scene.kinds()


class TestRowsTaken:
    def test_a_row_deleted(self, scene: Scene) -> None:
        """
        A hole is named.
        """
        scene.sql(f"DELETE FROM log_entry WHERE {scene.mine} AND sequence = 4")

        assert ("missing", 4) in {(item.kind, item.sequence) for item in scene.judged().defects}

    def test_a_row_deleted_and_the_rest_moved_up(self, scene: Scene) -> None:
        """
        The hole is closed and everything mended: the root is another one.
        """
        scene.sql(f"DELETE FROM log_entry WHERE {scene.mine} AND sequence = 4")
        for sequence, _ in scene.rows()[4:]:
            scene.sql(
                f"UPDATE log_entry SET sequence = :s - 1 WHERE {scene.mine} AND sequence = :s",
                s=sequence,
            )
        scene.fit_head()

        assert "rewritten" in scene.kinds()

    def test_the_tail_cut_with_its_checkpoints(self, scene: Scene) -> None:
        """
        Entries, checkpoints and head are taken back to an earlier day: the kept checkpoint covers
        more than is here.
        """
        scene.sql(f"DELETE FROM log_entry WHERE {scene.mine} AND sequence >= 6")
        scene.sql(f"DELETE FROM checkpoint WHERE {scene.mine} AND size > 6")
        scene.fit_head(SECRET.head_code(scene.tenant, *_state(scene)))

        assert scene.kinds(kept=False) == set()
        assert scene.kinds() == {"truncated"}

    def test_everything_deleted(self, scene: Scene) -> None:
        """
        No log at all, where a checkpoint says that there was one.
        """
        for table in ("log_entry", "checkpoint", "log_head"):
            scene.sql(f"DELETE FROM {table} WHERE {scene.mine}")

        assert "truncated" in scene.kinds()


class TestRowsAdded:
    def test_an_entry_appended_to_the_table(self, scene: Scene) -> None:
        """
        A row behind the end, unknown to the head: nobody vouches for it.
        """
        scene.insert(20, changed(scene.rows()[0][1], effect="permit"))

        assert "forged" in scene.kinds()

    def test_an_entry_appended_with_the_head_mended_is_not_signed(self, scene: Scene) -> None:
        """
        The forger makes the head fit and waits for the next checkpoint: the gateway does not sign
        a state it did not leave behind, nor go on from it, and the export shows the entry.
        """
        scene.insert(20, changed(scene.rows()[0][1], effect="permit"))
        scene.fit_head()

        with pytest.raises(LogTampered):
            scene.log.seal(scene.tenant)
        assert seal_all(scene.database, scene.log) == 0
        with pytest.raises(AuditUnavailable):
            scene.exchanges(scene.tenant, 1)
        assert scene.judged().defects[0].kind == "forged"
        assert scene.judged().defects[0].sequence == 20

    def test_an_old_state_put_back_while_the_gateway_runs(self, scene: Scene) -> None:
        """
        A genuine older state, with its code, is refused by a writer that knows a newer one.
        """
        scene.sql(f"DELETE FROM log_entry WHERE {scene.mine} AND sequence >= 6")
        scene.sql(f"DELETE FROM checkpoint WHERE {scene.mine} AND size > 6")
        scene.fit_head(SECRET.head_code(scene.tenant, *_state(scene)))

        with pytest.raises(AuditUnavailable):
            scene.exchanges(scene.tenant, 1)

    def test_an_entry_inserted_in_the_middle(self, scene: Scene) -> None:
        """
        An entry slipped in, the rest moved down, everything mended.
        """
        for sequence, _ in reversed(scene.rows()[8:]):
            scene.sql(
                f"UPDATE log_entry SET sequence = :s + 1 WHERE {scene.mine} AND sequence = :s",
                s=sequence,
            )
        scene.insert(8, changed(scene.rows()[0][1], effect="permit"))
        scene.fit_head()

        assert "rewritten" in scene.kinds()


class TestWholeHistories:
    def test_two_logs_exchanged(self, scene: Scene) -> None:
        """
        One tenant's whole log, checkpoints and all, under the other's name.
        """
        for table in ("log_entry", "checkpoint", "log_head"):
            scene.sql(f"DELETE FROM {table} WHERE {scene.mine}")
            value = scene.mine.split(" = ")[1]
            scene.sql(f"UPDATE {table} SET tenant_id = {value} WHERE {scene.theirs}")

        assert "foreign" in scene.kinds(kept=False)
        assert "foreign" in scene.kinds()

    def test_a_new_history_signed_with_the_genuine_key(self, scene: Scene) -> None:
        """
        The attacker has the root secret as well, and writes a whole other history with good
        signatures. Nothing inside shows it; the one checkpoint kept elsewhere does.
        """
        for table in ("log_entry", "checkpoint", "log_head"):
            scene.sql(f"DELETE FROM {table} WHERE {scene.mine}")
        forger = Ledger(scene.database, SECRET, scene.clock, uuid7(), record_seconds=5)
        forger.start()
        for at in range(30):
            entry = administration(scene.clock.now(), "p_x", "all.is.well", str(at))
            forger.record_event(scene.tenant, entry)
        forger.stop()

        assert scene.kinds(kept=False) == set()
        assert scene.kinds() == {"rewritten"}

    def test_another_key(self, scene: Scene) -> None:
        """
        An attacker without the root secret signs with a key of its own: it is unknown.
        """
        forger = DecisionLog(scene.database, RootSecret(b"f" * 32), scene.clock)
        scene.sql(f"DELETE FROM checkpoint WHERE {scene.mine}")
        scene.fit_head(RootSecret(b"f" * 32).head_code(scene.tenant, *_state(scene)))
        forger.seal(scene.tenant)
        scene.log = forger

        assert "unknown_key" in scene.kinds()

    def test_a_key_change_hidden(self, scene: Scene) -> None:
        """
        The row that says a new key took over is deleted, so that the gateway signs with the old
        one again: for the auditor that key is retired.
        """
        scene.log.rotate_key(scene.tenant, "p_officer")
        assert scene.kinds() == set()
        scene.sql(f"DELETE FROM signing_key WHERE {scene.mine}")
        scene.exchanges(scene.tenant, 1)

        assert {"retired_key", "unknown_key"} & scene.kinds()


class TestAfterwards:
    def test_an_operator_can_go_on_and_the_log_says_so(self, scene: Scene) -> None:
        """
        After the cause is found, the log is adopted as it is: it is written and signed again, and
        an entry names from where on nobody could vouch for it.
        """
        scene.insert(20, changed(scene.rows()[0][1], effect="permit"))
        scene.fit_head()
        size = scene.log.adopt(scene.tenant, "operator:root")
        scene.exchanges(scene.tenant, 1)
        last = json.loads(scene.rows()[21][1])

        assert size == 22
        assert (last["status"], last["params"]) == (
            "log.adopted",
            {"unvouched_from": 20, "until": 21},
        )
        assert scene.kinds() == set()

    def test_a_hole_is_not_adopted(self, scene: Scene) -> None:
        """
        What is missing has to come from a backup.
        """
        scene.sql(f"DELETE FROM log_entry WHERE {scene.mine} AND sequence = 4")

        with pytest.raises(LogTampered):
            scene.log.adopt(scene.tenant, "operator:root")


def _state(scene: Scene) -> tuple[int, bytes]:
    """The state of the tree that fits the rows."""
    frontier = tree.Frontier()
    for _, content in scene.rows():
        frontier.append(tree.leaf_hash(content))
    return frontier.size, frontier.subtrees()
