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
from gateway.db.prepared import Prepared
from gateway.db.ready import Ready
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
_BIND_BOUNDED = text(
    "SELECT set_config('role', :role, true), set_config('proviso.tenant', :tenant, true), "
    "set_config('lock_timeout', CAST(:patience AS text), true), "
    "set_config('statement_timeout', CAST(:patience AS text), true)"
)
_NOBODY = "00000000-0000-0000-0000-000000000000"
_BUSY_SECONDS = 5.0
_PATIENCE = {
    "connect_timeout": 5,
    # A server that vanished without a word is noticed in seconds rather than in hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


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
        # An error must not carry rows into the application log (promise P7).
        options["hide_parameters"] = True
        self._connecting = {} if self.sqlite else _PATIENCE
        options |= {"pool_pre_ping": not self.sqlite, "connect_args": self._connecting}
        self.engine: Engine = create_engine(url, **options)
        self._ready = Ready(self.engine)
        self._bind = Prepared(_BIND, self.engine.dialect)
        self._bind_bounded = Prepared(_BIND_BOUNDED, self.engine.dialect)
        self._begin = Prepared(text("BEGIN"), self.engine.dialect)
        self._begin_writing = Prepared(text("BEGIN IMMEDIATE"), self.engine.dialect)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_pooled)
            event.listen(self.engine, "begin", self._begin_sqlite)

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
    def connection(
        self,
        tenant: TenantId | None,
        *,
        write: bool = False,
        patience: float = 0.0,
        steady: bool = False,
    ) -> Iterator[Connection]:
        """A bare transaction for the hot paths that cannot afford a session; same binding.

        `patience` is how long it waits for another's lock and for any one statement, in seconds;
        0 leaves that to the database. With `steady` all that it reads is of one instant, whatever
        others write meanwhile: SQLite reads so anyway, PostgreSQL otherwise statement by statement.
        """
        with translated(), self.engine.connect() as connection:
            if self.sqlite:
                connection.execution_options(proviso_write=write)
            elif steady:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                self.bind(connection, tenant, patience)
                yield connection

    def first(
        self, tenant: TenantId, query: Prepared, values: dict[str, Any]
    ) -> tuple[Any, ...] | None:
        """The first row that `query` finds in `tenant`, for what is asked on every request.

        It stands alone in its transaction. SQLite opens one for a statement by itself; on
        PostgreSQL the driver opens it, row-level security is bound to the tenant first, and it is
        rolled back.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        bound = None if self.sqlite else (self._bind, _bound(tenant))
        try:
            return self._ready.first((query, values), bound)
        except (DBAPIError, PoolTimeout):
            with translated():
                raise

    def bind(self, connection: Connection, tenant: UUID | None, patience: float = 0.0) -> None:
        """Bind row-level security of the running transaction to `tenant` (PostgreSQL)."""
        if not self.sqlite:
            bound = _bound(tenant)
            if patience:
                bounded = {**bound, "patience": int(patience * 1_000)}
                self._bind_bounded.run(connection, bounded)
            else:
                self._bind.run(connection, bound)

    def driver_connection(self, patience: float) -> Any:
        """A new connection of the driver's own, for a thread that speaks to it alone and closes it.

        None that has lain in the pool: asking whether that still lives can take for ever. Nothing
        is bound on it. `patience` is how long SQLite waits on it for another's lock, in seconds.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        dialect = self.engine.dialect
        arguments, named = dialect.create_connect_args(self.engine.url)
        try:
            connection: Any = dialect.connect(*arguments, **named, **self._connecting)
            if self.sqlite:
                _prepare_sqlite(connection, patience)
        except dialect.loaded_dbapi.Error as error:
            raise StorageUnavailable from error
        return connection

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
        self._ready.close()
        self.engine.dispose()

    @contextmanager
    def _transaction(self, tenant: TenantId | None, *, write: bool) -> Iterator[Session]:
        with (
            self.connection(tenant, write=write) as connection,
            TenantSession(connection, tenant) as session,
        ):
            yield session
            session.flush()

    def _begin_sqlite(self, connection: Connection) -> None:
        writing = connection.get_execution_options().get("proviso_write")
        (self._begin_writing if writing else self._begin).run(connection, {})


def _bound(tenant: UUID | None) -> dict[str, Any]:
    return {"role": APPLICATION_ROLE, "tenant": str(tenant or _NOBODY)}


@contextmanager
def translated() -> Iterator[None]:
    """Say `StorageUnavailable` for what the driver calls by many names."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StorageUnavailable from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StorageUnavailable from error
        raise


def _prepare_pooled(connection: DBAPIConnection, _record: object) -> None:
    _prepare_sqlite(connection, _BUSY_SECONDS)


def _prepare_sqlite(connection: DBAPIConnection, patience: float) -> None:
    # The driver must not open transactions by itself: `Database` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a commit survives the loss of power, not only of the process (promise P1).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={int(patience * 1_000)}")
    cursor.close()


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
