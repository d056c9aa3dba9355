"""Who a command acts for and about: people by their address, and the log that it writes to."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.audit.entries import administration
from gateway.core.identifiers import PrincipalId
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role
from gateway.db import principals
from gateway.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.assembly import Gateway
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.db.principals import PrincipalRecord


def operator() -> str:
    """The shell's user, as the decision log names them."""
    return f"operator:{getpass.getuser()}"


@contextmanager
def running(installation: Installation) -> Iterator[Gateway]:
    """The gateway with its log and its engine at work, and no schedule."""
    gateway = installation.gateway
    gateway.engine.start()
    gateway.ledger.start()
    try:
        yield gateway
    finally:
        gateway.ledger.stop()
        gateway.engine.stop()


def note(
    installation: Installation,
    tenant: Tenant,
    action: str,
    target: str,
    **params: str | int | bool,
) -> None:
    """Record a change while the log is at work; before it is made.

    Raises:
        AuditUnavailable: it could not be recorded.
    """
    entry = administration(installation.clock.now(), operator(), action, target, **params)
    installation.gateway.ledger.record_event(tenant.id, entry)


def found(installation: Installation, tenant: Tenant, email: str) -> PrincipalRecord:
    """The person of that address, active or not.

    Raises:
        NotFound: the tenant has none.
    """
    with installation.database.tenant_session(tenant.id) as session:
        record = principals.by_email(session, email)
    if record is None:
        raise NotFound(f"{tenant.slug} has no person {email}.")
    return record


def pseudonym(installation: Installation, tenant: Tenant, record: PrincipalRecord) -> str:
    """What the decision log calls a person."""
    return installation.secret.pseudonym(tenant.id, PrincipalId(record.id))


def acting(installation: Installation, tenant: Tenant, email: str) -> Principal:
    """The person of that address as the one who answers for a command.

    Raises:
        NotFound: the tenant has none.
        Forbidden: the account has ended.
    """
    record = found(installation, tenant, email)
    if not record.active:
        raise Forbidden("This account has ended.")
    return Principal(
        tenant=tenant,
        id=PrincipalId(record.id),
        kind=PrincipalKind(record.kind),
        roles=frozenset(map(Role, record.roles)),
        credential=CredentialKind.SESSION,
        credential_id="shell",
        pseudonym=pseudonym(installation, tenant, record),
        email=record.email,
        display_name=record.display_name,
        groups=frozenset(record.groups),
    )
