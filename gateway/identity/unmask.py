"""Telling who stands behind a pseudonym: two people, a reason, an end (rule AN-05).

Somebody asks, somebody else agrees, and until the end both may read the person's
address. Whether each step may be done is the policy's to say, about the roles the
two hold at that moment. Each step stands in the decision log before anything
comes of it: no record, no answer.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.audit import canonical
from gateway.audit.entries import Entry
from gateway.core.decision import Effect, ReasonKind
from gateway.core.identifiers import uuid7
from gateway.core.policy_input import VERSION
from gateway.core.principal import Role
from gateway.core.values import dataclass
from gateway.db import principals, unmaskings
from gateway.db.unmaskings import Unmasking
from gateway.errors import (
    AuditUnavailable,
    Conflict,
    Forbidden,
    NotFound,
    PolicyUnavailable,
    Refused,
)
from gateway.identity.pseudonyms import behind
from gateway.pep.judgement import CANNOT_DECIDE
from gateway.pep.obligations import screen
from gateway.pep.ports import Entrypoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.decision import Decision
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal
    from gateway.core.secrets import RootSecret
    from gateway.db.principals import PrincipalRecord
    from gateway.db.session import Database
    from gateway.pep.ports import PolicyDecisionPoint

WAITS = timedelta(days=7)
"""How long a request waits for a second person."""

_PSEUDONYM = re.compile(r"p_[A-Za-z0-9_-]{22}")
_CODE = re.compile(r"[a-z_]{1,40}")
_NO_CODE = "none"
_MANY_HOURS = 10_000


@dataclass(frozen=True, slots=True)
class Act:
    """What the policy is asked about: who asks, who agrees, why and for how long."""

    actor: frozenset[Role]
    approver: frozenset[Role] | None
    distinct: bool
    reason: str
    hours: int

    def as_input(self) -> dict[str, Any]:
        """The question, as policies/schemas/admin.v2.json has it."""
        return {
            "version": VERSION,
            "phase": "admin",
            "action": "unmask",
            "actor": {"roles": _names(self.actor)},
            "approver": {
                "present": self.approver is not None,
                "distinct": self.distinct,
                "roles": _names(self.approver),
            },
            "reason": {"code": self.reason},
            "hours": min(max(self.hours, 0), _MANY_HOURS),
        }


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Who a pseudonym stands for. Shown to the two people, and nowhere kept."""

    pseudonym: str
    email: str
    name: str


