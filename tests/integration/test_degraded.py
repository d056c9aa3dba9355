"""The degraded mode through the whole gateway: the database takes nothing, and people work on."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

KEY = "5a" * 32
CALLERS = 12
SECRET_WORDS = "the merger with Globex"


@pytest.fixture
def spooling(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway whose tenant has configured the mode."""
    spool = {"directory": str(tmp_path / "spool"), "key": KEY, "tenants": ["acme"]}
    made = an_installation(
        tmp_path, upstream.base_url, audit={"spool": spool},
        server={"threads": 64, "streams": 32},
        timeouts={"first_byte": 0.6, "total": 5, "connect": 1, "record": 0.5},
    )  # fmt: skip
    spooled = made.gateway.spooled
    assert spooled is not None
    spooled.drain()
    yield made
    made.close()


@contextmanager
def log_held(folder: Path) -> Iterator[None]:
    """Somebody holds the database's write lock: it can be read and takes no entries."""
    connection = sqlite3.connect(folder / "test.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def ask(installation: Installation, key: str) -> int:
    """One chat, by a client of its own; the status."""
    response = installation.flask.test_client().post(
        "/v1/chat/completions",
        json={"model": "echo", "messages": [{"role": "user", "content": SECRET_WORDS}]},
        headers={"Authorization": f"Bearer {key}"},
    )
    return response.status_code


def ready(installation: Installation) -> dict[str, Any]:
    """What readiness says."""
    document: dict[str, Any] = installation.client.get("/readyz").get_json()
    return document


def settled(installation: Installation) -> None:
    """Wait until readiness says ok again."""
    for _ in range(200):
        if ready(installation)["status"] == "ok":
            return
        time.sleep(0.1)
    raise AssertionError(ready(installation))


class TestOn:
    def test_people_work_on_and_the_log_is_whole(
        self, spooling: Installation, tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        Under load, every request is answered; readiness says degraded; afterwards the file is gone,
        as many decisions as outcomes as answers stand in the log, and it verifies.
        """
        key = spooling.key_for()
        assert ask(spooling, key) == 200
        with ThreadPoolExecutor(CALLERS) as callers, log_held(tmp_path):
            statuses = list(callers.map(lambda _: ask(spooling, key), range(60)))
            status = ready(spooling)["status"]
            kept = b"".join(path.read_bytes() for path in (tmp_path / "spool").iterdir())
        settled(spooling)
        kinds = [entry["kind"] for entry in spooling.entries()]

        assert statuses == [200] * 60
        assert status == "degraded"
        assert kept
        assert b"Globex" not in kept
        assert b"acme" not in kept
        assert kinds.count("decision") == kinds.count("outcome") == 61
        assert list((tmp_path / "spool").iterdir()) == []
        assert spooling.verify().intact


class TestOff:
    def test_without_it_everybody_is_refused(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        P1: the default. Nothing is sent, and readiness is red.
        """
        made = an_installation(
            tmp_path, upstream.base_url,
            timeouts={"first_byte": 0.6, "total": 5, "connect": 1, "record": 0.5},
        )  # fmt: skip
        key = made.key_for()
        calls = len(upstream.calls)
        with log_held(tmp_path):
            status = ask(made, key)
            found = made.client.get("/readyz").status_code
        made.close()

        assert (status, found) == (503, 503)
        assert len(upstream.calls) == calls
