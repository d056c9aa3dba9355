"""Finding the people that commands name by their address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import PrincipalId
from gateway.db import principals
from gateway.errors import NotFound

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.db.principals import PrincipalRecord


def person(installation: Installation, tenant: Tenant, email: str) -> PrincipalRecord:
    """The active person of that address.

    Raises:
        NotFound: the tenant has none.
    """
    with installation.database.tenant_session(tenant.id) as session:
        found = principals.by_email(session, email)
    if found is None or not found.active:
        raise NotFound(
            f"{tenant.slug} has no person {email}. People are known here once they have signed in "
            f"or have a key (`proviso key create --tenant {tenant.slug} --for {email}`)."
        )
    return found


def pseudonym(installation: Installation, tenant: Tenant, who: PrincipalRecord) -> str:
    """What the decision log calls a person."""
    return installation.secret.pseudonym(tenant.id, PrincipalId(who.id))
