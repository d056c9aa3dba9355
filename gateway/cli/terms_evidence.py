"""``proviso terms override``, ``contract`` and ``source``: what a tenant can show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from gateway.cli import terms_people
from gateway.cli.context import installed
from gateway.cli.terms_review import parsed
from gateway.terms.evidence import Proposal
from gateway.terms.told import value as in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.cli.context import Installation
    from gateway.terms.beliefs import Override

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def override() -> None:
    """What your organisation has agreed beyond a tier's terms. Two people stand behind each."""


@override.command()
@click.argument("tier")
@terms_people.TENANT
@terms_people.PERSON
@click.option("--set", "changes", multiple=True, required=True, help="FACT=VALUE; may be repeated.")
@click.option("--document", type=terms_people.FILE, required=True, help="The signed document.")
@click.option("--signed-on", type=_DAY, required=True, help="When it was signed, or switched.")
@click.option("--expires", type=_DAY, required=True, help="Until when it counts.")
@click.option("--exclude", multiple=True, help="A feature it does not cover; may be repeated.")
@click.option("--model", "models", multiple=True, help="A pattern of models it covers.")
@click.option("--setting", default="", help="Evidence of an opt-out: the setting's name.")
@click.option("--set-by", default="", help="Who switched the setting.")
@installed
def propose(
    installation: Installation,
    tier: str,
    slug: str,
    person: str,
    document: Path,
    signed_on: datetime,
    expires: datetime,
    **more: Any,
) -> None:
    """Propose an override for TIER; it counts once a second person approves it."""
    tenant, now = installation.tenant(slug), installation.clock.now()
    asked = Proposal(
        tier=tier,
        facts=_facts(more["changes"]),
        document=terms_people.document(document),
        signed_on=signed_on.date(),
        expires_at=expires.replace(tzinfo=UTC),
        models=more["models"] or ("*",),
        features_excluded=more["exclude"],
        setting=more["setting"],
        set_by=more["set_by"],
    )
    by = terms_people.known(installation, tenant, person)
    made = terms_people.evidence(installation).propose(tenant, asked, by, now)
    installation.record(
        tenant,
        "terms.override.proposed",
        str(made.row.id),
        tier=tier,
        facts=",".join(sorted(asked.facts)),
        document_sha256=asked.document.sha256,
        by=by.pseudonym,
    )
    installation.show(
        _row(made, now),
        f"Override {made.row.id} is proposed, and counts once a second person signs:\n"
        f"  proviso terms override approve {made.row.id} --tenant {slug} --as …",
    )


@override.command()
@click.argument("override_id", type=UUID)
@terms_people.TENANT
@terms_people.PERSON
@installed
def approve(installation: Installation, override_id: UUID, slug: str, person: str) -> None:
    """Stand behind an override that somebody else has proposed."""
    tenant, now = installation.tenant(slug), installation.clock.now()
    by = terms_people.known(installation, tenant, person)
    made = terms_people.evidence(installation).approve(tenant, override_id, by, now)
    installation.record(tenant, "terms.override.approved", str(override_id), by=by.pseudonym)
    installation.show(_row(made, now), f"Override {override_id} counts until {made.ends().date()}.")


@override.command()
@click.argument("override_id", type=UUID)
@terms_people.TENANT
@terms_people.PERSON
@installed
def withdraw(installation: Installation, override_id: UUID, slug: str, person: str) -> None:
    """End an override; one person is enough to be stricter."""
    tenant, now = installation.tenant(slug), installation.clock.now()
    by = terms_people.known(installation, tenant, person)
    made = terms_people.evidence(installation).withdraw(tenant, override_id, by, now)
    installation.record(tenant, "terms.override.withdrawn", str(override_id), by=by.pseudonym)
    installation.show(_row(made, now), f"Override {override_id} counts no more.")


@override.command(name="list")
@terms_people.TENANT
@installed
def list_overrides(installation: Installation, slug: str) -> None:
    """List an organisation's overrides, with their evidence and who stands behind them."""
    tenant, now = installation.tenant(slug), installation.clock.now()
    found = installation.gateway.terms.record(tenant).overrides
    installation.show(
        [_row(item, now) for item in found], (line for item in found for line in words(item, now))
    )


