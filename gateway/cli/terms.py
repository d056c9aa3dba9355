"""``proviso terms``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from gateway.cli import terms_diff, terms_evidence, terms_people, terms_print, terms_review
from gateway.cli.context import installed
from gateway.cli.terms_sign import sign
from gateway.errors import NotFound
from gateway.terms import told
from gateway.terms.statements import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.cli.context import Installation
    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.statements import Overlay

_MOMENT = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def terms() -> None:
    """What providers' contracts let them do. A tier is usable once a person has reviewed it."""


for _command in (
    terms_review.review,
    terms_evidence.override,
    terms_evidence.contract,
    terms_evidence.source,
    terms_diff.diff,
    sign,
):
    terms.add_command(_command)


@terms.command(name="list")
@terms_people.TENANT
@click.option("--all", "everything", is_flag=True, help="Every tier, not only the configured ones.")
@installed
def list_tiers(installation: Installation, slug: str, everything: bool) -> None:  # noqa: FBT001
    """List tiers and how their facts stand with an organisation."""
    tenant, registry = installation.tenant(slug), installation.gateway.terms
    used = None if everything else {item.tier for item in installation.settings.providers.values()}
    rows: list[dict[str, Any]] = [
        {
            "tier": item.tier,
            "usable": item.usable,
            "unknown_facts": list(item.unknown_facts),
            "next_expiry": item.next_expiry.date().isoformat() if item.next_expiry else None,
        }
        for item in told.tiers(registry, tenant, installation.clock.now(), used)
    ]
    installation.show(rows, _list(rows, slug, registry.editions.problem))


def _list(rows: list[dict[str, Any]], slug: str, problem: str) -> Iterator[str]:
    if problem:
        yield f"WARNING: {problem} The last good edition serves."
    for row in rows:
        state = f"not confirmed: {', '.join(row['unknown_facts'])}"
        if row["usable"]:
            state = "usable" + (f" until {row['next_expiry']}" if row["next_expiry"] else "")
        yield f"{row['tier']:32} {state}"
    closed = [row["tier"] for row in rows if not row["usable"]]
    if closed:
        yield f"Next: `proviso terms review {closed[0]} --tenant {slug} --as …`."


@terms.command()
@click.argument("tier")
@terms_people.TENANT
@click.option("--model", default="", help="The provider's name of a model, for overlays.")
@click.option("--feature", "features", multiple=True, help="A feature used; may be repeated.")
@click.option("--at", "at", type=_MOMENT, help="As of this day, and as it was known then.")
@click.option("--known-at", type=_MOMENT, help="As it was known on another day (default: --at).")
@installed
def show(
    installation: Installation,
    tier: str,
    slug: str,
    model: str,
    features: tuple[str, ...],
    at: datetime | None,
    known_at: datetime | None,
) -> None:
    """Show every fact of TIER, with sources and reviews, and what they come to."""
    tenant = installation.tenant(slug)
    registry, now = installation.gateway.terms, installation.clock.now()
    moment = _end_of(at) if at else now
    known = _end_of(known_at) if known_at else (moment if at else None)
    try:
        edition, record = registry.view(tenant, known)
        states = registry.states(tenant, tier, moment, known_at=known)
    except KeyError as error:
        raise NotFound(
            f"Nothing was known of a tier {tier}. Try `proviso terms list --all`."
        ) from error
    effective = registry.effective(tenant, tier, model, moment, features, known_at=known)
    sources = edition.facts.sources
    result = {
        "tier": tier,
        "at": moment,
        "edition": effective.version,
        "facts_digest": effective.facts_digest,
        "facts": [told.row(item, sources) for item in states],
        "effective": effective.as_input(),
        "used": [item.as_row() for item in effective.used],
        "expired_facts": list(effective.expired_facts),
    }
    own = (
        line
        for item in record.overrides
        if item.row.tier == tier
        for line in terms_evidence.words(item, moment)
    )
    shown = (line for item in states for line in terms_print.lines(item, sources))
    head = f"{tier} at {moment:%Y-%m-%d %H:%M}, edition {effective.version or 'none'}"
    beaten = _beaten(tier, edition.facts.overlays.values())
    installation.show(result, chain([head], shown, beaten, own, _outcome(effective)))


def _beaten(tier: str, overlays: Iterable[Overlay]) -> Iterator[str]:
    """What beats the contract, and for which features or models."""
    for overlay in overlays:
        if matches(tier, overlay.tiers) and not matches(tier, overlay.not_tiers):
            what = sorted(overlay.features) or sorted(overlay.models)
            yield f"beaten by {overlay.tier.id} for {', '.join(what)}"


def _outcome(effective: EffectiveTerms) -> Iterator[str]:
    """What everything comes to, and what is in the way."""
    yield "What it comes to:"
    yield from terms_print.effective(effective)
    if effective.unknown_facts:
        unknown = ", ".join(effective.unknown_facts)
        yield f"Requests are refused until these are confirmed: {unknown}."


def _end_of(moment: datetime) -> datetime:
    """The last moment of a day, or the moment itself when a time was given; in UTC."""
    aware = moment.replace(tzinfo=UTC)
    if (aware.hour, aware.minute, aware.second) != (0, 0, 0):
        return aware
    return aware + timedelta(days=1) - timedelta(microseconds=1)
