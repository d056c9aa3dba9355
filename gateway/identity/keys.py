"""Gateway keys: ``sk-pv-…``, shown once, kept as a keyed digest, bound to one principal.

Every request asks the database, for the key's row or for the mark that says it is
unchanged, so a revoked key stops with the next request and nothing has to be told
to anybody.
"""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, PrincipalKind, Role
from gateway.core.values import dataclass
from gateway.db import credentials, principals
from gateway.db.credentials import GatewayKey
from gateway.db.holders import KeyHolder, KeyHolders
from gateway.db.identity_mark import IdentityMark
from gateway.db.last_known import Bridging, LastKnown
from gateway.db.principals import PrincipalRecord
from gateway.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    StorageUnavailable,
    Unauthenticated,
)
from gateway.identity import bearer
from gateway.identity.people import principal_from

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database

PREFIX = "sk-pv-"
_HINT = 4
_MOST_READ = 4_096
"""Keys whose rows are not read again while they say the same."""

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
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key with who holds it, for those who run the tenant's accounts."""

    facts: KeyFacts
    kind: PrincipalKind
    name: str
    """A person's address, or a workload's name."""

    active: bool
    """Whether the holder is; a key of somebody who has left opens nothing."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment when its text is known."""

    facts: KeyFacts
    text: str

    def __repr__(self) -> str:
        """Without the text: a repr ends in logs."""
        return f"NewKey({self.facts.id}, …{self.facts.hint})"


class _Read(NamedTuple):
    """What one row said of a key."""

    mark: int | None
    """What marked who holds which key before the row was read."""

    row: tuple[Any, ...]
    """As the database's driver has it."""

    holder: KeyHolder
    principal: Principal


def parse(text: str) -> TenantId:
    """The tenant a gateway key names, without touching the database.

    Raises:
        bearer.Malformed: it is not a gateway key.
    """
    return bearer.tenant_of(PREFIX, text)