@click.command()
@click.argument("tier")
@terms_people.TENANT
@terms_people.PERSON
@click.option("--document", type=terms_people.FILE, required=True, help="The agreement.")
@click.option("--expires", type=_DAY, help="Until when it counts (default: a year).")
@click.option("--ended", is_flag=True, help="The agreement has ended.")
@installed
def contract(
    installation: Installation,
    tier: str,
    slug: str,
    person: str,
    document: Path,
    expires: datetime | None,
    ended: bool,  # noqa: FBT001
) -> None:
    """Record that the data processing agreement for TIER is on file (GDPR Art. 28)."""
    tenant, now = installation.tenant(slug), installation.clock.now()
    by = terms_people.officer(installation, tenant, person)
    shown = terms_people.document(document)
    ends = expires.replace(tzinfo=UTC) if expires else None
    made = terms_people.evidence(installation).contract(
        tenant, tier, shown, by, now, expires_at=ends, ended=ended
    )
    action = "terms.contract.ended" if ended else "terms.contract.filed"
    installation.record(tenant, action, tier, document_sha256=shown.sha256, by=by.pseudonym)
    until = made.expires_at.date() if made.expires_at else ""
    result = {"tier": tier, "on_file": not ended, "sha256": shown.sha256, "until": str(until)}
    text = "has ended" if ended else f"is on file until {until}"
    installation.show(result, f"The agreement for {tier} {text} ({shown.name}).")


@click.group()
def source() -> None:
    """The texts that facts were read in."""


@source.command()
@click.argument("source_id")
@click.argument("file", type=terms_people.FILE)
@terms_people.TENANT
@terms_people.PERSON
@installed
def record(installation: Installation, source_id: str, file: Path, slug: str, person: str) -> None:
    """Record the digest of your copy of a source: FILE stays with you.

    When it is not the copy that was current at a review, the facts that rest on it are unknown
    until they are reviewed again.
    """
    tenant, now = installation.tenant(slug), installation.clock.now()
    by = terms_people.officer(installation, tenant, person)
    shown = terms_people.document(file)
    touched = terms_people.evidence(installation).copy(tenant, source_id, shown, by, now)
    installation.record(
        tenant, "terms.source.recorded", source_id, sha256=shown.sha256, by=by.pseudonym,
        touched=len(touched),
    )  # fmt: skip
    lines = [f"{source_id}: {shown.sha256}"]
    if touched:
        lines.append("The text has changed. Unknown until reviewed again:")
        lines += [f"  {tier}: {name}" for tier, name in touched]
    else:
        lines.append("No confirmed fact is touched.")
    rows = [{"tier": tier, "fact": name} for tier, name in touched]
    installation.show({"source": source_id, "sha256": shown.sha256, "touched": rows}, iter(lines))


def words(item: Override, now: datetime) -> Iterator[str]:
    """An override as people read it."""
    row = item.row
    yield f"{row.id}  {row.tier}  {item.state(now)}, until {item.ends().date()}"
    for name, found in row.facts.items():
        yield f"    {name}: {in_words(found)}"
    yield f"    models: {', '.join(row.models)}; not for: {', '.join(row.features_excluded) or '-'}"
    yield f"    evidence: {row.document} (SHA-256 {row.document_sha256}), {row.signed_on}"
    if row.setting:
        yield f"    setting {row.setting}, switched by {row.set_by}"
    yield f"    signed by: {', '.join(sorted(item.approvers.values()))}"


def _row(item: Override, now: datetime) -> dict[str, Any]:
    row = item.row
    return {
        "id": str(row.id), "tier": row.tier, "kind": row.kind, "state": item.state(now),
        "facts": row.facts, "models": row.models, "features_excluded": row.features_excluded,
        "document": row.document, "document_sha256": row.document_sha256,
        "signed_on": row.signed_on, "setting": row.setting, "set_by": row.set_by,
        "signed_by": sorted(item.approvers.values()), "expires_at": row.expires_at,
    }  # fmt: skip


def _facts(changes: tuple[str, ...]) -> dict[str, Any]:
    facts = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise click.UsageError("--set takes FACT=VALUE.")
        facts[name] = parsed(name, text)
    return facts
