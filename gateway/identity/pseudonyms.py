"""From a pseudonym back to the row it was made from, which takes the root secret.

The name behind a pseudonym is stored nowhere: it is found by making the pseudonym
of everybody. Who gives back what is found here asks `gateway.identity.unmask` first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import PrincipalId
from gateway.db import principals

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.principals import PrincipalRecord


def behind(
    session: Session, secret: RootSecret, tenant: TenantId, pseudonym: str
) -> PrincipalRecord | None:
    """Who stands behind `pseudonym`; None when nobody of the tenant does, or not any more."""
    for principal in principals.every_id(session):
        if secret.pseudonym(tenant, PrincipalId(principal)) == pseudonym:
            return principals.by_id(session, principal)
    return None