class Unmaskings:
    """Asks, approves and shows."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        pdp: PolicyDecisionPoint,
        secret: RootSecret,
        clock: Clock,
        render: Callable[[Decision, str], str],
    ) -> None:
        """`render` puts a refusal into words of a language."""
        self._database = database
        self._ledger = ledger
        self._pdp = pdp
        self._secret = secret
        self._clock = clock
        self._render = render

    def ask(self, actor: Principal, pseudonym: str, reason: str, hours: int) -> Unmasking:
        """Ask for a second person to agree.

        Raises:
            Refused: no second person could make this allowed.
            NotFound: nobody of the tenant stands behind the pseudonym.
            PolicyUnavailable, AuditUnavailable: as everywhere; nothing was asked.
        """
        if not _PSEUDONYM.fullmatch(pseudonym):
            raise NotFound("That is no pseudonym of the decision log.")
        # What is no code goes no further: somebody may have typed a name.
        reason = reason if _CODE.fullmatch(reason) else _NO_CODE
        act = Act(actor.roles, None, distinct=False, reason=reason, hours=hours)
        row = Unmasking(
            tenant_id=actor.tenant.id, id=uuid7(), pseudonym=pseudonym, reason=reason, hours=hours,
            asked_by=actor.id, asker=actor.pseudonym, asked_at=self._clock.now(), shown=0,
        )  # fmt: skip
        decision = self._judge(actor, act)
        lacking = {item.kind for item in decision.reasons}
        if not decision.permits and lacking != {ReasonKind.REQUIRE_APPROVAL}:
            self._refuse(actor, row, act, decision)
        self._person(actor, pseudonym)
        self._record(actor, row, act, decision, "unmask.asked")
        with self._database.tenant_session(actor.tenant.id, write=True) as session:
            session.add(row)
        return row

    def approve(self, approver: Principal, identifier: UUID) -> Unmasking:
        """Agree, as the second person; from now on the clock runs.

        Raises:
            Refused: this person may not, or the asker may not any more.
            NotFound: there is no such request.
            Conflict: it has been approved, or has waited too long.
            PolicyUnavailable, AuditUnavailable: as everywhere; nothing was approved.
        """
        row, now = self._row(approver, identifier), self._clock.now()
        if row.approved_by is not None or row.asked_at + WAITS <= now:
            raise Conflict("This request has been approved before, or has waited too long.")
        act, decision = self._allowed(approver, row, approver.roles, approver.id)
        with self._database.tenant_session(approver.tenant.id, write=True) as session:
            # Two may be at it. The one who counts is recorded, and until then nothing can be read.
            counts = unmaskings.claim(session, identifier, approver.id, approver.pseudonym)
        if not counts:
            raise Conflict("Somebody else has approved this request.")
        try:
            self._record(approver, row, act, decision, "unmask.approved")
        except AuditUnavailable:
            with self._database.tenant_session(approver.tenant.id, write=True) as session:
                unmaskings.release(session, identifier)
            raise
        with self._database.tenant_session(approver.tenant.id, write=True) as session:
            unmaskings.approve(session, identifier, now, now + timedelta(hours=row.hours))
        return self._row(approver, identifier)

    def show(self, reader: Principal, identifier: UUID) -> Unmasked:
        """Who it is, for one of the two people and until the end.

        Raises:
            Forbidden: the reader is neither of the two.
            Refused: one of them has lost the role for it.
            NotFound: there is no such request, or nobody behind the pseudonym any more.
            Conflict: nobody has agreed yet, or the time is over.
            PolicyUnavailable, AuditUnavailable: as everywhere; nothing is shown.
        """
        row = self._row(reader, identifier)
        if reader.id not in (row.asked_by, row.approved_by):
            raise Forbidden("Only the two people who asked and agreed may read it.")
        if row.approved_by is None or row.expires_at is None:
            raise Conflict("Nobody has agreed to it yet.")
        if row.expires_at <= self._clock.now():
            raise Conflict("Its time is over.")
        agreed = self._roles(reader, row.approved_by)
        person = self._person(reader, row.pseudonym)
        act, decision = self._allowed(reader, row, agreed, row.approved_by)
        self._record(reader, row, act, decision, "unmask.shown")
        with self._database.tenant_session(reader.tenant.id, write=True) as session:
            unmaskings.count_shown(session, identifier)
        return Unmasked(row.pseudonym, person.email or "", person.display_name)

    def list(self, tenant: TenantId) -> list[Unmasking]:
        """Every request of the tenant, newest first: what a works council may read."""
        with self._database.tenant_session(tenant) as session:
            return unmaskings.newest(session)

    def _allowed(
        self, who: Principal, row: Unmasking, agreed: frozenset[Role], by: UUID
    ) -> tuple[Act, Decision]:
        """Ask about both people as they are now; return only when it is allowed."""
        act = Act(self._roles(who, row.asked_by), agreed, by != row.asked_by, row.reason, row.hours)
        decision = self._judge(who, act)
        if not decision.permits:
            self._refuse(who, row, act, decision)
        return act, decision

    def _judge(self, who: Principal, act: Act) -> Decision:
        question = canonical.encode(self._question(act))
        # There is nothing to fulfil here: an obligation, of whatever kind, voids the permit.
        return screen(self._pdp.decide(who.tenant.id, Entrypoint.ADMIN, question), {})

    def _question(self, act: Act) -> dict[str, Any]:
        return act.as_input()

    def _refuse(self, who: Principal, row: Unmasking, act: Act, decision: Decision) -> None:
        self._record(who, row, act, decision, "unmask.refused")
        if any(item.code in CANNOT_DECIDE for item in decision.reasons):
            raise PolicyUnavailable
        raise Refused(decision, self._render(decision, who.tenant.language))

    def _record(
        self, who: Principal, row: Unmasking, act: Act, decision: Decision, action: str
    ) -> None:
        effect = decision.effect if action != "unmask.asked" else Effect.DENY
        entry = Entry(
            kind="unmasking",
            at=self._clock.now(),
            effect=effect.value,
            status=action,
            principal=who.pseudonym,
            rules=tuple(sorted({item.rule for item in decision.reasons})),
            document={
                "action": action,
                "target": row.pseudonym,
                "request": str(row.id),
                "asker": row.asker,
                "reason": row.reason,
                "hours": row.hours,
                "roles": {"asker": _names(act.actor), "approver": _names(act.approver)},
                "decision": {
                    "revision": decision.revision,
                    "reasons": [
                        {"rule": item.rule, "code": item.code, "kind": item.kind.value}
                        for item in decision.reasons
                    ],
                },
            },
        )
        self._ledger.record_event(who.tenant.id, entry)

    def _row(self, who: Principal, identifier: UUID) -> Unmasking:
        with self._database.tenant_session(who.tenant.id) as session:
            row = unmaskings.by_id(session, identifier)
        if row is None:
            raise NotFound("There is no such request.")
        return row

    def _roles(self, who: Principal, principal: UUID) -> frozenset[Role]:
        """The roles somebody holds now; none when they are gone."""
        with self._database.tenant_session(who.tenant.id) as session:
            record = principals.by_id(session, principal)
        return _held(record.roles) if record is not None and record.active else frozenset()

    def _person(self, who: Principal, pseudonym: str) -> PrincipalRecord:
        with self._database.tenant_session(who.tenant.id) as session:
            found = behind(session, self._secret, who.tenant.id, pseudonym)
        if found is None:
            raise NotFound("Nobody stands behind this pseudonym, or nobody any more.")
        return found


def _names(roles: frozenset[Role] | None) -> list[str]:
    return sorted(role.value for role in roles or ())


def _held(roles: Iterable[str]) -> frozenset[Role]:
    return frozenset(map(Role, roles))
