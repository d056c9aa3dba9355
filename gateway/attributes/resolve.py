"""What policy needs to know that the request did not bring (XACML's information point).

One read of the database for a principal and a purpose gives everything: the
organisation, how the person stands with code, courses, confirmations and approvals,
the purpose, the budgets, and what was tuned. No network, no engine, no content.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from gateway.attributes import purposes, training
from gateway.attributes.parameters import Stored
from gateway.attributes.spending import budget_state
from gateway.core.principal import PrincipalKind
from gateway.core.values import dataclass
from gateway.db import approvals, budgets, confirmations, parameters, profiles
from gateway.db import purposes as register
from gateway.db import training as courses
from gateway.db.last_known import Bridging, LastKnown
from gateway.errors import StorageUnavailable

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from gateway.attributes.parameters import EffectivePolicy, Parameters
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal
    from gateway.db.session import Database

CONFIRMED_FOR = timedelta(hours=24)
"""How long a person's own word counts."""

_REMEMBER_SECONDS = 2.0
_REMEMBERED = 10_000
_VARIANTS = 16
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says, for one principal and one purpose."""

    code_required: int
    """The version of the code of use its tenant asks for."""

    code_accepted: int
    """The newest version it has accepted; 0 for none."""

    organisation: dict[str, Any]
    purpose: dict[str, Any]
    likeness_consent: bool
    """Whether the purpose has the consent of the people it shows on record (rule ET-02)."""

    training: dict[str, str]
    confirmed: tuple[str, ...]
    approved: tuple[str, ...]
    budget: str
    """``none``, ``within``, ``warn``, ``over`` or ``hard``: the worst that applies."""

    policy: EffectivePolicy
    """Every declared parameter with the value that counts, and what is switched off, sorted."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of one principal now, in the shape of the policy input."""

    principal: Principal
    known: Known
    recalled: int = 0
    """How many seconds ago the database said so, where it cannot be asked now; 0: it was."""

    @property
    def current(self) -> bool:
        """Whether the required version of the code of use has been accepted."""
        return self.known.code_accepted >= self.known.code_required

    def tenant(self) -> dict[str, Any]:
        """The section ``tenant``."""
        return {"demo": self.principal.tenant.demo, **self.known.organisation}

    def subject(self) -> dict[str, Any]:
        """The section ``subject``."""
        known = self.known
        return {
            "kind": self.principal.kind.value,
            "roles": sorted([role.value for role in self.principal.roles]),
            "acknowledgements": {"required": known.code_required, "accepted": known.code_accepted},
            "confirmed": list(known.confirmed),
            "approved": list(known.approved),
            "training": dict(known.training),
        }

    def purpose(self) -> dict[str, Any]:
        """The section ``purpose``."""
        return dict(self.known.purpose)

    @property
    def refusing(self) -> bool:
        """Whether something here is likely to lead to a refusal."""
        known = self.known
        untaught = known.training["literacy"] in (training.EXPIRED, training.NONE)
        person = self.principal.kind is PrincipalKind.PERSON
        return (
            (person and (untaught or not self.current))
            or not known.purpose["known"]
            or known.budget in ("over", "hard")
        )


_Variant = tuple[str, frozenset[str]]
"""A purpose, and the groups the credential says the principal is in."""


