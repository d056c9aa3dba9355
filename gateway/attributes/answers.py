"""How people answer an objection: with their own word, or with a second person's.

Only what a rule asks for can be answered: a code that some rule declares with the
kind ``require_acknowledgement`` is confirmed by the person, and one of the kind
``require_approval`` by a colleague who may, and never by the person. What is final
stays final. The log comes before the table: what rules rely on must be provable.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from gateway.attributes.purposes import GENERAL
from gateway.core.identifiers import PrincipalId, uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.core.values import dataclass
from gateway.db import approvals, credentials, purposes
from gateway.db.approvals import Approval
from gateway.db.confirmations import Confirmation
from gateway.errors import Conflict, Forbidden, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from gateway.attributes.declared import Annotation
    from gateway.attributes.resolve import AttributeSource
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal
    from gateway.db.session import Database

CONFIRM, APPROVE = "require_acknowledgement", "require_approval"
APPROVERS: Final = frozenset({Role.PRIVACY_OFFICER, Role.POLICY_APPROVER, Role.TENANT_ADMIN})
LONGEST_HOURS = 72
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Answerable:
    """A code that can be answered."""

    code: str
    rule: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Approver:
    """Who gives or takes back an approval."""

    tenant: TenantId
    pseudonym: str
    roles: frozenset[Role]

    @classmethod
    def signed_in(cls, principal: Principal) -> Self:
        """The person behind a request.

        Raises:
            Forbidden: it is a workload: a program is no second person.
        """
        _require_person(principal)
        return cls(principal.tenant.id, principal.pseudonym, principal.roles)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An approval that is asked for."""

    principal: str
    """The pseudonym of the person it is for."""

    code: str
    reason: str
    hours: int
    purpose: str = ""
    """The purpose it is good for; empty means each."""


