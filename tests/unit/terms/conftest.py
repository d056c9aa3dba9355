from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.core.identifiers import uuid7
from gateway.db.base import Base
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.db.terms_reviews import TermsReview
from gateway.terms import facts
from gateway.terms.registry import TermsRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.principal import Tenant
    from gateway.terms.statements import BaseFacts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class SetClock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.at = NOON
        self.ticks = 100.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def forward(self, **step: float) -> None:
        delta = timedelta(**step)
        self.at += delta
        self.ticks += delta.total_seconds()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'terms.db'}")
    tables = [item.__table__ for item in (TenantRecord, TermsReview)]
    Base.metadata.create_all(opened.engine, tables=tables)  # type: ignore[arg-type]
    yield opened
    opened.dispose()


@pytest.fixture
def a_tenant(database: Database) -> Callable[..., Tenant]:
    """Makes tenants."""

    def make(slug: str = "acme", *, demo: bool = False) -> Tenant:
        record = TenantRecord(
            id=uuid7(),
            slug=slug,
            name=slug,
            demo=demo,
            language="en",
            code_version=1,
            created_at=NOON,
        )
        with database.directory_session(write=True) as session:
            session.add(record)
            session.flush()
            return record.value()

    return make


@pytest.fixture
def acme(a_tenant: Callable[..., Tenant]) -> Tenant:
    return a_tenant()


@pytest.fixture(scope="session")
def shipped() -> BaseFacts:
    """The base facts that ship."""
    return facts.load()


@pytest.fixture
def registry(shipped: BaseFacts, database: Database, clock: SetClock) -> TermsRegistry:
    return TermsRegistry(shipped, database, clock)
