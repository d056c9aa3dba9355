"""Erasing a person leaves no hit of what was planted: database, files, logs, metrics, exports,
and a backup that is restored."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import MetaData, select, text

from gateway import assembly
from gateway.audit import export
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.db.approvals import Approval
from gateway.errors import SealingUnavailable
from gateway.retention import tombstones
from gateway.sealed.envelope import new_key
from tests.factories import EMMA, an_installation
from tests.integration.test_sealed import an_exchange, nothing, turn_on
from tests.people import record_of, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

PROMPTS = 100
NAME = "Emmeline Planted-Surname"
OTTO = "otto@acme.example"


def planted() -> list[bytes]:
    """Everything that says who it was, or what she typed."""
    return [EMMA.encode(), NAME.encode(), b"Planted-Surname", b"canary-"]


def prompt(at: int) -> dict[str, Any]:
    """One prompt, with values in every place a prompt has."""
    return {
        "model": "echo",
        "user": f"canary-user-{at}",
        "messages": [
            {"role": "user", "content": f"I am {NAME}, {EMMA}. canary-text-{at}. Summarise."}
        ],
    }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, upstream: Upstream
) -> Iterator[Installation]:
    """A company that keeps content, on either database."""
    changes: dict[str, Any] = {"sealing": {"master_keys": [new_key().hex()]}}
    if request.param == "postgresql":
        changes["database"] = request.getfixturevalue("migrated_postgres_url")
    made = an_installation(tmp_path, upstream.base_url, **changes)
    turn_on(made, made.gateway.rights.content)
    yield made
    made.close()


def live(company: Installation) -> str:
    """A hundred prompts of Emma's with content on; her pseudonym."""
    emma = somebody(company, EMMA)
    key = company.key_for(EMMA, accepted=False)  # accepted once is enough
    with company.gateway.database.tenant_session(emma.tenant.id, write=True) as session:
        session.merge(record_of(company, EMMA)).display_name = NAME
    store = company.gateway.rights.content
    for at in range(PROMPTS):
        body = prompt(at)
        headers = {"Authorization": f"Bearer {key}"}
        answer = company.client.post("/v1/chat/completions", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    assert len(store.of(emma.tenant.id, emma.id)) == 2 * PROMPTS
    return emma.pseudonym


def dump(company: Installation) -> bytes:
    """Every byte of the database: of each row, and on SQLite of the files themselves."""
    gateway = company.gateway
    pieces = []
    with gateway.database.engine.connect() as connection:
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            for row in connection.execute(table.select()):
                pieces += [
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                ]
    if gateway.database.sqlite:
        where = gateway.settings.database.removeprefix("sqlite:///")
        with sqlite3.connect(where, isolation_level=None) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pieces += [
            file.read_bytes() for file in gateway.settings.secret_file.parent.glob("test.db*")
        ]
    return b"\n".join(pieces)


def exported(company: Installation) -> bytes:
    """What leaves: the log, and what another person is told."""
    gateway, tenant = company.gateway, TenantId(company.tenant.id)
    gateway.log.seal(tenant)
    subjects = gateway.rights.subjects
    other = subjects.export(
        subjects.person(company.tenant.value(), record_of(company, OTTO)), "p_x"
    )
    return "".join(export.lines(gateway.log, tenant)).encode() + str(other).encode()


def hits(where: bytes) -> list[bytes]:
    """Which planted values stand in these bytes."""
    return [value for value in planted() if value in where]


class TestZeroHits:
    def test_nothing_that_was_planted_is_left(
        self, company: Installation, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        """
        A hundred prompts, one erasure, no hit anywhere; and the log still verifies.
        """
        caplog.set_level(logging.DEBUG)
        pseudonym = live(company)
        company.key_for(OTTO)
        emma = record_of(company, EMMA)
        assert hits(dump(company)) == [EMMA.encode(), NAME.encode(), b"Planted-Surname"]
        done = company.gateway.rights.erasure.erase(
            TenantId(company.tenant.id), emma.id, "operator:x"
        )
        metrics = company.client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})

        assert metrics.status_code == 200
        assert hits(dump(company)) == []
        assert hits(exported(company)) == []
        assert hits(metrics.get_data()) == []
        assert hits(caplog.text.encode()) == []
        for file in tmp_path.rglob("*"):
            assert not file.is_file() or hits(file.read_bytes()) == []
        assert company.verify().intact
        assert done.pseudonym == pseudonym
        assert done.erased["content"] == 2 * PROMPTS
        assert (done.erased["keys"], done.erased["identity"], done.refused) == (1, 1, ())

    def test_a_restored_backup_forgets_again(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        A backup from before brings her back until its certificate is carried out again.
        """
        keys = {"sealing": {"master_keys": [new_key().hex()]}}
        company = an_installation(tmp_path, upstream.base_url, **keys)
        turn_on(company, company.gateway.rights.content)
        pseudonym = live(company)
        emma, tenant = record_of(company, EMMA), TenantId(company.tenant.id)
        where, backup = tmp_path / "test.db", tmp_path / "backup"
        with sqlite3.connect(where) as source, sqlite3.connect(backup) as target:
            source.backup(target)
        company.gateway.rights.erasure.erase(tenant, emma.id, "operator:x")
        # Its content is sealed in the backup too; only who she was stands there in the clear.
        assert hits(backup.read_bytes()) == [EMMA.encode(), NAME.encode(), b"Planted-Surname"]
        company.gateway.database.dispose()
        for file in tmp_path.glob("test.db*"):
            file.unlink()
        shutil.move(backup, where)
        # A gateway that ran on would refuse to write: its log has become shorter under it.
        company.gateway.stop()
        company.gateway = assembly.build(company.gateway.settings).start()
        rights = company.gateway.rights
        again = rights.erasure.again(tenant, pseudonym, "operator:x")

        assert again is not None
        assert again.erased["content"] == 2 * PROMPTS
        assert hits(dump(company)) == []
        assert rights.content.of(tenant, PrincipalId(emma.id)) == []
        assert rights.erasure.again(tenant, pseudonym, "operator:x") is None
        assert company.verify().intact
        company.close()


class TestHeld:
    @pytest.mark.parametrize(
        ("part", "gone", "stays"),
        [
            ("content", "identity", "content"),
            ("identity", "content", "identity"),
            ("all", "", "content"),
        ],
    )
    def test_the_held_part_is_refused_and_said(
        self, acme: Installation, part: str, gone: str, stays: str
    ) -> None:
        """
        A hold wins over erasure for its part, the rest goes, and the certificate names the case.
        """
        acme.key_for(EMMA)
        tenant, emma, rights = TenantId(acme.tenant.id), record_of(acme, EMMA), acme.gateway.rights
        person = (emma.id, acme.gateway.secret.pseudonym(tenant, PrincipalId(emma.id)))
        rights.holds.add(tenant, person, part=part, matter="case 7", by="x", note=nothing)
        done = rights.erasure.erase(tenant, emma.id, "operator:x")

        assert {item["matter"] for item in done.refused} == {"case 7"}
        assert stays in {item["part"] for item in done.refused}
        assert stays not in done.erased
        assert ("identity" in done.erased) == (gone == "identity")

    def test_released_it_goes(self, acme: Installation) -> None:
        """
        After the hold the same erasure is whole.
        """
        acme.key_for(EMMA)
        tenant, emma, rights = TenantId(acme.tenant.id), record_of(acme, EMMA), acme.gateway.rights
        hold = rights.holds.add(tenant, None, part="all", matter="case 8", by="x", note=nothing)
        refused = rights.erasure.erase(tenant, emma.id, "operator:x")
        rights.holds.release(tenant, hold.id, "x", nothing)
        done = rights.erasure.erase(tenant, emma.id, "operator:x")

        assert (refused.erased, refused.entry) == ({}, -1)
        assert done.erased["identity"] == 1


class TestErasure:
    def test_the_tombstone_counts_and_names_nobody(self, acme: Installation) -> None:
        """
        How much of what went, under which pseudonym; not who it was.
        """
        key = acme.key_for(EMMA)
        acme.chat(key)
        tenant, emma = TenantId(acme.tenant.id), record_of(acme, EMMA)
        done = acme.gateway.rights.erasure.erase(tenant, emma.id, "operator:x")
        stone = acme.entries()[done.entry]

        assert (stone["kind"], stone["action"]) == (tombstones.KIND, "person.erased")
        assert stone["count"] == sum(done.erased.values())
        assert EMMA not in str(acme.entries())

    def test_her_credentials_end_at_once(self, acme: Installation) -> None:
        """
        A key and a session of somebody erased open nothing.
        """
        key, cookie = acme.key_for(EMMA), acme.session_for(EMMA)
        emma = record_of(acme, EMMA)
        acme.gateway.rights.erasure.erase(TenantId(acme.tenant.id), emma.id, "operator:x")
        client = acme.flask.test_client()
        client.set_cookie("proviso", cookie)

        assert acme.chat(key).status_code == 401
        assert client.get("/").status_code == 303

    def test_no_approval_says_why_any_more(self, acme: Installation) -> None:
        """
        A reason is free text. Of hers, and of those she gave, stays who approved what.
        """
        acme.key_for(EMMA)
        tenant, emma = TenantId(acme.tenant.id), record_of(acme, EMMA)
        hers = acme.gateway.secret.pseudonym(tenant, PrincipalId(emma.id))
        now = acme.gateway.clock.now()

        def approved(of: str, by: str) -> Approval:
            return Approval(
                tenant_id=tenant, id=uuid7(), principal=of, purpose="", code="c.d",
                reason="Emma Weber is new", approver=by, at=now, expires_at=now,
                revoked_at=None, revoked_by=None,
            )  # fmt: skip

        with acme.gateway.database.tenant_session(tenant, write=True) as session:
            session.add_all([approved(hers, "p_x"), approved("p_y", hers), approved("p_y", "p_x")])
        done = acme.gateway.rights.erasure.erase(tenant, emma.id, "operator:x")
        with acme.gateway.database.tenant_session(tenant) as session:
            kept = [(row.code, row.reason) for row in session.scalars(select(Approval))]

        assert done.erased["reasons"] == 2
        assert sorted(kept) == [("c.d", ""), ("c.d", ""), ("c.d", "Emma Weber is new")]

    def test_what_providers_know_her_calls_by_is_listed(self, acme: Installation) -> None:
        """
        The ids a provider needs to find what it holds itself.
        """
        key = acme.key_for(EMMA)
        acme.chat(key)
        emma = record_of(acme, EMMA)
        done = acme.gateway.rights.erasure.erase(TenantId(acme.tenant.id), emma.id, "operator:x")
        sent = [item for item in acme.entries() if item["kind"] == "outcome"]
        named = [item["provider"]["request_id"] for item in sent if item["provider"]["request_id"]]

        assert [item["request_id"] for item in done.provider_objects] == named
        assert all(item["provider"] == "sim" for item in done.provider_objects)

    def test_another_tenants_certificate_does_nothing(self, acme: Installation) -> None:
        """
        A pseudonym of elsewhere has nobody behind it here.
        """
        acme.key_for(EMMA)
        erasure = acme.gateway.rights.erasure

        assert erasure.again(TenantId(acme.tenant.id), "p_" + "x" * 22, "x") is None

    def test_changed_ciphertext_is_not_handed_out(self, company: Installation) -> None:
        """
        Somebody with the database changes a kept prompt: it does not open.
        """
        emma = somebody(company, EMMA)
        company.gateway.rights.content.keep_request(an_exchange(emma, prompt(0)))
        with company.gateway.database.engine.begin() as connection:
            connection.execute(
                text("UPDATE sealed_content SET sealed = :junk"), {"junk": uuid7().bytes * 4}
            )

        with pytest.raises(SealingUnavailable):
            company.gateway.rights.content.of(emma.tenant.id, emma.id)
