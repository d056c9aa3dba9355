"""``proviso budget``."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from gateway.attributes.spending import DAY, MICRO, MONTH, state_of
from gateway.cli.context import installed
from gateway.cli.people import person, pseudonym
from gateway.db import budgets
from gateway.db.budgets import EACH, GROUP, PERSON, TENANT, Budget
from gateway.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

_OPTIONS = (
    click.option("--tenant", "slug", required=True, help="Short name of the organisation."),
    click.option("--group", help="For what the members of a group spend together."),
    click.option("--person", "email", help="For one person, by e-mail address."),
    click.option("--each-person", is_flag=True, help="For each person who has none of their own."),
    click.option(
        "--period",
        type=click.Choice([DAY, MONTH]),
        default=MONTH,
        show_default=True,
        help="In UTC.",
    ),
)


def _scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def budget() -> None:
    """How much may be spent. Warned at 80 %, over at 100 %, and nothing more at the hard cap.

    Prices stand in the configuration under models.<alias>.price; what a group spends is counted
    from the moment it has a budget.
    """


@budget.command(name="set")
@_scoped
@click.option("--cents", type=click.IntRange(1, 10**12), required=True, help="How much, in cents.")
@click.option(
    "--hard", type=click.IntRange(100, 10_000), default=120, show_default=True,
    help="Percentage at which nothing more is sent.",
)  # fmt: skip
@installed
def set_budget(
    installation: Installation, slug: str, period: str, cents: int, hard: int, **whose: Any
) -> None:
    """Set a budget, in place of the one that was set."""
    tenant = installation.tenant(slug)
    scope, name, target = _whose(installation, tenant, **whose)
    installation.record(
        tenant, "budget.set", target, scope=scope, period=period, cents=cents, hard_percent=hard
    )
    row = Budget(
        tenant_id=tenant.id, scope=scope, name=name, period=period, cents=cents, hard_percent=hard,
        set_at=installation.clock.now(), set_by=f"operator:{getpass.getuser()}",
    )  # fmt: skip
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.merge(row)
    installation.show(
        {"scope": scope, "name": target, "period": period, "cents": cents, "hard_percent": hard},
        f"{cents} cents a {period}; nothing more at {hard} %.",
    )


@budget.command()
@_scoped
@installed
def unset(installation: Installation, slug: str, period: str, **whose: Any) -> None:
    """Take a budget away."""
    tenant = installation.tenant(slug)
    scope, name, target = _whose(installation, tenant, **whose)
    with installation.database.tenant_session(tenant.id) as session:
        if budgets.find(session, scope, name, period) is None:
            raise NotFound("There is no such budget. `proviso budget list` shows them.")
    installation.record(tenant, "budget.unset", target, scope=scope, period=period)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.delete(budgets.find(session, scope, name, period))
    installation.show({"scope": scope, "period": period}, "That budget is gone.")


@budget.command(name="list")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def list_budgets(installation: Installation, slug: str) -> None:
    """List an organisation's budgets and what is spent of them."""
    tenant = installation.tenant(slug)
    today = installation.clock.now().date()
    with installation.database.tenant_session(tenant.id) as session:
        spent = budgets.sums(session, today)
        rows = [_row(item, spent) for item in budgets.every(session)]
    installation.show(
        rows,
        (f"{row['scope']:7} {row['name'] or '-':38} {row['spent_cents']:>10} of {row['cents']} "
         f"cents this {row['period']}  {row['state']}" for row in rows),
    )  # fmt: skip


def _row(item: Budget, spent: dict[tuple[str, str], tuple[int, int]]) -> dict[str, Any]:
    today, month = spent.get((item.scope, item.name), (0, 0))
    used = today if item.period == DAY else month
    each = item.name == EACH
    return {
        "scope": item.scope,
        "name": item.name,
        "period": item.period,
        "cents": item.cents,
        "hard_percent": item.hard_percent,
        "spent_cents": "each own" if each else used // MICRO,
        "state": "" if each else state_of(item, used),
    }


def _whose(
    installation: Installation,
    tenant: Tenant,
    *,
    group: str | None,
    email: str | None,
    each_person: bool,
) -> tuple[str, str, str]:
    """Scope, name, and what the log calls it."""
    if sum((group is not None, email is not None, each_person)) > 1:
        raise click.UsageError("Give one of --group, --person and --each-person, or none.")
    if group is not None:
        return GROUP, group, group
    if each_person:
        return PERSON, EACH, EACH
    if email is None:
        return TENANT, "", tenant.slug
    who = person(installation, tenant, email)
    return PERSON, str(who.id), pseudonym(installation, tenant, who)
