"""The classes of what is kept, for how long by default, and between which bounds.

Sources: GDPR Art. 5(1)(e) for the ceilings, the EU AI Act Art. 26(6) for the floor
of 183 days (six months) on logs of high-risk systems; 13 months cover those six and
a yearly audit; claims about outputs lapse after six years in the main markets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.values import dataclass
from gateway.db import keeping
from gateway.db.keeping import RetentionPeriod
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.keeping import RetentionRun
    from gateway.db.session import Database


@dataclass(frozen=True, slots=True)
class Class:
    """One class of what is kept; times in days."""

    name: str
    days: int
    """By default."""

    floor: int
    ceiling: int
    text: str
    """What belongs to it, for people."""


CLASSES = (
    Class("decisions", 396, 30, 396, "Entries of decisions and their outcomes"),
    Class("high_risk", 396, 183, 3_653, "The same of high-risk uses, as the policy marks them"),
    Class("administration", 1_096, 365, 1_096, "Entries of changes to policy, terms, keys, roles"),
    Class("reading", 396, 30, 396, "Entries of who read what in the log"),
    Class("unmasking", 1_096, 365, 1_096, "Entries and requests of lifted pseudonyms"),
    Class("content", 30, 1, 30, "Sealed content, where the organisation keeps any"),
    Class("identity", 30, 0, 30, "Who a pseudonym is, once the account has ended"),
    Class("rights", 2_192, 365, 3_653, "Rights records of outputs, without a name"),
)
BY_NAME = {item.name: item for item in CLASSES}


def effective(session: Session) -> dict[str, int]:
    """The tenant's period of each class, in days."""
    own = keeping.periods(session)
    return {item.name: own[item.name].days if item.name in own else item.days for item in CLASSES}


class Periods:
    """Tenants' own periods."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Periods in `database`."""
        self._database = database
        self._clock = clock

    def of(self, tenant: TenantId) -> Mapping[str, int]:
        """The tenant's period of each class, in days."""
        with self._database.tenant_session(tenant) as session:
            return effective(session)

    def last_run(self, tenant: TenantId) -> RetentionRun | None:
        """The newest run of the job for the tenant."""
        with self._database.tenant_session(tenant) as session:
            return keeping.last_run(session)

    def change(
        self, tenant: TenantId, name: str, days: int, *, by: str, note: Callable[[], object]
    ) -> None:
        """Set the period of one class; `note` records that before it is done.

        Raises:
            InvalidRequest: there is no such class, or the period is out of its bounds.
        """
        known = BY_NAME.get(name)
        if known is None:
            raise InvalidRequest(
                f"There is no class {name}. Classes: {', '.join(BY_NAME)}.", param="class"
            )
        if not known.floor <= days <= known.ceiling:
            raise InvalidRequest(
                f"{name} must be kept for {known.floor} to {known.ceiling} days.", param="days"
            )
        note()
        with self._database.tenant_session(tenant, write=True) as session:
            session.merge(
                RetentionPeriod(
                    tenant_id=tenant,
                    class_name=name,
                    days=days,
                    set_by=by,
                    set_at=self._clock.now(),
                )
            )
