"""What requests cost, and how that stands with the budgets.

Outcomes are noted in memory and written once a second in one statement a tenant:
counting must not cost a write on every request. A crash loses a second of counting;
the decision log keeps every outcome's tokens, so sums can be proved from there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.db import budgets
from gateway.db.budgets import EACH, GROUP, PERSON, TENANT
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gateway.core.catalogue import ModelEntry
    from gateway.core.exchange import Usage
    from gateway.core.identifiers import PrincipalId, TenantId
    from gateway.core.principal import Principal
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)

DAY, MONTH = "day", "month"
WARN_PERCENT = 80
STATES = ("none", "within", "warn", "over", "hard")
"""From no budget at all to nothing more being sent, mildest first."""

MICRO = 1_000_000
"""Microcents in a cent."""

_WAITING = 100_000
"""Most sums kept while the database is away; past it the newest are let go."""


_Key = tuple["date", "PrincipalId", frozenset[str]]
"""A day, a person, and the groups the person was in."""


@dataclass(slots=True)
class _Sum:
    """What was used and has not been written yet; the names are the table's."""

    input_tokens: int = 0
    output_tokens: int = 0
    microcents: int = 0

    def add(self, other: _Sum) -> None:
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.microcents += other.microcents


class Spending:
    """Notes what was used; a job of the process writes it."""

    def __init__(self, database: Database) -> None:
        """Sums are written to `database`."""
        self._database = database
        self._lock = Lock()
        self._pending: dict[TenantId, dict[_Key, _Sum]] = {}

    def spent(self, principal: Principal, model: ModelEntry, usage: Usage, at: datetime) -> None:
        """Note the tokens of one outcome."""
        self.noted(principal.tenant.id, principal.id, principal.groups, model, usage, at)

    def noted(
        self,
        tenant: TenantId,
        person: PrincipalId,
        groups: frozenset[str],
        model: ModelEntry,
        usage: Usage,
        at: datetime,
    ) -> None:
        """Note what a person used. A model without a price costs nothing."""
        cost = usage.input_tokens * model.price.input + usage.output_tokens * model.price.output
        used = _Sum(usage.input_tokens, usage.output_tokens, cost)
        if used.input_tokens or used.output_tokens:
            with self._lock:
                self._add(tenant, (at.date(), person, groups), used)

    def write(self) -> int:
        """Write what is waiting; how many tenants had something.

        Raises:
            StorageUnavailable: the database did not answer; what is left waits for the next time.
        """
        with self._lock:
            taken, self._pending = self._pending, {}
        written = len(taken)
        try:
            while taken:
                tenant = next(iter(taken))
                self._write(tenant, taken[tenant])
                del taken[tenant]
        except StorageUnavailable:
            with self._lock:
                for tenant, sums in taken.items():
                    for key, used in sums.items():
                        self._add(tenant, key, used)
            raise
        return written

    def stop(self) -> None:
        """Write what waits, at the end of the process."""
        try:
            self.write()
        except StorageUnavailable as error:
            _LOG.warning("spending of the last second is not counted", exc_info=error)

    def _add(self, tenant: TenantId, key: _Key, used: _Sum) -> None:
        sums = self._pending.setdefault(tenant, {})
        waiting = sums.get(key)
        if waiting is not None:
            waiting.add(used)
        elif len(sums) < _WAITING:
            sums[key] = used

    def _write(self, tenant: TenantId, sums: dict[_Key, _Sum]) -> None:
        with self._database.connection(tenant, write=True) as connection:
            budgeted = budgets.budgeted_groups(connection, tenant)
            budgets.add_usage(connection, _rows(tenant, sums, budgeted))


def _rows(tenant: TenantId, sums: dict[_Key, _Sum], budgeted: set[str]) -> list[dict[str, Any]]:
    """One row for each day and scope, in the same order for every writer (no deadlocks)."""
    totals: defaultdict[tuple[date, str, str], _Sum] = defaultdict(_Sum)
    for (day, person, groups), used in sums.items():
        totals[day, TENANT, ""].add(used)
        totals[day, PERSON, str(person)].add(used)
        for group in groups & budgeted:
            totals[day, GROUP, group].add(used)
    return [
        {"tenant_id": tenant, "day": day, "scope": scope, "name": name, **asdict(used)}
        for (day, scope, name), used in sorted(totals.items(), key=lambda item: item[0])
    ]


def budget_state(
    rows: Iterable[Any],
    spent: Mapping[tuple[str, str], tuple[int, int]],
    person: PrincipalId,
) -> str:
    """The worst state of these budgets; ``none`` when there are none.

    `rows` as columns of `Budget`; `spent` gives microcents today and this month by scope and
    name. A budget for each person (``*``) gives way to the person's own of the same period.
    """
    budgeted = list(rows)
    own = {row.period for row in budgeted if row.scope == PERSON and row.name != EACH}
    states = ["none"]
    for row in budgeted:
        name = row.name
        if row.scope == PERSON and name == EACH:
            if row.period in own:
                continue
            name = str(person)
        today, month = spent.get((row.scope, name), (0, 0))
        states.append(state_of(row, today if row.period == DAY else month))
    return max(states, key=STATES.index)


def state_of(row: Any, microcents: int) -> str:
    """How one budget stands when so much of it is spent."""
    percent = microcents * 100 // (row.cents * MICRO)
    if percent >= row.hard_percent:
        return "hard"
    if percent >= 100:
        return "over"
    return "warn" if percent >= WARN_PERCENT else "within"
