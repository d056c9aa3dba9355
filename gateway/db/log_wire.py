"""Writing a tenant's log on PostgreSQL in two round trips, whatever the size of the group.

The first begins the transaction, binds row-level security and locks the tree; the
second adds the group, in as many statements as there are tables, and commits.
Each ends with a synchronisation, so that between them the server may end the session
of somebody who has the lock and is gone; and each is waited for so long and no longer.
Statements are prepared once for a connection and their values sent in the protocol's
binary form, a column as an array: through the driver's cursors a group of sixteen
entries costs three times as much, and a single entry four times.

Sources: PostgreSQL's message flow (extended query, pipelining), libpq's pipeline mode.
"""

from __future__ import annotations

import select
from collections import deque
from datetime import UTC, datetime, timedelta
from struct import Struct
from time import monotonic
from typing import TYPE_CHECKING

from psycopg import Error, InterfaceError, OperationalError
from psycopg.errors import DivisionByZero, error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus

from gateway.db.log_group import Refused
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from psycopg import Connection
    from psycopg.pq.abc import PGconn, PGresult

BINARY = 1
_FORMATS = [[BINARY] * count for count in range(16)]
SEARCHED = ("effect", "status", "model", "principal", "rules")
"""An entry's columns of which ``entries`` takes one array each, in this order, after the others."""

STATEMENTS = {
    "begin": "BEGIN",
    "bind": "SELECT set_config('role', $1, true), set_config('proviso.tenant', $2, true), "
    "set_config('lock_timeout', $3, true), set_config('statement_timeout', $3, true), "
    "set_config('idle_in_transaction_session_timeout', $3, true)",
    "lock": "SELECT size, frontier, code FROM log_head WHERE tenant_id = $1::uuid FOR UPDATE",
    "found": "INSERT INTO log_head (tenant_id, size, frontier, code) "
    "VALUES ($1::uuid, 0, '', '') ON CONFLICT DO NOTHING",
    "entries": "INSERT INTO log_entry (tenant_id, sequence, kind, recorded_at, exchange_id, "
    "canonical, leaf_hash, effect, status, model, principal, rules) "
    "SELECT $1::uuid, $2::int8 + n - 1, kind, at, exchange, canonical, leaf, effect, status, "
    "model, principal, rules FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::bytea[], "
    "$7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) WITH ORDINALITY "
    "AS e(kind, at, exchange, canonical, leaf, effect, status, model, principal, rules, n)",
    "head": "UPDATE log_head SET size = $2::int8, frontier = $3::bytea, code = $4::bytea "
    "WHERE tenant_id = $1::uuid",
    # `gateway.db.decision_log.REFRESHED` is this day.
    "inputs": "INSERT INTO policy_input (tenant_id, digest, canonical, seen_at) "
    "SELECT $1::uuid, *, $4::timestamptz FROM unnest($2::bytea[], $3::bytea[]) "
    "ON CONFLICT (tenant_id, digest) DO UPDATE SET seen_at = excluded.seen_at "
    "WHERE policy_input.seen_at < excluded.seen_at - interval '1 day'",
    "open": "INSERT INTO open_exchange "
    "(tenant_id, worker_id, exchange_id, principal, model, opened_at) "
    "SELECT $1::uuid, $2::uuid, * "
    "FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[])",
    # Fails unless as many were open as are closed: what follows is then not done either.
    "close": "WITH gone AS (DELETE FROM open_exchange WHERE tenant_id = $1::uuid "
    "AND exchange_id = ANY($2::text[]) RETURNING 1) "
    "SELECT 1 / (count(*) = $3::int8)::int FROM gone",
    "orphan": "UPDATE open_exchange SET worker_id = $2::uuid "
    "WHERE tenant_id = $1::uuid AND exchange_id = ANY($3::text[])",
    "said": "SELECT sequence, leaf_hash, status FROM log_entry "
    "WHERE tenant_id = $1::uuid AND sequence = $2::int8 UNION ALL "
    "SELECT sequence, leaf_hash, status FROM log_entry "
    "WHERE tenant_id = $1::uuid AND exchange_id = $3::text AND $3::text <> ''",
    "commit": "COMMIT",
}
"""What is sent, by name. The tables and their columns are those of `gateway.db.decision_log`."""

_NAMES = {name: name.encode() for name in STATEMENTS}
_SESSION = (
    # A warning at the commit says that a standby does not have it: it must not be kept quiet.
    "SELECT set_config('client_min_messages', 'warning', false), "
    # A gateway that has vanished with the lock is noticed in seconds rather than in hours.
    "set_config('tcp_keepalives_idle', '5', false), "
    "set_config('tcp_keepalives_interval', '2', false), "
    "set_config('tcp_keepalives_count', '3', false)"
)
_TEXT, _BYTES, _MOMENT = 25, 17, 1184
"""The types' numbers in PostgreSQL's catalogue."""

_BIG, _LENGTH, _ARRAY = Struct(">q"), Struct(">i"), Struct(">iiIii")
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_FATAL = (None, b"FATAL", b"PANIC")
"""Severities that end the connection. None is the driver's own word, such as for memory."""

_READ_ONLY = "25006"
"""The server takes no writes: it is in recovery, or another has taken over from it."""

_GRACE_SECONDS = 0.5
"""What the server has beyond its own limits: its answer says more than its silence."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class NotAsMany(Exception):
    """Fewer exchanges were open than were to be closed."""


def number(value: int) -> bytes:
    """A whole number, as ``int8``."""
    return _BIG.pack(value)


def texts(values: Iterable[str]) -> bytes:
    """A column of texts."""
    return _array(_TEXT, [value.encode() for value in values])


def byte_strings(values: Iterable[bytes]) -> bytes:
    """A column of byte strings."""
    return _array(_BYTES, list(values))


def moment(value: datetime) -> bytes:
    """An instant, to the microsecond."""
    return _BIG.pack((value - _EPOCH) // _MICROSECOND)


def moments(values: Iterable[datetime]) -> bytes:
    """A column of instants."""
    return _array(_MOMENT, [moment(value) for value in values])


def _array(kind: int, items: list[bytes]) -> bytes:
    parts = [_ARRAY.pack(1, 0, kind, len(items), 1)]
    for item in items:
        parts += (_LENGTH.pack(len(item)), item)
    return b"".join(parts)


class Wire:
    """One connection in pipeline mode, with its statements prepared."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        """Take over `connection`, `seconds` at most: nobody else may use it any more.

        Raises:
            StorageUnavailable, Refused: the statements cannot be prepared.
        """
        # Kept as well: the driver closes a connection that nobody refers to.
        self._connection = connection
        self._server: PGconn = connection.pgconn
        self._server.notice_handler = self._noticed
        self._poll = select.poll()
        self._poll.register(self._server.socket, select.POLLIN)
        self._owed: deque[str] = deque()
        self._until = 0.0
        self._ended = self._warned = False
        try:
            self._prepare(seconds)
        except (StorageUnavailable, Refused):
            self.close()
            raise

    def _prepare(self, seconds: float) -> None:
        with _TRANSLATED:
            self._server.enter_pipeline_mode()
            for name, statement in STATEMENTS.items():
                self._server.send_prepare(name.encode(), statement.encode())
                self._owed.append(f"prepare {name}")
            self._server.send_query_params(_SESSION.encode(), None)
            self._owed.append("session")
        self.answers(seconds)

    @property
    def alive(self) -> bool:
        """False once the connection is known to be broken, or the server said that it ends it."""
        return not self._ended and self._server.status == ConnStatus.OK

    def close(self) -> None:
        """Close the connection; what was not committed is rolled back."""
        self._connection.close()

    def send(self, name: str, *values: bytes) -> None:
        """Send a statement on its way; `answers` waits for it and for those before."""
        with _TRANSLATED:
            self._server.send_query_prepared(
                _NAMES[name], values, _FORMATS[len(values)], result_format=BINARY
            )
        self._owed.append(name)

    def answers(self, seconds: float) -> dict[str, PGresult]:
        """Wait for everything that was sent; what came back, by the statement's name.

        `seconds` is what the server gives itself, and how long it may be silent here.

        Raises:
            NotAsMany: ``close`` found fewer than it was to; nothing after it was done.
            StorageUnavailable: the server is gone or silent, gave up waiting for a lock, takes
                no writes, or did not say that a commit holds.
            Refused: it refused a statement for another reason.
        """
        self._until = monotonic() + seconds + _GRACE_SECONDS
        self._warned = False
        with _TRANSLATED:
            self._server.pipeline_sync()
            self._flush()
            found = {}
            while self._owed:
                name = self._owed.popleft()
                found[name] = self._answer(name)
            if self._next().status != ExecStatus.PIPELINE_SYNC:
                raise OperationalError("the answers are out of step")
            commit = found.get("commit")
            if commit is not None and (self._warned or commit.command_status != b"COMMIT"):
                raise OperationalError("the commit was not said to hold")
            return found

    def _noticed(self, notice: PGresult) -> None:
        """Notes below a warning are nothing to the log, and their words are never kept."""
        if notice.error_field(DiagnosticField.SEVERITY_NONLOCALIZED) == b"WARNING":
            self._warned = True

    def _wait(self) -> int:
        """Wait until the server has said something, or takes more where that is asked for.

        What happened, as `select.poll` says it.
        """
        left = self._until - monotonic()
        found = self._poll.poll(left * 1_000) if left > 0 else []
        if not found:
            raise OperationalError("the server is silent")
        return found[0][1]

    def _flush(self) -> None:
        """See to it that all is sent, and read meanwhile: the server may wait for that."""
        if not self._server.flush():
            return
        self._poll.modify(self._server.socket, select.POLLIN | select.POLLOUT)
        while True:
            if self._wait() & ~select.POLLOUT:
                self._server.consume_input()
            if not self._server.flush():
                break
        self._poll.modify(self._server.socket, select.POLLIN)

    def _answer(self, name: str) -> PGresult:
        result = self._next()
        if result.status not in _GOOD:
            raise self._error(name, result)
        self._server.get_result()  # the end of this statement's results
        return result

    def _error(self, name: str, result: PGresult) -> Exception:
        """What a result that is none says: of the statement, or of the server as a whole."""
        error = error_from_result(result)
        severity = result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED)
        self._ended = severity in _FATAL or error.sqlstate == _READ_ONLY
        if self._ended:
            return OperationalError(error.sqlstate or "the driver gave up")
        if name == "close" and isinstance(error, DivisionByZero):
            return NotAsMany()
        return error

    def _next(self) -> PGresult:
        server = self._server
        while server.is_busy():
            self._wait()
            server.consume_input()
        result = server.get_result()
        if result is None:
            raise OperationalError("an answer is missing")
        return result


class _Translated:
    """Says in the gateway's words what the driver says; never what was in a row."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: object, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OperationalError | InterfaceError):
            raise StorageUnavailable from error
        if isinstance(error, Error):
            raise Refused(error.sqlstate or type(error).__name__) from None


# Entered for every statement: a generator would cost as much as sending one.
_TRANSLATED = _Translated()
