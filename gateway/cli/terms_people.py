"""Who puts something on record about terms, as the registry and the log know them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.core.identifiers import PrincipalId, uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.db import principals
from gateway.db.principals import PrincipalRecord
from gateway.errors import Forbidden, NotFound
from gateway.terms.evidence import Document, Evidence, Signatory

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
PERSON = click.option("--as", "person", required=True, help="E-mail address of who answers for it.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def officer(installation: Installation, tenant: Tenant, email: str) -> Signatory:
    """A privacy officer; who is new is made one by this command.

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
        elif Role.PRIVACY_OFFICER.value not in person.roles or not person.active:
            raise Forbidden(f"{email} is not a privacy officer.")
        return _signatory(installation, tenant, person)


def known(installation: Installation, tenant: Tenant, email: str) -> Signatory:
    """Somebody whom the organisation knows; nobody is made up for a second signature.

    Raises:
        NotFound: there is no such person, or they have left.
    """
    with installation.database.tenant_session(tenant.id) as session:
        person = principals.by_email(session, email)
        if person is None or not person.active:
            raise NotFound(
                f"{email} is not known here. They sign in once, or review a tier, and then sign."
            )
        return _signatory(installation, tenant, person)


def document(path: Path) -> Document:
    """A file as evidence: its name and its SHA-256."""
    return Document(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def evidence(installation: Installation) -> Evidence:
    """Where things are put on record."""
    return Evidence(installation.gateway.terms, installation.gateway.database)


def _signatory(installation: Installation, tenant: Tenant, person: PrincipalRecord) -> Signatory:
    pseudonym = installation.secret.pseudonym(tenant.id, PrincipalId(person.id))
    return Signatory(person.id, pseudonym, frozenset(Role(role) for role in person.roles))
