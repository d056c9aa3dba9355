"""What is done to the gateway is in the log, and so is who took the log away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from gateway import schedules
from gateway.audit import verify
from gateway.audit.entries import Entry, administration
from gateway.audit.tail import hashed
from gateway.audit.tree import Frontier
from gateway.cli import proviso
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.db import log_tables, migrate
from gateway.db.decision_log import LogHead
from gateway.db.session import Database
from gateway.jobs.in_force import POLICY, TERMS, InForce
from gateway.pdp.opa import OpaServerPdp
from tests.factories import Installation, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream


@dataclass
class Shell:
    """Somebody at the command line of a running installation."""

    company: Installation
    folder: Path

    def run(self, *words: str, code: int = 0) -> Any:
        """A command's result as JSON."""
        config = str(self.folder / "proviso.yaml")
        done = CliRunner().invoke(
            proviso, ["audit", *words, "--config", config, "--json"], catch_exceptions=False
        )
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def text(self, *words: str) -> str:
        """What a command prints."""
        config = str(self.folder / "proviso.yaml")
        done = CliRunner().invoke(
            proviso, ["audit", *words, "--config", config], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return str(done.stdout)

    def file(self, name: str, content: str) -> str:
        """A file with that content."""
        (self.folder / name).write_text(content)
        return str(self.folder / name)


@pytest.fixture
def shell(tmp_path: Path, upstream: Upstream) -> Iterator[Shell]:
    """An installation with a configuration file, and two exchanges in its log."""
    company = an_installation(tmp_path, upstream.base_url)
    names = {"database", "secret_file", "providers", "models", "server"}
    said = company.gateway.settings.model_dump(mode="json", include=names)
    (tmp_path / "proviso.yaml").write_text(yaml.safe_dump(said))
    key = company.key_for()
    for _ in range(2):
        company.chat(key)
    yield Shell(company, tmp_path)
    company.close()


def acts(company: Installation, kind: str = "administration") -> list[tuple[str, str]]:
    """Action and target of the log's entries of one kind."""
    return [(item["status"], item["target"]) for item in company.entries() if item["kind"] == kind]


class TestInForce:
    def test_the_sign_of_life_waits_for_no_other_job(self, acme: Installation) -> None:
        """
        Who is silent is taken for dead, and what it has in hand is closed.
        """
        apart = [job.name for schedule in acme.gateway.schedule.apart for job in schedule.jobs]

        assert apart == ["heartbeat"]

    def test_with_a_server_it_is_what_the_server_decides_with(self, acme: Installation) -> None:
        """
        Decisions name that revision, and the log says that it is in force, whatever the folder has.
        """
        gateway, clock = acme.gateway, SystemClock()
        server = OpaServerPdp("http://127.0.0.1:1", gateway.bundle.revision, 1.0, clock)
        server.revision = "another"  # as its last answer said
        schedules.in_force(gateway.log, server, gateway.terms).run()

        assert ("policy.activated", "another") in acts(acme)

    def test_a_change_is_recorded_once_whoever_sees_it(self, acme: Installation) -> None:
        """
        Two workers see the same revision, then the next: one entry for each, and one for terms.
        """
        versions = {POLICY: "r1", TERMS: "t1"}
        gateway = acme.gateway
        workers = [
            InForce(
                gateway.database,
                gateway.log,
                {POLICY: lambda: versions[POLICY], TERMS: lambda: versions[TERMS]},
            )
            for _ in range(2)
        ]
        first = [worker.run() for worker in workers]
        versions[POLICY] = "r2"
        second = [worker.run() for worker in workers]
        third = [worker.run() for worker in workers]

        assert (first, second, third) == ([2, 0], [1, 0], [0, 0])
        assert acts(acme) == [(POLICY, "r1"), (TERMS, "t1"), (POLICY, "r2")]
        assert acme.verify().intact

    def test_the_gateway_says_what_it_runs(self, acme: Installation) -> None:
        """
        The job of the schedule announces the bundle's revision and the edition of the terms.
        """
        (job,) = (job for job in acme.gateway.schedule.jobs if job.name == "in force")
        job.work()

        assert acts(acme) == [
            (POLICY, acme.gateway.bundle.revision),
            (TERMS, acme.gateway.terms.version),
        ]

    def test_a_tampered_log_is_left_alone(
        self, acme: Installation, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        The other tenants' logs are written; the tampered one is told of.
        """
        other = acme.add_tenant("globex")
        acme.chat(acme.key_for())
        tenant = TenantId(acme.tenant.id)
        with acme.gateway.database.connection(tenant, write=True) as connection:
            connection.execute(
                update(LogHead).where(LogHead.tenant_id == tenant).values(code=b"forged")
            )
        in_force = InForce(acme.gateway.database, acme.gateway.log, {POLICY: lambda: "r1"})

        assert in_force.run() == 1
        assert acme.gateway.log.size(TenantId(other.id)) == 1
        assert "was tampered with" in caplog.text


class TestReading:
    def test_taking_the_log_away_is_recorded(self, shell: Shell) -> None:
        """
        An export and a proof each leave an entry of reading, which the export itself holds.
        """
        made = shell.run("export", "--tenant", "acme", "--output", str(shell.folder / "log.jsonl"))
        shell.text("prove", "0", "--tenant", "acme")
        verdict = shell.run("verify", str(shell.folder / "log.jsonl"), "--key", made["key"])

        assert verdict["intact"]
        assert verdict["size"] == 5
        assert acts(shell.company, "reading") == [("log.exported", ""), ("entry.proved", "")]

    def test_a_tampered_log_can_still_be_looked_into(self, shell: Shell) -> None:
        """
        Whoever investigates gets the export; it cannot be recorded, and proves the tampering.
        """
        shell.company.verify()
        where = str(shell.folder / "log.jsonl")
        with shell.company.gateway.database.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM log_entry WHERE sequence = 3")
            connection.exec_driver_sql("UPDATE log_head SET size = 3")
        made = shell.run("export", "--tenant", "acme", "--output", where)
        verdict = shell.run("verify", where, "--key", made["key"], code=1)

        assert {item["kind"] for item in verdict["defects"]} == {"truncated"}


class TestCommands:
    def test_a_proof_shows_one_entry_to_whoever_has_the_key(self, shell: Shell) -> None:
        """
        By number or by exchange; verified offline, and wrong once a byte of it is changed.
        """
        exchange = shell.company.entries()[2]["exchange"]
        key = shell.company.gateway.log.verifier_key(TenantId(shell.company.tenant.id))
        proof = shell.text("prove", exchange, "--tenant", "acme")
        good = shell.run("verify", shell.file("proof", proof), "--key", key)
        spoilt = proof.replace('"sequence": 2', '"sequence": 1')
        bad = shell.run("verify", shell.file("spoilt", spoilt), "--key", key, code=1)

        assert good["intact"]
        assert not bad["intact"]
        assert spoilt != proof

    def test_two_checkpoints_are_shown_to_be_of_one_history(self, shell: Shell) -> None:
        """
        Between any two, with a change of key in between; whoever has the older key follows.
        """
        old = shell.run("checkpoint", "--tenant", "acme")
        (first,) = shell.run("keys", "--tenant", "acme")
        new_key = shell.run("rotate-key", "--tenant", "acme")["key"]
        shell.company.chat(shell.company.key_for())
        proof = shell.text("consistency", shell.file("old", old["note"]), "--tenant", "acme")
        listed = shell.run("keys", "--tenant", "acme")
        where = str(shell.folder / "chunks")
        shell.run("export", "--tenant", "acme", "--output", where, "--chunk-lines", "3")
        verdicts = [
            shell.run("verify", where, "--key", key, "--checkpoint", str(shell.folder / "old"))
            for key in (first["key"], new_key)
        ]

        assert shell.run(
            "verify", shell.file("proof", proof), "--key", first["key"], "--key", new_key
        )["intact"]
        assert [item["key"] for item in listed] == [first["key"], new_key]
        assert (listed[0]["until_size"], listed[1]["from_size"]) == (5, 5)
        assert [item["intact"] for item in verdicts] == [True, True]
        assert ("checkpoint_key.rotated", "1") in acts(shell.company)

    def test_a_key_of_the_tenants_own_signs_too(self, shell: Shell) -> None:
        """
        The organisation's key cosigns the newest checkpoint, and the export carries it.
        """
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem = shell.file("own.pem", private.decode())
        name = ("--signing-key", pem, "--name", "audit.acme.example")
        made = shell.run("cosign", "--tenant", "acme", *name)
        where = str(shell.folder / "log.jsonl")
        key = shell.run("export", "--tenant", "acme", "--output", where)["key"]
        verdict = shell.run("verify", where, "--key", key, "--witness", made["key"])
        note = shell.file("note", shell.run("checkpoint", "--tenant", "acme")["note"])
        apart = shell.run("cosign", note, *name)

        assert verdict["intact"]
        assert verdict["witnesses"] == {"audit.acme.example": 4}
        assert apart["key"] == made["key"]
        assert len(verify.kept_checkpoints(apart["note"])) == 1


class TestUpgrade:
    def test_a_log_from_before_goes_on_and_says_so(self, tmp_path: Path) -> None:
        """
        Its state has no code yet: the upgrade takes over what is there and records that it did.
        """
        config = tmp_path / "proviso.yaml"
        config.write_text("database: sqlite:///old.db\n")
        url = f"sqlite:///{tmp_path / 'old.db'}"
        migrate.upgrade(url, "0005")
        database, clock = Database(url), SystemClock()
        tenant = TenantId(uuid7())
        entry: Entry = administration(clock.now(), "operator:x", "tenant.created", "acme")
        lines, frontier = hashed(tenant, [entry]), Frontier()
        frontier.append(lines[0].leaf_hash)
        with database.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO tenant (id, slug, name, demo, language, code_version, created_at) "
                "VALUES (?, 'acme', 'Acme', 0, 'en', 1, '2026-01-01 00:00:00.000000')",
                (tenant.hex,),
            )
            log_tables.insert_entries(connection, tenant, 0, lines)
            connection.exec_driver_sql(
                "INSERT INTO log_head (tenant_id, size, frontier) VALUES (?, 1, ?)",
                (tenant.hex, frontier.subtrees()),
            )
        database.dispose()
        words = [["db", "upgrade"], ["audit", "verify", "--tenant", "acme"], ["db", "upgrade"]]
        done = [
            CliRunner().invoke(proviso, [*word, "--config", str(config)], catch_exceptions=False)
            for word in (*words, words[1])
        ]

        assert [item.exit_code for item in done] == [0, 0, 0, 0]
        assert "intact: 2 entries" in done[-1].output
