"""``proviso parameters``."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from gateway.attributes.parameters import Stored
from gateway.cli.context import installed
from gateway.db import parameters as table
from gateway.db.parameters import ParameterValue
from gateway.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from gateway.attributes.declared import Declared
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
_GROUP = click.option(
    "--group", default="", help="For the members of a group (default: everybody)."
)


@click.group()
def parameters() -> None:
    """Tuning the rules without code: values, and rules switched on and off.

    Values are inherited: shipped, then the organisation's, then a group's.
    """


@parameters.command(name="list")
@installed
def list_parameters(installation: Installation) -> None:
    """List everything that may be set, with the shipped values."""
    rows = [_described(item) for item in _declared(installation).values()]
    installation.show(
        rows,
        (f"{row['name']:32} {row['shipped']:20} {row['accepts']}; {row['stricter']}"
         for row in rows),
    )  # fmt: skip


@parameters.command()
@click.argument("name")
@_TENANT
@installed
def show(installation: Installation, name: str, slug: str) -> None:
    """Show what NAME means, what may be set, and what is set at each level."""
    tenant = installation.tenant(slug)
    declared = installation.gateway.attributes.tuning.find(name)
    rows = [row for row in stored(installation, tenant) if row.name == name]
    levels = {f"group {row.group}" if row.group else "tenant": row for row in rows}
    result = {
        **_described(declared),
        "set": {level: declared.said(row.value) for level, row in levels.items()},
    }
    lines = [
        f"{name} ({declared.rule} {declared.title})",
        f"  {declared.meaning}",
        f"  takes {result['accepts']}; {result['stricter']}",
        f"  shipped: {result['shipped']}",
        *(f"  {level}: {value}" for level, value in result["set"].items()),
    ]
    installation.show(result, "\n".join(lines))


@parameters.command(name="set")
@click.argument("name")
@click.argument("value")
@_TENANT
@_GROUP
@click.option("--exempt", is_flag=True, help="The group's value may be looser than the tenant's.")
@installed
def set_value(
    installation: Installation,
    name: str,
    value: str,
    slug: str,
    group: str,
    exempt: bool,  # noqa: FBT001 - a click option
) -> None:
    """Set NAME to VALUE: a number, on or off, one word, or words between commas."""
    tenant = installation.tenant(slug)
    if exempt and not group:
        raise InvalidRequest("Only a group is exempted from its organisation's value.")
    tuning = installation.gateway.attributes.tuning
    declared = tuning.find(name)
    new = Stored(group, name, declared.read(value), exempt)
    admitted = tuning.admit(new, stored(installation, tenant))
    said = declared.said(admitted)
    installation.record(tenant, "parameter.set", name, group=group, value=said, exempt=exempt)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.merge(
            ParameterValue(
                tenant_id=tenant.id,
                group=group,
                name=name,
                value=admitted,
                exempt=exempt,
                set_at=installation.clock.now(),
                set_by=f"operator:{getpass.getuser()}",
            )
        )
    where = f"the group {group}" if group else slug
    installation.show(
        {"name": name, "group": group, "value": admitted}, f"{name} is {said} for {where}."
    )


@parameters.command()
@click.argument("name")
@_TENANT
@_GROUP
@installed
def unset(installation: Installation, name: str, slug: str, group: str) -> None:
    """Take a value away, so that the level above counts again."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        if table.find(session, group, name) is None:
            raise NotFound(f"{name} is not set there. `proviso policy show` says where it is.")
    installation.record(tenant, "parameter.unset", name, group=group)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        session.delete(table.find(session, group, name))
    installation.show({"name": name, "group": group}, f"{name} is no longer set there.")


def stored(installation: Installation, tenant: Tenant) -> list[Stored]:
    """Everything that is set in a tenant."""
    with installation.database.tenant_session(tenant.id) as session:
        return [Stored(row.group, row.name, row.value, row.exempt) for row in table.every(session)]


def _declared(installation: Installation) -> dict[str, Declared]:
    return dict(installation.gateway.attributes.tuning.declared)


def _described(declared: Declared) -> dict[str, Any]:
    return {
        "name": declared.name,
        "rule": declared.rule,
        "meaning": declared.meaning,
        "shipped": declared.said(declared.default),
        "accepts": declared.accepts(),
        "stricter": declared.stricter(),
        "locked": declared.locked,
    }
