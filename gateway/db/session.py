"""The only way to a connection, and the first of the two walls between tenants (promise P4).

`Database.tenant_session` is a transaction inside one tenant. The tenant is added
to every ORM query on a tenant's table, and a new row of another tenant is
refused. On PostgreSQL the transaction also gives up the owner's rights and binds
row-level security to the tenant, so that a query written carelessly returns
nothing rather than too much.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from gateway.db.base import TenantRow
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.engine import Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from gateway.core.identifiers import TenantId

APPLICATION_ROLE = "proviso_app"
"""The PostgreSQL role transactions run as: it owns nothing and bypasses nothing."""

_BIND = text("SELECT set_config('role', :role, true), set_config('proviso.tenant', :tenant, true)")
_NOBODY = "00000000-0000-0000-0000-000000000000"
_BUSY_MILLISECONDS = 5_000


class TenantSession(Session):
    """A session bound to one tenant."""

    def __init__(self, connection: Connection, tenant: TenantId | None) -> None:
        """A session on `connection`; `tenant` None sees the directory of tenants only."""
        super().__init__(bind=connection, expire_on_commit=False)
        self.tenant = tenant


class ForeignRow(Exception):
    """Code tried to write a row of a tenant other than its session's."""


class Database:
    """The database behind one URL."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        """Nothing is connected until the first transaction."""
        self.url = url
        self.sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 32, "pool_timeout": 5}
        if not self.sqlite:
            options |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}
        self.engine: Engine = create_engine(url, **options)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def tenant_session(self, tenant: TenantId, *, write: bool = False) -> Iterator[Session]:
        """One transaction inside `tenant`: committed on leaving, rolled back on an error.

        `write` takes SQLite's write lock at the start, so that two writers wait for each other
        instead of failing halfway.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self._transaction(tenant, write=write) as session:
            yield session

    @contextmanager
    def directory_session(self, *, write: bool = False) -> Iterator[Session]:
        """One transaction over the directory of tenants; it sees no tenant's rows.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self._transaction(None, write=write) as session:
            yield session

    @contextmanager
    def connection(self, tenant: TenantId | None, *, write: bool = False) -> Iterator[Connection]:
        """A bare transaction for the hot paths that cannot afford a session; same binding."""
        with _translated(), self.engine.connect() as connection:
            if self.sqlite:
                connection.execution_options(proviso_write=write)
            with connection.begin():
                self.bind(connection, tenant)
                yield connection

    def bind(self, connection: Connection, tenant: UUID | None) -> None:
        """Bind row-level security of the running transaction to `tenant` (PostgreSQL)."""
        if not self.sqlite:
            connection.execute(_BIND, {"role": APPLICATION_ROLE, "tenant": str(tenant or _NOBODY)})

    def ping(self) -> bool:
        """Whether a trivial query is answered."""
        try:
            with self.connection(None) as connection:
                connection.execute(text("SELECT 1"))
        except StorageUnavailable:
            return False
        return True

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, tenant: TenantId | None, *, write: bool) -> Iterator[Session]:
        with (
            self.connection(tenant, write=write) as connection,
            TenantSession(connection, tenant) as session,
        ):
            yield session
            session.flush()


@contextmanager
def _translated() -> Iterator[None]:
    """Say `StorageUnavailable` for what the driver calls by many names."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StorageUnavailable from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable from error
        raise


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a commit survives the loss of power, not only of the process (promise P1).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("proviso_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@event.listens_for(TenantSession, "do_orm_execute")
def _within_tenant(state: ORMExecuteState) -> None:
    """Add the tenant to every select, update and delete on a tenant's table."""
    tenant = state.session.tenant  # type: ignore[attr-defined]
    state.statement = state.statement.options(
        with_loader_criteria(TenantRow, lambda row: row.tenant_id == tenant, include_aliases=True)
    )


@event.listens_for(TenantSession, "before_flush")
def _own_rows_only(session: TenantSession, _context: object, _instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, TenantRow) and row.tenant_id != session.tenant:
            raise ForeignRow(type(row).__name__)
