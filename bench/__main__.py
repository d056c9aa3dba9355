"""``make bench``: CPU per request, latency, memory; the gateway and nginx in turn, medians."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import inspection, ledger, load, policy, processes
from bench.shapes import CHAT, GENERATE_CONTENT, MESSAGES, model

if TYPE_CHECKING:
    from collections.abc import Coroutine

ROUNDS = 3


@dataclass
class Row:
    """One measurement of one server."""

    name: str
    cpu_ms: float
    p50: float
    p99: float
    failed: int
    memory: float


def measure(name: str, pid: int, work: Coroutine[Any, Any, load.Result]) -> Row:
    """Run `work` and read what the server spent on it."""
    before = processes.cpu_seconds(pid)
    result = asyncio.run(work)
    spent = processes.cpu_seconds(pid) - before
    return Row(
        name,
        spent * 1_000 / max(1, result.done),
        result.quantile(0.5),
        result.quantile(0.99),
        result.failed,
        processes.resident_mb(pid),
    )


def median(rows: list[Row]) -> Row:
    """The median of each figure over the rounds."""
    return Row(
        rows[0].name,
        statistics.median(row.cpu_ms for row in rows),
        statistics.median(row.p50 for row in rows),
        statistics.median(row.p99 for row in rows),
        max(row.failed for row in rows),
        max(row.memory for row in rows),
    )


def show(title: str, rows: list[Row]) -> None:
    """Print one table, with CPU as a ratio to nginx where it ran."""
    print(f"\n{title}")
    base = next((row.cpu_ms for row in rows if row.name == "nginx"), None)
    for row in rows:
        ratio = f"  {row.cpu_ms / base:6.1f} x nginx" if base else ""
        print(
            f"  {row.name:8} {row.cpu_ms:8.3f} CPU-ms  p50 {row.p50:8.1f} ms  "
            f"p99 {row.p99:8.1f} ms  failed {row.failed:4}  {row.memory:6.0f} MB{ratio}"
        )


def main() -> None:
    """Run every measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2_000, help="plain requests a round")
    parser.add_argument("--streams", type=int, nargs="*", default=[1_000, 2_000])
    options = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    for line in ledger.report():  # its workers may use every core
        print(line, flush=True)
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {processes.OTHER_CORE})
    policy.main()
    inspection.main()
    with (
        tempfile.TemporaryDirectory(prefix="proviso-bench-") as name,
        processes.upstream() as provider,
        processes.gateway(Path(name), provider) as (pid, port, key),
        processes.nginx(Path(name), provider) as plain_proxy,
    ):
        time.sleep(1)
        servers = [("proviso", pid, port)]
        if plain_proxy is None:
            print("nginx is not here: the gateway is measured alone")
        else:
            servers.append(("nginx", *plain_proxy))
        print(f"idle: {processes.resident_mb(pid):.0f} MB resident in the worker")
        for title, texts, shape, kind, connections, count in (
            ("plain request, 2 KB", load.always, CHAT, "plain", 16, options.requests),
            ("the same in Messages", load.always, MESSAGES, "plain", 16, options.requests),
            ("in generateContent", load.always, GENERATE_CONTENT, "plain", 16, options.requests),
            ("a text never seen", load.never_seen, CHAT, "plain", 16, options.requests),
            ("stream of 100 events", load.always, CHAT, "burst", 8, options.requests // 4),
            ("the same in Messages", load.always, MESSAGES, "burst", 8, options.requests // 4),
            ("generateContent", load.always, GENERATE_CONTENT, "burst", 8, options.requests // 4),
        ):
            requests = texts(model(shape, kind), key, stream=kind == "burst", shape=shape)
            rows: dict[str, list[Row]] = {server[0]: [] for server in servers}
            for round_ in range(ROUNDS + 1):
                for who, server_pid, server_port in servers:
                    work = load.repeated(server_port, requests, connections, count)
                    row = measure(who, server_pid, work)
                    if round_:  # the first round warms up
                        rows[who].append(row)
            show(title, [median(found) for found in rows.values()])
        for count in options.streams:
            request = load.request_bytes(model(CHAT, "slow"), key, stream=True)
            found = [
                measure(who, server_pid, load.at_once(server_port, request, count))
                for who, server_pid, server_port in servers
            ]
            show(f"{count} slow streams at once (10 s each; times to the first byte)", found)


if __name__ == "__main__":
    main()
