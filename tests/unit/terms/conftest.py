from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from gateway.core.identifiers import uuid7
from gateway.core.principal import Role
from gateway.db.base import Base
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.db.terms_copies import TermsCopy
from gateway.db.terms_editions import TermsEdition
from gateway.db.terms_overrides import TermsOverride, TermsOverrideDecision
from gateway.db.terms_reviews import TermsReview
from gateway.db.terms_statements import TermsStatement
from gateway.terms import facts
from gateway.terms.editions import SHIPPED, Editions
from gateway.terms.evidence import Evidence, Signatory
from gateway.terms.registry import TermsRegistry
from tests.unit.terms.builders import NOON, TRUSTED, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.principal import Tenant
    from gateway.terms.statements import BaseFacts


TABLES = (
    TenantRecord, TermsCopy, TermsEdition, TermsOverride, TermsOverrideDecision, TermsReview,
    TermsStatement,
)  # fmt: skip


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
    tables = [item.__table__ for item in TABLES]
    # A test's rows need not survive a loss of power.
    event.listen(opened.engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
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
    return facts.parse({path.name: path.read_bytes() for path in SHIPPED.glob("*.yaml")})


@pytest.fixture
def registry(database: Database, clock: SetClock) -> TermsRegistry:
    return TermsRegistry(Editions(database, clock), database, clock)


@pytest.fixture
def evidence(registry: TermsRegistry, database: Database) -> Evidence:
    return Evidence(registry, database)


@pytest.fixture
def a_registry(
    database: Database, clock: SetClock, tmp_path: Path
) -> Callable[[Any], TermsRegistry]:
    """Makes registries over an edition of the test's own."""

    def make(document: Any, version: str = "test-1") -> TermsRegistry:
        folder = signed(tmp_path / "edition", document, version=version)
        opened = Editions(database, clock, folder=folder, trusted=TRUSTED)
        return TermsRegistry(opened, database, clock)

    return make


def officer(*roles: Role, name: str = "p_officer") -> Signatory:
    """Somebody who may sign, unless told otherwise."""
    return Signatory(uuid7(), name, frozenset(roles or (Role.PRIVACY_OFFICER,)))
