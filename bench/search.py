"""``python -m bench.search``: the filtered list of decisions over many rows of PostgreSQL.

Rows are decisions, each with its outcome (`bench.rows`). The index is made by the job that
makes it in the gateway, and pages are read as the page reads them, row-level security
included. ``--data`` keeps the database in a folder, and uses what is there.
"""

from __future__ import annotations

import argparse
import random
import statistics
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bench.rows import MODELS, PEOPLE, PURPOSES, STEP, Rows, stored, timed
from gateway.core.identifiers import TenantId  # noqa: TC001 - as above
from gateway.db import log_search
from gateway.db.search_words import Filter
from gateway.db.session import Database  # noqa: TC001 - as above

GOAL_MS = 150


def filters(rng: random.Random, rows: int, start: datetime) -> dict[str, Filter]:
    """One search of each kind."""
    person = "p_" + str(int(rng.random() ** 2 * PEOPLE)).zfill(22)
    day = start + rng.random() * rows * STEP
    finding, model = f"TYPE_{int(rng.random() ** 3 * 25)}", f"model-{rng.randrange(MODELS)}"
    week = Filter(since=day, until=day + timedelta(days=7))
    return {
        "no filter": Filter(),
        "refused": Filter(effect="deny"),
        "a person": Filter(principal=person),
        "a person, refused": Filter(principal=person, effect="deny"),
        "a rule": Filter(rule=f"IP-{rng.randrange(20):02d}"),
        "a rare rule": Filter(rule="OR-09"),
        "a rare rule, refused": Filter(rule="OR-09", effect="deny"),
        "a type of finding": Filter(finding=finding),
        "finding, model, purpose": Filter(
            finding=finding, model=model, purpose=f"purpose-{rng.randrange(PURPOSES)}"
        ),
        "rule and finding": Filter(rule=f"IP-{rng.randrange(20):02d}", finding=finding),
        "a week": week,
        "a week of a person": replace(week, principal=person),
        "cost, a week": replace(week, cost=10),
        "nothing fits": Filter(model="model-9", effect="deny"),
        "from the middle on": Filter(effect="deny", before=rng.randrange(2 * rows)),
    }


def page(database: Database, tenant: TenantId, wanted: Filter) -> int:
    """One page, with the outcomes that it shows."""
    with database.tenant_session(tenant) as session:
        found = log_search.search(session, wanted)
        log_search.outcomes(session, [row.exchange_id for row in found.rows])
    return len(found.rows)


def measure(made: Rows, rounds: int) -> bool:
    """Time every kind of search, and print; whether the goal was met."""
    rng, found = random.Random(1), dict[str, list[float]]()
    for wanted in filters(rng, made.rows, made.start).values():
        page(made.database, made.tenant, wanted)
    for _ in range(rounds):
        for name, wanted in filters(rng, made.rows, made.start).items():
            took = timed(lambda wanted=wanted: page(made.database, made.tenant, wanted))  # type: ignore[misc]
            found.setdefault(name, []).append(took)
    print(f"{'search':28}{'p50 ms':>10}{'p95 ms':>10}{'max ms':>10}")
    every = [took for times in found.values() for took in times]
    for name, times in {**found, "all of them": every}.items():
        p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
        print(f"{name:28}{statistics.median(times):10.1f}{p95:10.1f}{max(times):10.1f}")
    return statistics.quantiles(every, n=20, method="inclusive")[18] <= GOAL_MS


def main() -> int:
    """Fill, index, measure; 1 when the goal was missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000, help="decisions")
    asked.add_argument("--rounds", type=int, default=20, help="searches of each kind")
    asked.add_argument("--data", type=Path, help="keep the database there, under /tmp")
    chosen = asked.parse_args()
    with stored(chosen.rows, chosen.data) as made:
        print(f"\nsearching {made.rows:,} decisions")
        good = measure(made, chosen.rounds)
    print(f"goal: p95 of {GOAL_MS} ms: {'met' if good else 'missed'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