class AttributeSource:
    """Reads attributes, and remembers the good ones for two seconds.

    What would lead to a refusal is never remembered: who has just accepted the code of use is
    not refused once more by another worker.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tuning: Parameters,
        bridging: Bridging | None = None,
    ) -> None:
        """Attributes from `database`, with the parameters that the bundle's rules declare.

        `bridging` says who goes on without the database.
        """
        self._last_known: LastKnown[tuple[str, _Variant], Known] = LastKnown(
            bridging or Bridging(), clock
        )
        self._database = database
        self._clock = clock
        self._tuning = tuning
        self._lock = Lock()
        self._remembered: OrderedDict[
            tuple[TenantId, str], OrderedDict[_Variant, tuple[float, Known]]
        ] = OrderedDict()

    def resolve(self, principal: Principal, purpose_code: str | None, at: datetime) -> Attributes:
        """What is known of `principal`, for the purpose it names (None: the general one).

        Raises:
            StorageUnavailable: the database did not answer, and nothing may stand in for it.
        """
        code = purposes.GENERAL if purpose_code is None else purpose_code.strip().lower()
        who, variant = (principal.tenant.id, principal.pseudonym), (code, principal.groups)
        now = self._clock.monotonic()
        with self._lock:
            variants = self._remembered.get(who)
            remembered = variants.get(variant) if variants is not None else None
        if remembered is not None and now - remembered[0] < _REMEMBER_SECONDS:
            return Attributes(principal, remembered[1])
        key = (principal.pseudonym, variant)
        try:
            known = self._read(principal, at, code)
        except StorageUnavailable as error:
            known, age = self._last_known.recall(principal.tenant.id, key, error)
            return Attributes(principal, known, age)
        self._last_known.keep(principal.tenant.id, key, known)
        attributes = Attributes(principal, known)
        with self._lock:
            self._remember(who, variant, None if attributes.refusing else (now, known))
        return attributes

    def _read(self, principal: Principal, at: datetime, code: str) -> Known:
        if principal.recalled:
            # It was away a moment ago, when it was asked who this is: one wait is enough.
            raise StorageUnavailable
        with self._database.connection(principal.tenant.id) as connection:
            return _Reading(connection, principal, at, self._tuning).of(code)

    def forget(self, tenant: TenantId, pseudonym: str) -> None:
        """Read anew next time: the principal was refused, confirmed, or was approved something."""
        with self._lock:
            self._remembered.pop((tenant, pseudonym), None)

    def _remember(
        self, who: tuple[TenantId, str], variant: _Variant, entry: tuple[float, Known] | None
    ) -> None:
        variants = self._remembered.pop(who, OrderedDict())
        variants.pop(variant, None)
        if entry is not None:
            variants[variant] = entry
        if len(variants) > _VARIANTS:
            variants.popitem(last=False)
        if variants:
            self._remembered[who] = variants
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)


class _Reading:
    """One read: every question about one principal, in one transaction."""

    def __init__(
        self, connection: Connection, principal: Principal, at: datetime, tuning: Parameters
    ) -> None:
        self._connection = connection
        self._principal = principal
        self._tenant = principal.tenant.id
        self._at = at
        self._today = at.astimezone(UTC).date()
        self._tuning = tuning

    def of(self, code: str) -> Known:
        """Everything, for the purpose of that code."""
        principal = self._principal
        standing = profiles.standing(self._connection, self._tenant, principal.id)
        row = self._row(code)
        purpose = self._purpose(code, row)
        # What was confirmed or approved for a purpose counts for a purpose that is known.
        named = purpose["code"] if purpose["known"] else ""
        return Known(
            code_required=int(standing.code_version),
            code_accepted=int(standing.accepted or 0),
            organisation=_organisation(standing),
            purpose=purpose,
            likeness_consent=bool(purpose["known"] and row is not None and row.likeness_consent),
            training=self._training(),
            confirmed=self._confirmed(named),
            approved=self._approved(named),
            budget=self._budget(),
            policy=self._policy(),
        )

    def _row(self, code: str) -> Any:
        """What the register has under that code, for this principal; None when it has nothing."""
        if not code or len(code) > _LONGEST_CODE:
            return None
        row = register.find(self._connection, self._tenant, code)
        if row is None or (row.groups and self._principal.groups.isdisjoint(row.groups)):
            return None
        return row

    def _purpose(self, code: str, row: Any) -> dict[str, Any]:
        if row is None:
            known = register.find(self._connection, self._tenant, purposes.GENERAL) is not None
            return purposes.strictest() if code != purposes.GENERAL or known else purposes.general()
        named = purposes.people_of(row)
        present = register.still_here(self._connection, self._tenant, named)
        return purposes.as_input(row, present, self._today)

    def _training(self) -> dict[str, str]:
        who = (self._tenant, self._principal.id)
        until = courses.valid_until(self._connection, *who, self._today)
        first: date | None = None
        if len(until) < len(training.COURSES):
            first = courses.first_day(self._connection, *who)
        return {
            course: training.state(until.get(course), first, self._today)
            for course in training.COURSES
        }

    def _confirmed(self, purpose: str) -> tuple[str, ...]:
        who = (self._tenant, self._principal.id, purpose)
        since = self._at - CONFIRMED_FOR
        return tuple(sorted(confirmations.standing(self._connection, *who, since)))

    def _approved(self, purpose: str) -> tuple[str, ...]:
        who = (self._tenant, self._principal.pseudonym, self._principal.id, purpose)
        return tuple(sorted(approvals.standing(self._connection, *who, self._at)))

    def _budget(self) -> str:
        who = (self._tenant, self._principal.id, self._principal.groups)
        rows = budgets.applying(self._connection, *who)
        if not rows:
            return "none"
        spent = budgets.spent(self._connection, *who, self._today)
        return budget_state(rows, spent, self._principal.id)

    def _policy(self) -> EffectivePolicy:
        groups = self._principal.groups
        rows = parameters.for_groups(self._connection, self._tenant, groups)
        stored = [Stored(row.group_name, row.name, row.value, row.exempt) for row in rows]
        return self._tuning.effective(stored, groups)


def _organisation(row: Any) -> dict[str, Any]:
    """The profile; without one the stricter reading: a works council, and nothing else known."""
    return {
        "establishments": sorted(row.establishments or []),
        "works_council": True if row.works_council is None else row.works_council,
        "revenue": row.revenue or "unknown",
    }
