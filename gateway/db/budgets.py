"""Budgets, and what was spent of them day by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, Table, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session

TENANT, GROUP, PERSON = "tenant", "group", "person"
"""Scopes. A budget of scope person with the name ``*`` is each person's own."""

EACH = "*"


class Budget(TenantRow):
    """How much may be spent in a period."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents_are_positive"),
        CheckConstraint("hard_percent >= 100", name="hard_cap_is_not_below"),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """Empty for the tenant, a group's name, or a principal's id."""

    period: Mapped[str] = mapped_column(primary_key=True)
    """``day`` or ``month``, in UTC."""

    cents: Mapped[int] = mapped_column(BigInteger)
    hard_percent: Mapped[int]
    """At which percentage of it nothing more is sent."""

    set_at: Mapped[datetime]
    set_by: Mapped[str]


class UsageDay(TenantRow):
    """What one scope spent on one day."""

    __tablename__ = "usage_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    microcents: Mapped[int] = mapped_column(BigInteger)
    """Millionths of a cent: prices are cents per million tokens, so nothing is rounded."""


_BUDGET: Table = Budget.__table__  # type: ignore[assignment]
_USAGE: Table = UsageDay.__table__  # type: ignore[assignment]
_APPLYING = select(_BUDGET).where(
    _BUDGET.c.tenant_id == bindparam("tenant"),
    or_(
        _BUDGET.c.scope == TENANT,
        and_(_BUDGET.c.scope == GROUP, _BUDGET.c.name.in_(bindparam("groups", expanding=True))),
        and_(_BUDGET.c.scope == PERSON, _BUDGET.c.name.in_((EACH, bindparam("person")))),
    ),
)
_SPENT = (
    select(
        _USAGE.c.scope,
        _USAGE.c.name,
        func.sum(_USAGE.c.microcents).label("month"),
        func.sum(case((_USAGE.c.day == bindparam("today"), _USAGE.c.microcents), else_=0)).label(
            "today"
        ),
    )
    .where(
        _USAGE.c.tenant_id == bindparam("tenant"),
        _USAGE.c.day >= bindparam("first"),
        _USAGE.c.day <= bindparam("today"),
        or_(
            _USAGE.c.scope == TENANT,
            and_(_USAGE.c.scope == GROUP, _USAGE.c.name.in_(bindparam("groups", expanding=True))),
            and_(_USAGE.c.scope == PERSON, _USAGE.c.name == bindparam("person")),
        ),
    )
    .group_by(_USAGE.c.scope, _USAGE.c.name)
)
_BUDGETED_GROUPS = (
    select(_BUDGET.c.name)
    .where(_BUDGET.c.tenant_id == bindparam("tenant"), _BUDGET.c.scope == GROUP)
    .distinct()
)


def applying(
    connection: Connection, tenant: UUID, person: UUID, groups: frozenset[str]
) -> list[Row[Any]]:
    """The budgets that a request of `person` in `groups` draws on."""
    wanted = {"tenant": tenant, "person": str(person), "groups": sorted(groups)}
    return list(connection.execute(_APPLYING, wanted))


def spent(
    connection: Connection, tenant: UUID, person: UUID, groups: frozenset[str], today: date
) -> dict[tuple[str, str], tuple[int, int]]:
    """Microcents by scope and name: spent today, and in the calendar month of `today`."""
    wanted = {
        "tenant": tenant,
        "person": str(person),
        "groups": sorted(groups),
        "today": today,
        "first": today.replace(day=1),
    }
    return {
        (row.scope, row.name): (int(row.today), int(row.month))
        for row in connection.execute(_SPENT, wanted)
    }


def budgeted_groups(connection: Connection, tenant: UUID) -> set[str]:
    """Groups with a budget: spending is counted for these, however many a person is in."""
    return set(connection.scalars(_BUDGETED_GROUPS, {"tenant": tenant}))


def add_usage(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Add to what was spent; rows as columns of `UsageDay`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_USAGE)
    counters = ("input_tokens", "output_tokens", "microcents")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "day", "scope", "name"],
            set_={name: _USAGE.c[name] + statement.excluded[name] for name in counters},
        ),
        list(rows),
    )


def sums(session: Session, today: date) -> dict[tuple[str, str], tuple[int, int]]:
    """As `spent`, for every scope of the tenant."""
    rows = session.execute(
        select(
            UsageDay.scope,
            UsageDay.name,
            func.sum(UsageDay.microcents),
            func.sum(case((UsageDay.day == today, UsageDay.microcents), else_=0)),
        )
        .where(UsageDay.day >= today.replace(day=1), UsageDay.day <= today)
        .group_by(UsageDay.scope, UsageDay.name)
    )
    return {(scope, name): (int(day), int(month)) for scope, name, month, day in rows}


def every(session: Session) -> list[Budget]:
    """The tenant's budgets."""
    return list(session.scalars(select(Budget).order_by(Budget.scope, Budget.name, Budget.period)))


def find(session: Session, scope: str, name: str, period: str) -> Budget | None:
    """One budget."""
    return session.scalar(
        select(Budget).where(Budget.scope == scope, Budget.name == name, Budget.period == period)
    )
