"""``proviso policy show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gateway.attributes.standing import standing
from gateway.cli.context import installed
from gateway.cli.parameters import stored
from gateway.cli.people import person
from gateway.db import profiles

if TYPE_CHECKING:
    from gateway.attributes.parameters import EffectivePolicy
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant


@click.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--for", "email", help="As it counts for one person, by e-mail address.")
@installed
def show(installation: Installation, slug: str, email: str | None) -> None:
    """Show the effective policy: every rule and value, and where it came from."""
    tenant = installation.tenant(slug)
    groups = person(installation, tenant, email).groups if email is not None else []
    policy = installation.gateway.attributes.tuning.effective(stored(installation, tenant), groups)
    rules = _rules(installation, tenant, policy)
    values = [
        {
            "name": item.declared.name,
            "rule": item.declared.rule,
            "value": item.value,
            "from": item.origin,
            "said": item.declared.said(item.value),
        }
        for item in policy.values
        if not item.declared.switch
    ]
    result = {
        "revision": installation.gateway.bundle.revision,
        "rules": rules,
        "values": values,
        "conflicts": list(policy.conflicts),
    }
    lines = [f"revision {result['revision']}"]
    lines += [
        f"  {row['id']:6} {'on ' if row['asked'] else 'off'} {row['why']:40} {row['title']}"
        for row in rules
    ]
    lines += [f"  {row['name']:32} {row['said']:20} ({row['from']})" for row in values]
    lines += [f"conflict: {text}" for text in policy.conflicts]
    installation.show(result, "\n".join(lines))


def _rules(
    installation: Installation, tenant: Tenant, policy: EffectivePolicy
) -> list[dict[str, Any]]:
    bundle = installation.gateway.bundle
    with installation.database.tenant_session(tenant.id) as session:
        profile = profiles.of_tenant(session)
    seats = profile.establishments if profile is not None else []
    return [
        {"id": item.id, "title": item.title, "asked": item.asked, "why": item.why}
        for item in standing(bundle.annotations, policy, bundle.european, seats)
    ]
