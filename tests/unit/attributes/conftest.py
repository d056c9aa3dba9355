from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.attributes.parameters import Parameters
from gateway.attributes.resolve import AttributeSource
from gateway.db import migrate  # noqa: F401 - importing maps the tables
from gateway.db.base import Base
from gateway.db.session import Database
from tests.unit.attributes.builders import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'attributes.db'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.dispose()


@pytest.fixture
def source(database: Database, clock: SetClock) -> AttributeSource:
    return AttributeSource(database, clock, Parameters([]))
