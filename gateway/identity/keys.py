"""Gateway keys: ``sk-pv-…``, shown once, kept as a keyed digest, bound to one principal.

Every request looks its key up again, so a revoked key stops with the next
request and nothing has to be told to anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, PrincipalKind, Role
from gateway.db import credentials, principals
from gateway.db.credentials import GatewayKey
from gateway.db.principals import PrincipalRecord
from gateway.errors import Conflict, InvalidRequest, NotFound, Unauthenticated
from gateway.identity import bearer
from gateway.identity.people import PrincipalMemo, principal_from

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database

PREFIX = "sk-pv-"
_HINT = 4
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What may be shown of a key after its one appearance."""

    id: UUID
    principal_id: PrincipalId
    label: str
    hint: str
    """Its last characters, so that people can tell their keys apart."""

    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment when its text is known."""

    facts: KeyFacts
    text: str

    def __repr__(self) -> str:
        """Without the text: a repr ends in logs."""
        return f"NewKey({self.facts.id}, …{self.facts.hint})"


def parse(text: str) -> TenantId:
    """The tenant a gateway key names, without touching the database.

    Raises:
        bearer.Malformed: it is not a gateway key.
    """
    return bearer.tenant_of(PREFIX, text)


class KeyRing:
    """Makes, lists, revokes and verifies gateway keys."""

    def __init__(self, database: Database, secret: RootSecret, clock: Clock) -> None:
        """Keys in `database`, digested under `secret`."""
        self._database = database
        self._secret = secret
        self._clock = clock
        self._memo = PrincipalMemo()

    def create_for_person(
        self, tenant: TenantId, email: str, *, label: str = "", created_by: str
    ) -> NewKey:
        """A key for the person of that address, who is an employee from now on if new.

        Their first sign-in with the same verified address takes the person over.

        Raises:
            InvalidRequest: that is no address.
            Conflict: the person is no longer active.
        """
        if not _ADDRESS.fullmatch(email):
            raise InvalidRequest(f"{email} is no e-mail address.", param="email")
        with self._database.tenant_session(tenant, write=True) as session:
            holder = principals.by_email(session, email)
            if holder is None:
                holder = self._new_holder(tenant, PrincipalKind.PERSON, email, email.lower())
                session.add(holder)
            return self._create(session, holder, label, created_by)

    def create_for_workload(
        self, tenant: TenantId, name: str, *, label: str = "", created_by: str
    ) -> NewKey:
        """A key for the service account of that name, made if new.

        Raises:
            Conflict: the workload is no longer active.
        """
        with self._database.tenant_session(tenant, write=True) as session:
            holder = principals.by_name(session, PrincipalKind.WORKLOAD, name)
            if holder is None:
                holder = self._new_holder(tenant, PrincipalKind.WORKLOAD, name, None)
                session.add(holder)
            return self._create(session, holder, label, created_by)

    def revoke(self, tenant: TenantId, key_id: UUID) -> KeyFacts:
        """Stop a key, with effect on the next request. Stopping it again changes nothing.

        Raises:
            NotFound: the tenant has no such key.
        """
        with self._database.tenant_session(tenant, write=True) as session:
            row = credentials.key_by_id(session, key_id)
            if row is None:
                raise NotFound("There is no key of that id.")
            row.revoked_at = row.revoked_at or self._clock.now()
            return _facts(row)

    def list(self, tenant: TenantId, principal: PrincipalId | None = None) -> list[KeyFacts]:
        """The tenant's keys, newest first, revoked ones included; of one principal when named."""
        with self._database.tenant_session(tenant) as session:
            return [_facts(row) for row in credentials.keys_of(session, principal)]

    def authenticate(self, text: str) -> Principal:
        """Whose key this is: one query, made anew for every request.

        The digest is keyed and compared by the database's index, so what an attacker can
        learn from timing is about digests they cannot compute.

        Raises:
            Unauthenticated: not a key, unknown, revoked, or its holder is no longer active.
        """
        try:
            tenant = parse(text)
        except bearer.Malformed:
            raise Unauthenticated(reason="key.malformed") from None
        digest = self._secret.credential_digest(tenant, text)
        with self._database.connection(tenant) as connection:
            row = credentials.key_holder(connection, tenant, digest)
        if row is None:
            raise Unauthenticated(reason="key.unknown")
        kind = CredentialKind.GATEWAY_KEY
        return self._memo.get(
            digest, row, lambda: principal_from(row, kind, str(row.key_id), self._secret)
        )

    def _new_holder(
        self, tenant: TenantId, kind: PrincipalKind, name: str, email: str | None
    ) -> PrincipalRecord:
        return PrincipalRecord(
            tenant_id=tenant,
            id=uuid7(),
            kind=kind,
            issuer=None,
            subject=None,
            email=email,
            display_name=name,
            roles=[Role.EMPLOYEE],
            groups=[],
            active=True,
            created_at=self._clock.now(),
        )

    def _create(
        self, session: Session, holder: PrincipalRecord, label: str, created_by: str
    ) -> NewKey:
        if not holder.active:
            raise Conflict("This principal is no longer active.")
        tenant = TenantId(holder.tenant_id)
        text = bearer.mint(PREFIX, tenant)
        row = GatewayKey(
            tenant_id=tenant,
            digest=self._secret.credential_digest(tenant, text),
            id=uuid7(),
            principal_id=holder.id,
            label=label,
            hint=text[-_HINT:],
            created_at=self._clock.now(),
            created_by=created_by,
            revoked_at=None,
        )
        session.add(row)
        return NewKey(_facts(row), text)


def _facts(row: GatewayKey) -> KeyFacts:
    return KeyFacts(
        id=row.id,
        principal_id=PrincipalId(row.principal_id),
        label=row.label,
        hint=row.hint,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
