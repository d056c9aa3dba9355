"""``proviso approval``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from gateway.attributes.answers import LONGEST_HOURS, Approver, Wanted
from gateway.cli.context import installed
from gateway.cli.people import person, pseudonym
from gateway.core.principal import Role
from gateway.db import approvals

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.db.approvals import Approval

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
_AS = click.option(
    "--as", "approver", required=True, help="E-mail address of the person who answers for it."
)


@click.group()
def approval() -> None:
    """A second person's word on what a rule does not let people decide alone."""


@approval.command()
@click.argument("code")
@_TENANT
@_AS
@click.option("--for", "email", required=True, help="E-mail address of the person it is for.")
@click.option("--purpose", default="", help="For one purpose only (default: each).")
@click.option("--reason", required=True, help="Why it may be done; kept, and shown to approvers.")
@click.option(
    "--hours",
    type=click.IntRange(1, LONGEST_HOURS),
    default=24,
    show_default=True,
    help="How long it counts.",
)
@installed
def grant(
    installation: Installation,
    code: str,
    slug: str,
    approver: str,
    email: str,
    purpose: str,
    reason: str,
    hours: int,
) -> None:
    """Approve CODE, as the refusal names it, for a colleague."""
    tenant = installation.tenant(slug)
    principal = pseudonym(installation, tenant, person(installation, tenant, email))
    row = installation.gateway.attributes.answers.approve(
        _approver(installation, tenant, approver),
        Wanted(principal, code, reason, hours, purpose),
        installation.clock.now(),
        partial(installation.record, tenant),
    )
    installation.show(
        _row(row), f"{code} is approved for {email} until {row.expires_at:%F %R} UTC."
    )


@approval.command(name="list")
@_TENANT
@click.option("--all", "everything", is_flag=True, help="Spent and revoked ones too.")
@installed
def list_approvals(installation: Installation, slug: str, everything: bool) -> None:  # noqa: FBT001
    """List approvals, newest first; people appear under their pseudonyms."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        now = installation.clock.now()
        found = approvals.every(session) if everything else approvals.current(session, now)
        rows = [_row(item) for item in found]
    installation.show(
        rows,
        (f"{row['id']}  {row['code']}  {row['principal']}  {row['purpose'] or 'each purpose'}  "
         f"until {row['expires_at'][:16]}{'  revoked' if row['revoked_at'] else ''}"
         for row in rows),
    )  # fmt: skip


@approval.command()
@click.argument("approval_id", type=UUID)
@_TENANT
@_AS
@installed
def revoke(installation: Installation, approval_id: UUID, slug: str, approver: str) -> None:
    """Take an approval back, with effect on the next request."""
    tenant = installation.tenant(slug)
    row = installation.gateway.attributes.answers.revoke(
        _approver(installation, tenant, approver),
        approval_id,
        installation.clock.now(),
        partial(installation.record, tenant),
    )
    installation.show({"id": str(row.id)}, f"The approval of {row.code} does not count any more.")


def _approver(installation: Installation, tenant: Tenant, email: str) -> Approver:
    who = person(installation, tenant, email)
    named = pseudonym(installation, tenant, who)
    return Approver(tenant.id, named, frozenset(map(Role, who.roles)))


def _row(row: Approval) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "principal": row.principal,
        "purpose": row.purpose,
        "reason": row.reason,
        "approver": row.approver,
        "expires_at": row.expires_at.isoformat(),
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }
