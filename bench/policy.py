"""What a decision costs: through the cache, in the engine, in memory, and while policies change.

The full shipped policy, on a tenant's complete question. CPU times are medians.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from gateway.core.identifiers import TenantId
from gateway.pdp import bundle as bundles
from gateway.pdp.cache import CachedPdp
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.engine import load_engine, rule_path
from gateway.pdp.form import ENTRYPOINTS, FormedPdp, Forms, examples
from gateway.serve import SWITCH_INTERVAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.pdp.bundle import Bundle

GOAL_CACHED_MS, GOAL_CPU_MS, GOAL_TENANT_MB = 0.1, 1.0, 2.0
_TIMES = 400
_TENANTS = 1_000
_PAGE = os.sysconf("SC_PAGE_SIZE")


def question(phase: str = "request") -> bytes:
    """A complete question with personal data, attachments and a busy hour."""
    found = examples()[phase]
    if phase == "request":
        found["data"]["findings"] = [
            {"type": kind, "count": 2, "confidence": 90}
            for kind in ("EMAIL_ADDRESS", "PERSON", "PHONE_NUMBER", "DATE_TIME")
        ]
        found["data"]["people"] = 2
        found["request"]["stream"] = True
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS)


def cpu_us(work: Callable[[], object], times: int = _TIMES) -> float:
    """The median CPU time of `work` in this thread, in microseconds."""
    spent = []
    for _ in range(times):
        began = time.thread_time_ns()
        work()
        spent.append(time.thread_time_ns() - began)
    return statistics.median(spent) / 1_000


def wall_us(work: Callable[[], object], times: int = _TIMES) -> float:
    """The median time of `work` as a caller sees it, in microseconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter_ns()
        work()
        spent.append(time.perf_counter_ns() - began)
    return statistics.median(spent) / 1_000


def resident_mb() -> float:
    """Memory of this process, in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def evaluation(bundle: Bundle) -> None:
    """CPU of one evaluation of each question, and what of it is handing in the question."""
    engine = load_engine(bundle)
    for phase, entrypoint in ENTRYPOINTS.items():
        text, path = question(phase).decode(), rule_path(entrypoint)

        def ask(text: str = text, path: str = path) -> None:
            engine.set_input_json(text)
            orjson.loads(engine.eval_rule_as_json(path))

        ask()
        whole = cpu_us(ask)
        share = cpu_us(partial(engine.set_input_json, text))
        goal = f"  (goal {GOAL_CPU_MS} ms)" if phase != "admin" else ""
        print(
            f"  uncached, {phase:8} {whole / 1_000:7.3f} ms CPU{goal}, of it "
            f"{share:.0f} µs for the question of {len(text)} bytes"
        )


def caller(bundle: Bundle) -> None:
    """What a caller waits: for a remembered decision, and for one that is not."""
    tenant, asked = TenantId(UUID(int=1)), question()
    engine, forms = EmbeddedPdp(bundle, 10), Forms()
    engine.start()
    cached = CachedPdp(FormedPdp(engine, forms), 10)
    uncached = CachedPdp(FormedPdp(engine, forms), 0)
    cached.decide(tenant, ENTRYPOINTS["request"], asked)
    found = wall_us(lambda: cached.decide(tenant, ENTRYPOINTS["request"], asked), 5_000)
    made = wall_us(lambda: uncached.decide(tenant, ENTRYPOINTS["request"], asked))
    form = cpu_us(lambda: forms.fits(ENTRYPOINTS["request"], asked))
    print(f"  through the cache  {found / 1_000:7.4f} ms p50  (goal {GOAL_CACHED_MS} ms)")
    print(f"  not in the cache   {made / 1_000:7.3f} ms p50, with two changes of thread")
    print(f"  the form           {form:7.1f} µs CPU")
    engine.stop()


def memory(bundle: Bundle) -> None:
    """What an engine takes, and what a tenant more takes."""
    before = resident_mb()
    engine = EmbeddedPdp(bundle, 10)
    engine.start()
    pdp = CachedPdp(FormedPdp(engine, Forms()), 100_000)
    pdp.decide(TenantId(UUID(int=1)), ENTRYPOINTS["request"], question())
    one = resident_mb()
    for number in range(2, _TENANTS + 2):
        pdp.decide(TenantId(UUID(int=number)), ENTRYPOINTS["request"], question())
    many = resident_mb()
    print(f"  one engine         {one - before:7.1f} MB")
    print(
        f"  a tenant more      {(many - one) / _TENANTS:7.4f} MB  (goal {GOAL_TENANT_MB} MB): "
        "parameters ride in the question, so one engine serves all"
    )
    engine.stop()


def changing(bundle: Bundle) -> None:
    """The longest a caller waits while the policies change, and how long the change takes."""
    tenant, asked = TenantId(UUID(int=1)), question()
    engine = EmbeddedPdp(bundle, 10)
    engine.start()
    waited: dict[bool, list[float]] = {False: [], True: []}
    over, changes = threading.Event(), threading.Event()

    def ask() -> None:
        while not over.is_set():
            began = time.perf_counter()
            during = changes.is_set()
            decision = engine.decide(tenant, ENTRYPOINTS["request"], asked)
            assert decision.revision in ("even", "odd", bundle.revision), decision
            waited[during or changes.is_set()].append(time.perf_counter() - began)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(1)
    changes.set()
    took = []
    for number in range(6):
        began = time.perf_counter()
        engine.activate(replace(bundle, revision="odd" if number % 2 else "even"))
        took.append(time.perf_counter() - began)
        time.sleep(0.2)
    over.set()
    thread.join()
    engine.stop()
    print(
        f"  a change takes     {statistics.median(took) * 1_000:7.1f} ms beside the requests; "
        f"longest decision {max(waited[True]) * 1_000:.1f} ms meanwhile, "
        f"{max(waited[False]) * 1_000:.1f} ms otherwise"
    )


def main() -> None:
    """Measure and print."""
    sys.setswitchinterval(SWITCH_INTERVAL)  # as a worker has it
    bundle = bundles.load()
    print(f"\npolicy decisions: {len(bundle.rules)} rules, revision {bundle.revision}")
    memory(bundle)
    evaluation(bundle)
    caller(bundle)
    changing(bundle)


if __name__ == "__main__":
    main()