class KeyRing:
    """Makes, lists, revokes and verifies gateway keys."""

    def __init__(
        self,
        database: Database,
        secret: RootSecret,
        clock: Clock,
        bridging: Bridging | None = None,
    ) -> None:
        """Keys in `database`, digested under `secret`; `bridging` says who goes on without it."""
        self._bridging = bridging or Bridging()
        self._last_known: LastKnown[bytes, _Read] = LastKnown(self._bridging, clock)
        self._database = database
        self._holders = KeyHolders(database)
        self._mark = IdentityMark(database)
        self._secret = secret
        self._clock = clock
        self._read: dict[bytes, _Read] = {}
        self._lock = Lock()
        self._used: dict[TenantId, dict[bytes, date]] = {}

    def holder_for_person(self, tenant: TenantId, email: str) -> PrincipalId:
        """The person of that address, made an employee if new.

        Their first sign-in with the same verified address takes the person over.

        Raises:
            InvalidRequest: that is no address.
            Conflict: the person is no longer active.
        """
        if not _ADDRESS.fullmatch(email):
            raise InvalidRequest(f"{email} is no e-mail address.", param="for")
        with self._database.tenant_session(tenant, write=True) as session:
            holder = principals.by_email(session, email)
            if holder is None:
                holder = self._new_holder(tenant, PrincipalKind.PERSON, email, email.lower())
                session.add(holder)
            return _active(holder)

    def holder_for_workload(self, tenant: TenantId, name: str) -> PrincipalId:
        """The service account of that name, made if new.

        Raises:
            Conflict: the workload is no longer active.
        """
        with self._database.tenant_session(tenant, write=True) as session:
            holder = principals.by_name(session, PrincipalKind.WORKLOAD, name)
            if holder is None:
                holder = self._new_holder(tenant, PrincipalKind.WORKLOAD, name, None)
                session.add(holder)
            return _active(holder)

    def create(
        self, tenant: TenantId, holder: PrincipalId, key_id: UUID, *, label: str, created_by: str
    ) -> NewKey:
        """A key of that id for that principal.

        Raises:
            Conflict: the principal is no longer active, or has gone.
        """
        with self._database.tenant_session(tenant, write=True) as session:
            # Locked: an erasure comes before, and there is no key, or after, and takes it along.
            _active(principals.locked(session, holder))
            text = bearer.mint(PREFIX, tenant)
            row = GatewayKey(
                tenant_id=tenant,
                digest=self._secret.credential_digest(tenant, text),
                id=key_id,
                principal_id=holder,
                label=label,
                hint=text[-_HINT:],
                created_at=self._clock.now(),
                created_by=created_by,
                revoked_at=None,
                last_used_on=None,
            )
            session.add(row)
            return NewKey(_facts(row), text)

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
            facts = _facts(row)
        self._last_known.drop_where(tenant, lambda read: read.holder.key_id == key_id)
        return facts

    def held(self, tenant: TenantId) -> list[HeldKey]:
        """The tenant's keys with their holders, newest first, revoked ones included."""
        with self._database.tenant_session(tenant) as session:
            return [
                HeldKey(
                    _facts(row),
                    PrincipalKind(holder.kind),
                    holder.email or holder.display_name,
                    holder.active,
                )
                for row, holder in credentials.keys_and_holders(session)
            ]

    def authenticate(self, text: str) -> Principal:
        """Whose key this is, as the database says now: it is asked anew for every request.

        The digest is keyed and compared by the database's index, so what an attacker can
        learn from timing is about digests they cannot compute.

        Raises:
            Unauthenticated: not a key, unknown, revoked, or its holder is no longer active.
            StorageUnavailable: the database did not answer, and nothing may stand in for it.
        """
        try:
            tenant = parse(text)
        except bearer.Malformed:
            raise Unauthenticated(reason="key.malformed") from None
        digest = self._secret.credential_digest(tenant, text)
        try:
            read = self._found(tenant, digest)
        except StorageUnavailable as error:
            known, age = self._last_known.recall(tenant, digest, error)
            return replace(known.principal, recalled=age)
        if read is None:
            self._last_known.drop(tenant, digest)
            raise Unauthenticated(reason="key.unknown")
        self._bridging.met(tenant, read.holder.slug)
        self._last_known.keep(tenant, digest, read)
        today = self._clock.now().date()
        if read.holder.last_used_on is None or read.holder.last_used_on < today:
            with self._lock:
                self._used.setdefault(tenant, {})[digest] = today
        return read.principal

    @property
    def knows_anybody(self) -> bool:
        """Whether what is remembered could stand in for the database."""
        return bool(self._last_known.held())

    def recheck(self) -> None:
        """Forget what no longer opens anything, while the database says so. A job's work.

        Raises:
            StorageUnavailable: the database did not answer; what is known stays.
        """
        for tenant, known in self._last_known.held().items():
            with self._database.connection(tenant) as connection:
                good = credentials.still_good(connection, tenant, [digest for digest, _ in known])
            for digest, _ in known:
                if digest not in good:
                    self._last_known.drop(tenant, digest)

    def _found(self, tenant: TenantId, digest: bytes) -> _Read | None:
        """What the database says of the key of that digest; None where it opens nothing.

        Nothing that is remembered outlives a revocation: the mark moves with it. It is read before
        the row, so that a row is never older than its mark.
        """
        read = self._read.get(digest)
        moved = self._mark.moved(tenant, read.mark if read is not None else None)
        if moved is None and read is not None:
            return read
        row = self._holders.find(tenant, digest)
        if row is None:
            return None
        mark = moved[0] if moved is not None else None
        if read is not None and read.row == row:
            read = read._replace(mark=mark)
        else:
            read = self._said(tenant, mark, row)
        if len(self._read) >= _MOST_READ:
            self._read.clear()
        self._read[digest] = read
        return read

    def _said(self, tenant: TenantId, mark: int | None, row: tuple[Any, ...]) -> _Read:
        """What `row` says of a key."""
        # The tenant's id is always the same object then, and two dozen memories that are asked
        # about it need not compare it.
        holder = self._holders.read(row)._replace(tenant_id=tenant)
        principal = principal_from(
            holder, CredentialKind.GATEWAY_KEY, str(holder.key_id), self._secret
        )
        return _Read(mark, row, holder, principal)

    def note_uses(self) -> int:
        """Write which keys were used today for the first time; how many tenants had some.

        A job's work: a request must not wait for it, and a crash loses a day's mark at most.

        Raises:
            StorageUnavailable: the database did not answer; what is left waits for the next time.
        """
        with self._lock:
            taken, self._used = self._used, {}
        written = len(taken)
        try:
            while taken:
                tenant, used = next(iter(taken.items()))
                with self._database.connection(tenant, write=True) as connection:
                    credentials.note_uses(connection, tenant, used)
                del taken[tenant]
        except StorageUnavailable:
            with self._lock:
                for tenant, used in taken.items():
                    self._used[tenant] = used | self._used.get(tenant, {})
            raise
        return written

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


def _active(holder: PrincipalRecord | None) -> PrincipalId:
    if holder is None or not holder.active:
        raise Conflict("This principal is no longer active.")
    return PrincipalId(holder.id)


def _facts(row: GatewayKey) -> KeyFacts:
    return KeyFacts(
        id=row.id,
        principal_id=PrincipalId(row.principal_id),
        label=row.label,
        hint=row.hint,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
