from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.identity.builders import IssuerSimulator, SetClock, a_database, a_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = a_database(tmp_path)
    yield opened
    opened.dispose()


@pytest.fixture
def tenant(database: Database) -> TenantId:
    return a_tenant(database, "acme")


@pytest.fixture
def issuer(clock: SetClock) -> IssuerSimulator:
    return IssuerSimulator(clock)
