"""``proviso terms review``: a person reads the facts of a tier and confirms or corrects them."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from gateway.cli import terms_people, terms_print
from gateway.cli.context import installed
from gateway.errors import InvalidRequest, NotFound
from gateway.terms import reviewing, told
from gateway.terms.evidence import Document
from gateway.terms.statements import DECIDING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.terms.effective import ReviewState


@click.command()
@click.argument("tier")
@terms_people.TENANT
@terms_people.PERSON
@click.option("--fact", "only", multiple=True, help="Confirm this fact only; may be repeated.")
@click.option("--value", help="Correct the fact: what the text really says (JSON or a word).")
@click.option("--source", help="Where the correction was read: title, date, address.")
@click.option("--yes", is_flag=True, help="Do not ask; the facts have been read elsewhere.")
@installed
def review(
    installation: Installation,
    tier: str,
    slug: str,
    person: str,
    only: tuple[str, ...],
    value: str | None,
    source: str | None,
    yes: bool,  # noqa: FBT001
) -> None:
    """Show every fact about TIER with its sources, and record that a person confirms them."""
    tenant = installation.tenant(slug)
    registry, now = installation.gateway.terms, installation.clock.now()
    if tier not in registry.base.tiers:
        raise NotFound(f"There is no tier {tier}. `proviso terms list --all` names them.")
    if value is not None:
        _correct(installation, tenant, tier, person, only, value, source, now)
        return
    states = _asked_for(registry.states(tenant, tier, now), only)
    if not installation.as_json:
        for item in states:
            for line in terms_print.lines(item, registry.base.sources):
                click.echo(line)
    if not yes and not installation.as_json and sys.stdin.isatty():
        click.confirm(f"Does {person} confirm these facts for {slug}?", abort=True, err=True)
    by = terms_people.officer(installation, tenant, person)
    digests = [item.fact.digest for item in states if item.fact.established]
    record = partial(installation.record, tenant)
    confirmed = (
        reviewing.confirm(registry, tenant, tier, digests, by, now, record) if digests else []
    )
    _tell(installation, tenant, tier, person, confirmed, now)


def _asked_for(states: list[ReviewState], only: tuple[str, ...]) -> list[ReviewState]:
    names = {item.fact.name for item in states}
    odd = sorted(set(only) - names)
    if odd:
        raise NotFound(f"There is no fact {', '.join(odd)}. Known: {', '.join(sorted(names))}.")
    return [item for item in states if not only or item.fact.name in only]


def _tell(
    installation: Installation,
    tenant: Tenant,
    tier: str,
    person: str,
    confirmed: list[ReviewState],
    now: datetime,
) -> None:
    """What was confirmed, what is still unknown, and what to do about it."""
    registry = installation.gateway.terms
    if tier in registry.base.overlays:
        missing: list[str] = []
    else:
        missing = list(registry.effective(tenant, tier, "", now).unknown_facts)
    rows = [told.row(item, registry.base.sources) for item in confirmed]
    installation.show(
        {"tier": tier, "confirmed": rows, "unknown": missing},
        _words(tier, tenant.slug, person, confirmed, missing),
    )


def _words(
    tier: str, slug: str, person: str, confirmed: list[ReviewState], missing: list[str]
) -> Iterator[str]:
    first = min((item.expires_at for item in confirmed if item.expires_at), default=None)
    ends = f" The first to expire: {first.date()}." if first else ""
    yield f"{len(confirmed)} facts confirmed by {person}.{ends}"
    if missing:
        yield f"Still unknown, so requests stay refused: {', '.join(missing)}."
        yield (
            f"Next: read the provider's terms and state what they say, with "
            f"`proviso terms review {tier} --tenant {slug} --as {person} "
            f"--fact {missing[0].split()[0]} --value … --source …`."
        )
    else:
        yield f"Next: see what it comes to with `proviso terms show {tier} --tenant {slug}`."


def _correct(
    installation: Installation,
    tenant: Tenant,
    tier: str,
    person: str,
    only: tuple[str, ...],
    value: str,
    source: str | None,
    now: datetime,
) -> None:
    """Record the tenant's own statement of one fact."""
    if len(only) != 1 or not source:
        raise click.UsageError("A correction names one --fact and its --source.")
    stated = parsed(only[0], value)
    by = terms_people.officer(installation, tenant, person)
    made = terms_people.evidence(installation).state(
        tenant, tier, only[0], stated, Document(source, ""), by, now
    )
    installation.record(tenant, "terms.corrected", tier, fact=only[0], by=by.pseudonym)
    registry = installation.gateway.terms
    deciding = " It decides whether requests may go there." if only[0] in DECIDING else ""
    installation.show(
        told.row(made, registry.base.sources),
        "\n".join(
            [
                *terms_print.lines(made, registry.base.sources),
                f"Recorded for {tenant.slug} only.{deciding}",
            ]
        ),
    )


def parsed(name: str, text: str) -> Any:
    """A value from the command line; a number of days, or null, for retention.

    Raises:
        InvalidRequest: it is no value of that fact.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if name == "retention" and not isinstance(found, dict):
        if found is not None and type(found) is not int:
            raise InvalidRequest("retention is a number of days, or null for no limit.")
        words = "no number of days" if found is None else f"{found} days"
        return {"days": found, "text": words}
    return found if name == "dpa_on_file" or isinstance(found, list | dict) else str(text)
