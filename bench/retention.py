"""``python -m bench.retention``: what the job of retention does to the traffic beside it.

Half of many decisions are past their period, and the gateway's own job takes them out
(of ten million, five). Meanwhile a process of its own records exchanges and reads pages of
the list at a constant rate. The job works in every second window of time only, so that
both halves of the comparison meet the same machine.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bench import search
from bench.ledger import SECRET, pair
from bench.rows import CATALOGUE, OLD, Rows, stored
from gateway.audit.ledger import Ledger
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.db.session import Database
from gateway.jobs.index import Indexer
from gateway.jobs.runner import Job, Schedule
from gateway.retention.erase import Erasure
from gateway.retention.expire import Expiry
from gateway.retention.holds import Holds
from gateway.retention.schedule import Periods

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL = 1.10
EXCHANGES_A_SECOND, PAGES_A_SECOND = 100, 10
_WRITERS, _READERS = 16, 4
_SETTLE_SECONDS = 2.0
"""What is left out at the start of a window: the job is starting or stopping."""


class Load:
    """Work at a constant rate; a delay counts from when the work was due."""

    def __init__(self) -> None:
        """Nothing runs before `start`."""
        self.done: list[tuple[float, str, float]] = []
        """When each piece was due, what it was, and the milliseconds until its end."""

        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, kind: str, work: Callable[[int], object], rate: int, threads: int) -> None:
        """Do `work` so many times a second, in so many threads."""
        begin = time.monotonic() + 1
        for at in range(threads):
            thread = threading.Thread(
                target=self._run, args=(kind, work, begin, rate, at, threads), daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End when what was begun is done."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(
        self, kind: str, work: Callable[[int], object], begin: float, rate: int, at: int, step: int
    ) -> None:
        for number in count(at, step):
            due = begin + number / rate
            if self._ended.wait(max(0.0, due - time.monotonic())):
                return
            work(number)
            self.done.append((due, kind, (time.monotonic() - due) * 1_000))


def load(url: str, tenant: TenantId, rows: int, start: datetime) -> None:
    """The process of the load: until its input ends; then it prints what it measured."""
    database, clock = Database(url), SystemClock()
    ledger = Ledger(database, SECRET, clock, uuid7(), record_seconds=30)
    ledger.start()
    following = Schedule([Job("index", 1.0, Indexer(database, clock, CATALOGUE).run)], clock)
    following.start()

    def exchange(number: int) -> None:
        decision, outcome = pair(clock)
        ledger.record_decision(tenant, decision, b'{"asked":%d}' % (number // 500))
        ledger.record_outcome(tenant, outcome)

    def read(number: int) -> None:
        kinds = list(search.filters(random.Random(number), rows, start).values())
        search.page(database, tenant, kinds[number % len(kinds)])

    work = Load()
    work.start("exchange", exchange, EXCHANGES_A_SECOND, _WRITERS)
    work.start("page", read, PAGES_A_SECOND, _READERS)
    sys.stdin.read()
    work.stop()
    following.stop()
    ledger.stop()
    database.dispose()
    print(json.dumps(work.done))


@dataclass
class Windows:
    """Times between which the job rested, and those between which it worked."""

    resting: list[tuple[float, float]] = field(default_factory=list)
    working: list[tuple[float, float]] = field(default_factory=list)
    removed: int = 0
    seconds: float = 0.0
    """How long the job worked."""


def alternate(made: Rows, seconds: float, pairs: int) -> Windows:
    """Let the job rest and work in turn: until nothing is due, or for so many pairs."""
    clock, found = SystemClock(), Windows()
    ledger = Ledger(made.database, SECRET, clock, uuid7(), record_seconds=30)
    ledger.start()
    holds = Holds(made.database, clock)
    # No provider keeps anything of these people: there is nothing to have deleted.
    erasure = Erasure(made.database, ledger, holds, SECRET, clock, lambda _: True)
    for _ in range(pairs):
        begin = time.monotonic()
        time.sleep(seconds)
        found.resting.append((begin, time.monotonic()))
        begin = time.monotonic()
        expiry = Expiry(made.database, ledger, clock, erasure.erase_ended)
        stopping = threading.Timer(seconds, expiry.stop)
        stopping.start()
        report = expiry.run(made.tenant)
        stopping.cancel()
        found.working.append((begin, time.monotonic()))
        found.seconds += time.monotonic() - begin
        found.removed += report.removed["decisions"] if report else 0
        if time.monotonic() - begin < seconds:
            break  # the job has come to its end
    ledger.stop()
    return found


def quantile(times: list[float], part: float) -> float:
    """The time that so large a part is not above."""
    return sorted(times)[int(part * (len(times) - 1))]


def compared(
    done: list[tuple[float, str, float]], kind: str, windows: Windows
) -> tuple[list[float], list[float]]:
    """Medians over the windows of p50 and p99, without the job and with it."""
    found = []
    for spans in (windows.resting, windows.working):
        inside = [
            [took for due, what, took in done if what == kind and begin <= due < end]
            for begin, end in ((begin + _SETTLE_SECONDS, end) for begin, end in spans)
        ]
        filled = [times for times in inside if times]
        found.append(
            [statistics.median(quantile(times, part) for times in filled) for part in (0.5, 0.99)]
        )
    return found[0], found[1]


def measure(made: Rows, seconds: float, pairs: int) -> bool:
    """Run load and job, and print; whether the goal was met."""
    command = [sys.executable, "-m", "bench.retention", "--load", made.url, str(made.tenant)]
    command += [str(made.rows), made.start.isoformat()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as loading:
        time.sleep(5)
        windows = alternate(made, seconds, pairs)
        printed, _ = loading.communicate()
    done = json.loads(printed)
    print(
        f"{windows.removed:,} of {2 * made.rows:,} entries taken out in {windows.seconds:.0f} s of"
        f" work, {windows.removed / windows.seconds:,.0f} a second,"
        f" {len(windows.working)} windows of {seconds:.0f} s"
    )
    print(f"{'':10}{'':>14}{'p50 ms':>10}{'p99 ms':>10}")
    worst = 0.0
    for kind, rate in (("exchange", EXCHANGES_A_SECOND), ("page", PAGES_A_SECOND)):
        without, beside = compared(done, kind, windows)
        ratio = beside[1] / without[1]
        worst = max(worst, ratio)
        for name, times in (("without", without), ("beside it", beside)):
            print(f"{kind:10}{name:>14}{times[0]:10.1f}{times[1]:10.1f}")
        print(f"{kind:10}{rate} a second: p99 {ratio:.2f} times as long (goal {GOAL:.2f})")
    return worst < GOAL


def main() -> int:
    """Fill, let half of it expire under load; 1 when the goal was missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000, help="decisions")
    asked.add_argument("--seconds", type=float, default=10, help="length of a window")
    asked.add_argument("--pairs", type=int, default=1_000, help="most windows of each kind")
    asked.add_argument("--data", type=Path, help="keep the database there, under /tmp")
    asked.add_argument("--load", nargs=4, help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    if chosen.load:
        url, tenant, rows, start = chosen.load
        load(url, TenantId(UUID(tenant)), int(rows), datetime.fromisoformat(start))
        return 0
    with stored(chosen.rows, chosen.data) as made:
        periods = Periods(made.database, SystemClock())
        periods.change(made.tenant, "decisions", OLD.days, by="system:bench", note=lambda: None)
        print(f"\nretention: half of {made.rows:,} decisions are past their period")
        good = measure(made, chosen.seconds, chosen.pairs)
        print("the log is", "intact" if made.log.verify(made.tenant).intact else "NOT INTACT")
    print(f"goal: p99 at most {GOAL:.2f} times as long: {'met' if good else 'missed'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
