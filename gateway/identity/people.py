"""From what an identity provider says of a person to a principal of ours.

The row in our database is the person; the identity provider only says who they
are and in which groups. A person is made on first sight, or takes over the row
that was made for their verified address before they first signed in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import administration
from gateway.audit.tail import HeadForged, Tail
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role, Tenant
from gateway.core.values import dataclass
from gateway.db import holders, principals, tenants
from gateway.db.last_known import Bridging, LastKnown
from gateway.db.principals import PrincipalRecord
from gateway.errors import ConfigurationError, LogTampered, StorageUnavailable, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.secrets import RootSecret
    from gateway.db.holders import KeyHolder
    from gateway.db.session import Database

ACTOR = "system:sign-in"
"""Who changes roles as the identity provider says."""

ROLES_CHANGED = "roles.changed"


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """What a verified token says. Made by `oidc` and `access_tokens` only."""

    tenant: str
    """The slug of the tenant whose identity provider said it."""

    issuer: str
    subject: str
    email: str | None
    """Lower case, and only if the identity provider vouches for it."""

    name: str
    groups: frozenset[str] | None
    """None when the token does not say; empty when it says "none"."""

    roles: frozenset[Role]
    """Roles that `groups` give."""


class RoleMap:
    """Which groups of one identity provider give which role (``sign_in.<tenant>.role_groups``).

    A role named there is the identity provider's to give and to take: leaving the group loses
    it. A role not named there stays as it was assigned here. Everybody is an employee.
    """

    def __init__(self, role_groups: Mapping[str, Iterable[str]], *, setting: str) -> None:
        """`setting` is where this stands, for the error.

        Raises:
            ConfigurationError: there is no such role.
        """
        known = {role.value: role for role in Role}
        for name in role_groups:
            if name not in known:
                raise ConfigurationError(
                    f"{setting}.{name} is not a role. Roles: {', '.join(sorted(known))}."
                )
        self._groups = {known[name]: frozenset(item) for name, item in role_groups.items()}
        self.managed = frozenset(self._groups)
        """The roles this identity provider decides about."""

    def given(self, groups: frozenset[str] | None) -> frozenset[Role]:
        """The roles that membership of `groups` gives."""
        member = groups or frozenset()
        return frozenset(role for role, names in self._groups.items() if names & member)


class People:
    """Finds and makes the people behind verified tokens."""

    def __init__(
        self,
        database: Database,
        secret: RootSecret,
        clock: Clock,
        role_maps: Mapping[str, RoleMap],
        bridging: Bridging | None = None,
    ) -> None:
        """People in `database`; `role_maps` by tenant slug.

        `bridging` says whose people go on without the database.
        """
        self._bridging = bridging or Bridging()
        self._last_known: LastKnown[tuple[str, str], Row[*tuple[Any, ...]]] = LastKnown(
            self._bridging, clock
        )
        self._database = database
        self._secret = secret
        self._clock = clock
        self._role_maps = role_maps
        self._tail = Tail(secret)
        self._tenants: dict[str, TenantId] = {}

    def sign_in(self, identity: VerifiedIdentity) -> PrincipalRecord:
        """The person who has just signed in, with name, groups and roles brought up to date.

        Roles that change are recorded in the tenant's log, in the same transaction.

        Raises:
            Unauthenticated: the tenant does not exist, or the person is no longer active.
            LogTampered: the change of roles cannot be recorded.
        """
        tenant = self._tenant(identity.tenant)
        with self._database.tenant_session(tenant, write=True) as session:
            person = self._arrive(session, tenant, identity)
            if not person.active:
                raise Unauthenticated(reason="person.inactive")
            self._refresh(session, tenant, person, identity)
        return person

    def bearer(self, identity: VerifiedIdentity, credential_id: str) -> Principal:
        """The principal that an access token stands for.

        Groups in the token count for this request and are not stored: an older token that is
        still valid must not bring back a role that a newer sign-in took away.

        Raises:
            Unauthenticated: the tenant does not exist, or the person is no longer active.
            StorageUnavailable: the database did not answer, and nothing may stand in for it.
        """
        tenant = self._tenant(identity.tenant)
        who, age = (identity.issuer, identity.subject), 0
        try:
            row = self._found(tenant, identity)
        except StorageUnavailable as error:
            row, age = self._last_known.recall(tenant, who, error)
        if row is None or not row.active:
            self._last_known.drop(tenant, who)
            raise Unauthenticated(reason="person.inactive")
        if not age:
            self._bridging.met(tenant, row.slug)
            self._last_known.keep(tenant, who, row)
        roles, groups = frozenset(map(Role, row.roles)), frozenset(row.groups)
        if identity.groups is not None:
            roles = self._roles(roles, identity)
            groups = identity.groups
        kind = CredentialKind.ACCESS_TOKEN
        found = principal_from(row, kind, credential_id, self._secret, roles, groups)
        return replace(found, recalled=age) if age else found

    @property
    def knows_anybody(self) -> bool:
        """Whether what is remembered could stand in for the database."""
        return bool(self._last_known.held())

    def recheck(self) -> None:
        """Forget who is no longer active, while the database says so. A job's work.

        Raises:
            StorageUnavailable: the database did not answer; who is known stays.
        """
        for tenant, known in self._last_known.held().items():
            people = list({row.principal_id for _, row in known})
            with self._database.connection(tenant) as connection:
                active = holders.still_active(connection, tenant, people)
            for who, row in known:
                if row.principal_id not in active:
                    self._last_known.drop(tenant, who)

    def _found(self, tenant: TenantId, identity: VerifiedIdentity) -> Row[*tuple[Any, ...]] | None:
        """The person's row, made where it is the first time."""
        row = self._find(tenant, identity)
        if row is None:
            with self._database.tenant_session(tenant, write=True) as session:
                self._arrive(session, tenant, identity)
            row = self._find(tenant, identity)
        return row

    def _find(self, tenant: TenantId, identity: VerifiedIdentity) -> Row[*tuple[Any, ...]] | None:
        with self._database.connection(tenant) as connection:
            return holders.subject_holder(connection, tenant, identity.issuer, identity.subject)

    def _tenant(self, slug: str) -> TenantId:
        known = self._tenants.get(slug)
        if known is None:
            with self._database.directory_session() as session:
                record = tenants.by_slug(session, slug)
            if record is None:
                raise Unauthenticated(reason="tenant.unknown")
            known = self._tenants[slug] = TenantId(record.id)
        return known

    def _arrive(
        self, session: Session, tenant: TenantId, identity: VerifiedIdentity
    ) -> PrincipalRecord:
        """The row of this identity: found, taken over by verified address, or made."""
        person = principals.by_subject(session, identity.issuer, identity.subject)
        if person is not None:
            return person
        email = identity.email
        expected = principals.by_email(session, email) if email else None
        if expected is not None:
            if expected.issuer is None and expected.kind == PrincipalKind.PERSON:
                expected.issuer, expected.subject = identity.issuer, identity.subject
                return expected
            # The address belongs to another account already. It may have been given to a
            # new colleague: whoever comes with it now does not inherit the other's rows.
            email = None
        person = self._newcomer(tenant, identity, email)
        if not holders.add_unless_there(session, person):
            found = principals.by_subject(session, identity.issuer, identity.subject)
            if found is None:
                raise Unauthenticated(reason="person.conflict")
            return found
        self._note_roles(session, tenant, person, frozenset({Role.EMPLOYEE}))
        return person

    def _newcomer(
        self, tenant: TenantId, identity: VerifiedIdentity, email: str | None
    ) -> PrincipalRecord:
        return PrincipalRecord(
            tenant_id=tenant,
            id=uuid7(),
            kind=PrincipalKind.PERSON,
            issuer=identity.issuer,
            subject=identity.subject,
            email=email,
            display_name=identity.name,
            roles=sorted(identity.roles | {Role.EMPLOYEE}),
            groups=sorted(identity.groups or ()),
            active=True,
            created_at=self._clock.now(),
        )

    def _refresh(
        self,
        session: Session,
        tenant: TenantId,
        person: PrincipalRecord,
        identity: VerifiedIdentity,
    ) -> None:
        email = identity.email
        if email and email != person.email and principals.by_email(session, email) is None:
            person.email = email
        if identity.name:
            person.display_name = identity.name
        if identity.groups is not None:
            person.groups = sorted(identity.groups)
            before = frozenset(map(Role, person.roles))
            person.roles = sorted(self._roles(before, identity))
            self._note_roles(session, tenant, person, before)

    def _note_roles(
        self,
        session: Session,
        tenant: TenantId,
        person: PrincipalRecord,
        before: frozenset[Role],
    ) -> None:
        """Record which roles the identity provider has given and taken, if any."""
        after = frozenset(map(Role, person.roles))
        if after == before:
            return
        who = self._secret.pseudonym(tenant, PrincipalId(person.id))
        entry = administration(
            self._clock.now(), ACTOR, ROLES_CHANGED, who,
            given=",".join(sorted(after - before)), taken=",".join(sorted(before - after)),
        )  # fmt: skip
        try:
            self._tail.append(session.connection(), tenant, [entry])
        except HeadForged as error:
            raise LogTampered from error

    def _roles(self, held: frozenset[Role], identity: VerifiedIdentity) -> frozenset[Role]:
        managed = self._role_maps[identity.tenant].managed
        return (held - managed) | identity.roles | {Role.EMPLOYEE}


def principal_from(
    row: Row[*tuple[Any, ...]] | KeyHolder,
    credential: CredentialKind,
    credential_id: str,
    secret: RootSecret,
    roles: frozenset[Role] | None = None,
    groups: frozenset[str] | None = None,
) -> Principal:
    """The principal in a row of `gateway.db.holders`."""
    tenant = TenantId(row.tenant_id)
    principal = PrincipalId(row.principal_id)
    return Principal(
        tenant=Tenant(tenant, row.slug, row.name, row.demo, row.language, row.erasures),
        id=principal,
        kind=PrincipalKind(row.kind),
        roles=frozenset(map(Role, row.roles)) if roles is None else roles,
        credential=credential,
        credential_id=credential_id,
        pseudonym=secret.pseudonym(tenant, principal),
        email=row.email,
        display_name=row.display_name,
        groups=frozenset(row.groups) if groups is None else groups,
    )
