"""What several files of this folder use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.storage.expiring import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.clock import SystemClock
    from gateway.db.session import Database


@pytest.fixture
def world(database: Database, clock: SystemClock) -> Iterator[World]:
    """A tenant with a log."""
    made = World(database, clock)
    yield made
    made.ledger.stop()