class Answers:
    """Takes and keeps people's answers."""

    def __init__(
        self,
        database: Database,
        attributes: AttributeSource,
        annotations: Iterable[Annotation],
        pseudonym: Callable[[TenantId, PrincipalId], str],
    ) -> None:
        """Answers to what the rules with these annotations ask.

        `pseudonym` is what the log, and so an approval, calls a principal.
        """
        self._database = database
        self._pseudonym = pseudonym
        self._attributes = attributes
        self.follow(annotations)

    def follow(self, annotations: Iterable[Annotation]) -> None:
        """Take the answers that these rules ask for from now on: the policies have changed."""
        self.codes: dict[str, Answerable] = {
            code: Answerable(code, rule, title, said["kind"])
            for rule, title, custom in annotations
            for code, said in (custom.get("reasons") or {}).items()
            if said.get("kind") in (CONFIRM, APPROVE)
        }

    def of_kind(self, kind: str) -> list[Answerable]:
        """Everything that is answered in that way, by rule and code."""
        found = [item for item in self.codes.values() if item.kind == kind]
        return sorted(found, key=lambda item: (item.rule, item.code))

    def confirm(
        self,
        principal: Principal,
        code: str,
        purpose: str,
        at: datetime,
        channel: str,
        record: Callable[..., None],
    ) -> None:
        """Keep that `principal` confirms `code` for `purpose`.

        Raises:
            Forbidden: it is a workload: a program has no word to give.
            NotFound: no rule asks for that word, or there is no such purpose.
            AuditUnavailable: it could not be recorded.
        """
        _require_person(principal)
        self._require(code, CONFIRM)
        tenant = principal.tenant.id
        named = purpose or GENERAL
        self._require_purpose(tenant, named)
        record("confirmation.given", principal.pseudonym, code=code, purpose=named, channel=channel)
        with self._database.tenant_session(tenant, write=True) as session:
            session.merge(
                Confirmation(
                    tenant_id=tenant,
                    principal_id=principal.id,
                    purpose=named,
                    code=code,
                    at=at,
                    channel=channel,
                )
            )
        self._attributes.forget(tenant, principal.pseudonym)

    def approve(
        self, approver: Approver, wanted: Wanted, at: datetime, record: Callable[..., None]
    ) -> Approval:
        """Keep that `approver` approves what is wanted.

        Raises:
            NotFound: no rule asks for that approval, or there is no such purpose.
            Forbidden: they may not approve, or it is for themselves, or for somebody whose key
                they gave out and so may know.
            InvalidRequest: it has no reason, or lasts too long.
            AuditUnavailable: it could not be recorded.
        """
        self._require(wanted.code, APPROVE)
        _require_second_person(approver, wanted.principal)
        self._require_no_key(approver, wanted.principal)
        reason = wanted.reason.strip()
        if not reason or len(reason) > LONGEST_REASON:
            raise InvalidRequest(
                f"Say why, in at most {LONGEST_REASON} characters.", param="reason"
            )
        if not 1 <= wanted.hours <= LONGEST_HOURS:
            raise InvalidRequest(f"An approval lasts 1 to {LONGEST_HOURS} hours.", param="hours")
        if wanted.purpose:
            self._require_purpose(approver.tenant, wanted.purpose)
        row = Approval(
            tenant_id=approver.tenant,
            id=uuid7(),
            principal=wanted.principal,
            purpose=wanted.purpose,
            code=wanted.code,
            reason=reason,
            approver=approver.pseudonym,
            at=at,
            expires_at=at + timedelta(hours=wanted.hours),
            revoked_at=None,
            revoked_by=None,
        )
        # The reason is free text and can name people, so it stays where it can be erased.
        record(
            "approval.granted", str(row.id), code=row.code, purpose=row.purpose,
            principal=row.principal, approver=row.approver, hours=wanted.hours,
        )  # fmt: skip
        with self._database.tenant_session(approver.tenant, write=True) as session:
            session.add(row)
        self._attributes.forget(approver.tenant, wanted.principal)
        return row

    def revoke(
        self, by: Approver, approval: UUID, at: datetime, record: Callable[..., None]
    ) -> Approval:
        """Take an approval back, and those that say the same; whoever may approve may do so.

        For their own case too.

        Raises:
            NotFound: there is no such approval.
            Conflict: it no longer counts.
            Forbidden: they may not approve.
            AuditUnavailable: it could not be recorded.
        """
        _require_role(by)
        with self._database.tenant_session(by.tenant) as session:
            row = approvals.by_id(session, approval)
            # Two people, or one at two windows, may have approved the same at the same moment.
            rows = approvals.alike(session, row, at) if row is not None else []
        if row is None:
            raise NotFound("There is no approval of that id.")
        if row.revoked_at is not None or row.expires_at <= at:
            raise Conflict("This approval does not count any more.")
        for item in rows:
            record("approval.revoked", str(item.id), code=row.code, principal=row.principal)
        with self._database.tenant_session(by.tenant, write=True) as session:
            took = [approvals.take_back(session, item.id, at, by.pseudonym) for item in rows]
        if not any(took):
            raise Conflict("Somebody else has taken this approval back.")
        self._attributes.forget(by.tenant, row.principal)
        return row

    def _require_no_key(self, approver: Approver, principal: str) -> None:
        with self._database.tenant_session(approver.tenant) as session:
            held = credentials.holders_of_keys_by(session, approver.pseudonym)
        for holder in held:
            if self._pseudonym(approver.tenant, PrincipalId(holder)) == principal:
                raise Forbidden(
                    "You gave out a gateway key of this person's, so you could have asked "
                    "yourself. Let a colleague with the role approve it, or stop that key first."
                )

    def _require(self, code: str, kind: str) -> None:
        found = self.codes.get(code)
        if found is None or found.kind != kind:
            asked = "to be confirmed" if kind == CONFIRM else "to be approved"
            known = ", ".join(item.code for item in self.of_kind(kind)) or "none"
            raise NotFound(f"No rule asks for that {asked}. Known: {known}.", param="code")

    def _require_purpose(self, tenant: TenantId, code: str) -> None:
        if code == GENERAL:
            return
        with self._database.tenant_session(tenant) as session:
            if purposes.by_code(session, code) is None:
                raise NotFound("There is no purpose of that code.", param="purpose")


def _require_person(principal: Principal) -> None:
    if principal.kind is not PrincipalKind.PERSON:
        raise Forbidden("Only a person can answer for this, not a program.")


def _require_second_person(approver: Approver, principal: str) -> None:
    _require_role(approver)
    if approver.pseudonym == principal:
        raise Forbidden("Nobody approves their own case: a second person has to.")


def _require_role(approver: Approver) -> None:
    if approver.roles.isdisjoint(APPROVERS):
        raise Forbidden(f"It takes one of the roles {', '.join(sorted(APPROVERS))}.")
