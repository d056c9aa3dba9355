"""P1 at every instruction boundary that matters: whatever is lost, the record is not behind."""

from __future__ import annotations

import json
import multiprocessing
import signal
from typing import TYPE_CHECKING, Any

import pytest

from gateway import app, assembly, secret_file
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.db import log_tables
from gateway.jobs.reconcile import CODE, Reconciler
from tests.factories import Installation, a_tenant, settings_for
from tests.integration.audit.victim import POINTS, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.audit.ledger import Ledger
    from tests.simulators.upstream import Upstream

FRESH = multiprocessing.get_context("forkserver")
"""Processes that begin with the gateway's modules loaded and nothing else of this one."""

FRESH.set_forkserver_preload([serve.__module__])
UNSENT = {
    "decision-before-transaction",
    "decision-before-entry",
    "decision-between-entry-and-head",
    "decision-before-open-exchange",
    "decision-before-commit",
}
"""Where the decision cannot be durable, so that nothing may have been sent."""

OPEN = {
    "decision-after-commit",
    "before-provider",
    "after-provider",
    "before-outcome",
    "outcome-before-entry",
    "outcome-before-commit",
}
"""Where the decision is durable and the outcome is not."""


@pytest.fixture
def company(tmp_path: Path, migrated_url: str, upstream: Upstream) -> Iterator[Installation]:
    """An installation at rest, whose worker is another process."""
    settings = settings_for(tmp_path, upstream.base_url, database=migrated_url)
    secret_file.create(settings.secret_file)
    gateway = assembly.build(settings)
    gateway.ledger.start()
    flask = app.create_app(gateway)
    tenant = a_tenant(gateway.database, "acme")
    made = Installation(gateway, flask, flask.test_client(), tenant)
    made.review("openai/api-default")
    yield made
    gateway.ledger.stop()
    gateway.database.dispose()


def run(company: Installation, upstream: Upstream, folder: Path, point: str) -> str:
    """One request in a process that dies there; what it had released by then."""
    where = (folder, upstream.base_url, company.gateway.settings.database)
    process = FRESH.Process(target=serve, args=(*where, company.key_for(), point))
    process.start()
    process.join()
    assert process.exitcode == (0 if point == "never" else -signal.SIGKILL)
    released = folder / "released"
    return released.read_text() if released.exists() else ""


def entries(company: Installation, kind: str) -> list[dict[str, Any]]:
    """The log's entries of one kind."""
    tenant = TenantId(company.tenant.id)
    with company.gateway.database.connection(tenant) as connection:
        found = [json.loads(row.canonical) for row in log_tables.entries(connection, tenant)]
    return [item for item in found if item["kind"] == kind]


def reconcile(company: Installation) -> int:
    """What another worker does soon afterwards."""
    ledger: Ledger = company.gateway.ledger
    return Reconciler(
        company.gateway.database, ledger, SystemClock(), uuid7(),
        silent_seconds=0, longest_seconds=600,
    ).run()  # fmt: skip


class TestKilledAt:
    @pytest.mark.parametrize("point", list(POINTS))
    def test_nothing_happened_without_its_record(
        self, company: Installation, upstream: Upstream, tmp_path: Path, point: str
    ) -> None:
        """
        No provider call without a decision, no released output without an outcome; afterwards
        every decision has exactly one outcome, and the log proves itself.
        """
        calls = upstream.count
        released = run(company, upstream, tmp_path, point)
        calls = upstream.count - calls
        decisions, outcomes = entries(company, "decision"), entries(company, "outcome")

        assert calls <= len(decisions)
        assert not released or [item["status"] for item in outcomes] == ["completed"]
        assert len(decisions) == (0 if point in UNSENT else 1)
        assert len(outcomes) == (0 if point in UNSENT | OPEN else 1)
        assert (calls, released) == ((0, "") if point in UNSENT else (calls, released))

        assert reconcile(company) == (1 if point in OPEN else 0)
        outcomes = entries(company, "outcome")
        assert len(outcomes) == len(decisions)
        if point in OPEN:
            assert (outcomes[0]["status"], outcomes[0]["code"]) == ("failed", CODE)
        assert company.verify().intact

    def test_the_points_are_where_they_are_said_to_be(self) -> None:
        """
        Every point is in one class or known to be in none.
        """
        assert set(POINTS) - UNSENT - OPEN == {"outcome-after-commit", "before-release", "never"}
