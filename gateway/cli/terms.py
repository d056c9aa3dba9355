"""``proviso terms``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed
from gateway.core.identifiers import PrincipalId, uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.db import principals
from gateway.db.principals import PrincipalRecord
from gateway.errors import Forbidden, NotFound
from gateway.terms.facts import DECIDING

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.terms.registry import ReviewState


@click.group()
def terms() -> None:
    """What providers' contracts let them do. A tier is usable once a person has reviewed it."""


@terms.command(name="list")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--all", "everything", is_flag=True, help="Every tier, not only the configured ones.")
@installed
def list_tiers(installation: Installation, slug: str, everything: bool) -> None:  # noqa: FBT001
    """List tiers and how their facts stand with an organisation."""
    tenant = installation.tenant(slug)
    registry = installation.gateway.terms
    used = {item.tier for item in installation.settings.providers.values()}
    now = installation.clock.now()
    rows: list[dict[str, Any]] = []
    for tier in sorted(registry.base.tiers):
        if not everything and tier not in used:
            continue
        effective = registry.effective(tenant, tier, "", now)
        usable = effective.known and not effective.unknown_facts
        rows.append(
            {"tier": tier, "usable": usable, "unknown_facts": list(effective.unknown_facts)}
        )
    installation.show(
        rows,
        (
            f"{row['tier']:32} "
            + ("usable" if row["usable"] else f"not confirmed: {', '.join(row['unknown_facts'])}")
            for row in rows
        ),
    )


@terms.command()
@click.argument("tier")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--as", "reviewer", required=True, help="E-mail address of the officer who answers for it."
)
@click.option("--yes", is_flag=True, help="Do not ask; the facts have been read elsewhere.")
@installed
def review(
    installation: Installation,
    tier: str,
    slug: str,
    reviewer: str,
    yes: bool,  # noqa: FBT001
) -> None:
    """Show every fact about TIER with its sources, and record that a person confirms them."""
    tenant = installation.tenant(slug)
    registry, now = installation.gateway.terms, installation.clock.now()
    if tier not in registry.base.tiers:
        raise NotFound(f"There is no tier {tier}. `proviso terms list --all` names them.")
    _show_facts(installation, registry.states(tenant, tier, now))
    if not yes and not installation.as_json and _interactive():
        click.confirm(f"Does {reviewer} confirm these facts for {slug}?", abort=True, err=True)
    pseudonym = _reviewer(installation, tenant, reviewer)
    confirmed = registry.review(tenant, tier, pseudonym, now)
    installation.record(tenant, "terms.reviewed", tier, reviewer=pseudonym, facts=len(confirmed))
    rows = [_row(item) for item in confirmed]
    missing = [name for name in DECIDING if name not in {item.fact.name for item in confirmed}]
    first = min((item.expires_at for item in confirmed if item.expires_at), default=None)
    text = f"{len(confirmed)} facts confirmed by {reviewer}."
    if first is not None:
        text += f" The first to expire: {first.date()}."
    if missing:
        text += f" Still unknown, so requests stay refused: {', '.join(missing)}."
    installation.show({"tier": tier, "confirmed": rows, "unknown": missing}, text)


def _reviewer(installation: Installation, tenant: Tenant, email: str) -> str:
    """The officer's pseudonym; who is new is made a privacy officer by this command.

    Raises:
        Forbidden: the person is known and is no privacy officer.
    """
    with installation.database.tenant_session(tenant.id, write=True) as session:
        person = principals.by_email(session, email)
        if person is None:
            person = PrincipalRecord(
                tenant_id=tenant.id,
                id=uuid7(),
                kind=PrincipalKind.PERSON.value,
                issuer=None,
                subject=None,
                email=email.lower(),
                display_name=email.lower(),
                roles=[Role.EMPLOYEE.value, Role.PRIVACY_OFFICER.value],
                groups=[],
                active=True,
                created_at=installation.clock.now(),
            )
            session.add(person)
        elif Role.PRIVACY_OFFICER.value not in person.roles:
            raise Forbidden(f"{email} is not a privacy officer.")
        return installation.secret.pseudonym(tenant.id, PrincipalId(person.id))


def _show_facts(installation: Installation, states: list[ReviewState]) -> None:
    if installation.as_json:
        return
    for item in states:
        deciding = " (decides)" if item.fact.name in DECIDING else ""
        click.echo(f"{item.fact.name}{deciding}: {_value(item)} [{item.fact.confidence}]")
        if item.fact.note:
            click.echo(f"    {item.fact.note}")
        click.echo(f"    sources: {', '.join(item.fact.sources) or 'none'}; {item.state}")


def _value(item: ReviewState) -> str:
    value = item.fact.value
    if isinstance(value, dict):
        days = value["days"]
        return f"{'no number of days' if days is None else f'{days} days'}; {value['text']}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _row(item: ReviewState) -> dict[str, Any]:
    return {
        "fact": item.fact.name,
        "value": item.fact.value,
        "confidence": item.fact.confidence,
        "expires_at": item.expires_at,
    }


def _interactive() -> bool:
    return sys.stdin.isatty()
