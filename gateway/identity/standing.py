"""Who somebody is now, for work that goes on after they have asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gateway.core.principal import CredentialKind
from gateway.db import credentials, holders
from gateway.errors import Unauthenticated
from gateway.identity.people import principal_from

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database


class Standing:
    """Finds principals by what they asked with."""

    def __init__(self, database: Database, secret: RootSecret) -> None:
        """Principals in `database`."""
        self._database = database
        self._secret = secret

    def of(self, tenant: TenantId, principal: UUID, kind: str, credential: str) -> Principal:
        """The principal, with the groups and roles of now.

        Raises:
            Unauthenticated: they are no longer active, or the key they asked with was revoked.
        """
        used = CredentialKind(kind)
        with self._database.tenant_session(tenant) as session:
            if used is CredentialKind.GATEWAY_KEY:
                key = credentials.key_by_id(session, UUID(credential))
                if key is None or key.revoked_at is not None:
                    raise Unauthenticated(reason="key.revoked")
        with self._database.connection(tenant) as connection:
            row = holders.principal_holder(connection, tenant, principal)
        if row is None or not row.active:
            raise Unauthenticated(reason="person.inactive")
        return principal_from(row, used, credential, self._secret)
