"""P1 under fire: workers killed at random while 64 callers go on, and then everything counted."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

import pytest
import requests
from sqlalchemy import create_engine, text

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
CALLERS, SECONDS, WORKERS = 64, 10.0, 2
_FEWEST, _MORE = 3, 30.0
MODELS = ("echo", "echo", "slow:0.05")


class Callers:
    """People who ask again and again, whatever happens to the connection."""

    def __init__(self, base: str, key: str) -> None:
        self._url = f"{base}/v1/chat/completions"
        self._key = key
        self._ended = threading.Event()
        self.answered: list[str] = []
        """Exchanges whose whole answer has arrived."""

        self.statuses: Counter[int] = Counter()
        self._threads = [threading.Thread(target=self._ask, args=(at,)) for at in range(CALLERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, at: int) -> None:
        model = MODELS[at % len(MODELS)]
        body = {"model": model, "messages": [{"role": "user", "content": f"question {at}"}]}
        body["stream"] = model.startswith("slow")
        headers = {"Authorization": f"Bearer {self._key}", "Connection": "close"}
        while not self._ended.is_set():
            with contextlib.suppress(requests.RequestException):
                answer = requests.post(self._url, json=body, headers=headers, timeout=10)
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200 and (
                    not body["stream"] or answer.text.rstrip().endswith("data: [DONE]")
                ):
                    self.answered.append(answer.headers["x-proviso-decision-id"])
                continue
            self._ended.wait(0.05)  # nobody listens just now


class Rows:
    """The database, looked at from outside."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """What the log's entries of one kind say."""
        query = text("SELECT canonical FROM log_entry WHERE kind = :kind ORDER BY sequence")
        with self._engine.connect() as connection:
            return [json.loads(bytes(row[0])) for row in connection.execute(query, {"kind": kind})]

    def left_open(self) -> int:
        """Exchanges without an outcome."""
        with self._engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM open_exchange")) or 0)

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()


def a_company(folder: Path, upstream: Upstream, database_url: str) -> Company:
    """A gateway with two workers on that database."""
    configuration = openai_shaped(upstream.base_url, *set(MODELS), database=database_url)
    configuration["server"] = {"threads": 100, "streams": 64, "workers": WORKERS}
    configuration["audit"] = {"reconcile_seconds": 3, "checkpoint_seconds": 1}
    return Company(folder, configuration)


def under_fire(company: Company, seconds: float, seed: int) -> int:
    """Kill one worker after another at moments nobody chose; how many died."""
    chosen, killed, began = random.Random(seed), 0, time.monotonic()
    # On a busy machine workers take long to come up; three must have died, within the bound.
    while (left := began + seconds - time.monotonic()) > 0 or (killed < _FEWEST and left > -_MORE):
        time.sleep(chosen.uniform(0.3, 2.0))
        alive = sorted(company.workers())
        if not alive:
            # A server whose workers die as they start gives up; whoever runs it starts it again.
            company.kill(signal.SIGKILL)
            company.start()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chosen.choice(alive), signal.SIGKILL)
                killed += 1
    return killed


def settled(company: Company, rows: Rows) -> None:
    """After a new start nothing may stay open."""
    company.start()
    until = time.monotonic() + 20
    while rows.left_open() and time.monotonic() < until:
        time.sleep(0.2)
    company.kill()


class TestCrash:
    def test_the_counts_agree(self, tmp_path: Path, upstream: Upstream, migrated_url: str) -> None:
        """
        No provider call without a decision, no answer without its outcome; after a restart every
        decision has exactly one outcome, and the log proves itself.
        """
        company, rows = a_company(tmp_path, upstream, migrated_url), Rows(migrated_url)
        key = company.found("openai/api-default")
        before = upstream.count
        company.start()
        try:
            with Callers(company.base, key) as callers:
                killed = under_fire(company, SECONDS, seed=len(migrated_url))
            company.kill(signal.SIGKILL)
            calls = upstream.count - before
            permits = [item for item in rows.entries("decision") if item["effect"] == "permit"]
            settled(company, rows)
            decisions = Counter(item["exchange"] for item in rows.entries("decision"))
            outcomes = Counter(item["exchange"] for item in rows.entries("outcome"))
            completed = {
                item["exchange"]
                for item in rows.entries("outcome")
                if item["status"] == "completed"
            }

            assert killed >= _FEWEST
            assert len(callers.answered) > CALLERS
            assert calls <= len(permits)
            assert set(callers.answered) <= completed
            assert decisions == outcomes
            assert set(decisions.values()) == {1}
            assert rows.left_open() == 0
            assert company.json("audit", "verify", "--tenant", "acme")["intact"]
        finally:
            rows.close()
            company.kill(signal.SIGKILL)
