"""P1 with a real server: ``kill -9`` under load leaves no provider call without a record."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from tests.e2e.conftest import Company
    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
THREADS = 12


def load(base: str, key: str, model: str, ended: threading.Event) -> None:
    """Requests one after another until the end, or until nobody answers."""
    body = {"model": model, "messages": [{"role": "user", "content": "x" * 200}]}
    body["stream"] = model.startswith("slow")
    with requests.Session() as session, contextlib.suppress(requests.RequestException):
        session.headers["Authorization"] = f"Bearer {key}"
        while not ended.is_set():
            session.post(f"{base}/v1/chat/completions", json=body, timeout=5)


def counted(company: Company, query: str) -> int:
    """One number from the database."""
    with contextlib.closing(sqlite3.connect(company.folder / "proviso.db")) as database:
        return int(database.execute(query).fetchone()[0])


class TestKilled:
    def test_calls_never_exceed_recorded_decisions(
        self, company: Company, upstream: Upstream
    ) -> None:
        """
        Killed at any instant: provider calls are no more than durable decisions, what was left
        open is closed after a restart, and the log still proves itself.
        """
        key = company.found("openai/api-default")
        before = upstream.count
        for round_ in range(3):
            company.start()
            ended = threading.Event()
            threads = [
                threading.Thread(
                    target=load,
                    args=(company.base, key, "slow:0.05" if at % 3 == 0 else "echo", ended),
                )
                for at in range(THREADS)
            ]
            for thread in threads:
                thread.start()
            time.sleep(0.7 + 0.37 * round_)
            company.kill(signal.SIGKILL)
            ended.set()
            for thread in threads:
                thread.join()

            calls = upstream.count - before
            permits = counted(
                company, "SELECT count(*) FROM log_entry WHERE kind='decision' AND effect='permit'"
            )
            assert 0 < calls <= permits
        left_open = counted(company, "SELECT count(*) FROM open_exchange")
        assert left_open > 0
        assert company.json("audit", "verify", "--tenant", "acme")["intact"]

        reconcile(company)

        decisions = counted(company, "SELECT count(*) FROM log_entry WHERE kind='decision'")
        outcomes = counted(company, "SELECT count(*) FROM log_entry WHERE kind='outcome'")
        assert decisions == outcomes
        assert company.json("audit", "verify", "--tenant", "acme")["intact"]


def reconcile(company: Company) -> None:
    """Start once more with little patience, and wait until nothing is open."""
    with (company.folder / "proviso.yaml").open("a") as file:
        file.write("audit: {reconcile_seconds: 0.5}\n")
    company.start()
    until = time.monotonic() + 15
    while counted(company, "SELECT count(*) FROM open_exchange") and time.monotonic() < until:
        time.sleep(0.1)
    company.kill()
