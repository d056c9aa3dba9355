"""A whole gateway whose clock a test can move."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway import app, assembly, secret_file
from gateway.core.clock import SystemClock
from tests.factories import Installation, a_tenant, migrated_file, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream


class ShiftedClock(SystemClock):
    """The machine's clock, some days ahead when a test says so."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        """The time, with the days added."""
        return super().now() + self.shift


@pytest.fixture
def shifted() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream, shifted: ShiftedClock) -> Iterator[Installation]:
    """A gateway with the organisation ``acme``; nobody has reviewed any terms."""
    shutil.copy(migrated_file(), tmp_path / "test.db")
    provider: dict[str, Any] = {
        "wire": "openai",
        "base_url": upstream.base_url,
        "api_key": "k",
        "region": "eu",
        "transfer": "none_needed",
    }
    found = settings_for(
        tmp_path,
        upstream.base_url,
        providers={
            "sim": {**provider, "tier": "openai/api-default"},
            "claude": {**provider, "tier": "anthropic/api-default"},
        },
        models={
            "echo": {"provider": "sim", "upstream": "echo"},
            "fable": {"provider": "claude", "upstream": "claude-fable-5"},
        },
    )
    secret_file.create(found.secret_file)
    gateway = assembly.build(found, clock=shifted)
    tenant = a_tenant(gateway.database, "acme")
    gateway.start()
    flask = app.create_app(gateway)
    made = Installation(gateway, flask, flask.test_client(), tenant)
    yield made
    made.close()
