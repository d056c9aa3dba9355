"""What policy needs to know of a principal that the credential does not say."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from gateway.db import acknowledgements

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.identifiers import PrincipalId, TenantId
    from gateway.core.principal import Principal
    from gateway.db.session import Database

_REMEMBER_SECONDS = 2.0
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of one principal now."""

    code_required: int
    """The version of the code of use its tenant asks for."""

    code_accepted: int
    """The newest version it has accepted; 0 for none."""

    @property
    def current(self) -> bool:
        """Whether the required version has been accepted."""
        return self.code_accepted >= self.code_required

    def acknowledgements(self) -> dict[str, Any]:
        """As it stands in the policy input."""
        return {"code_of_use": {"required": self.code_required, "accepted": self.code_accepted}}


class AttributeSource:
    """Reads attributes, and remembers the good ones for two seconds.

    What would lead to a refusal is never remembered: who has just accepted the code of use is
    not refused once more by another worker.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Attributes from `database`."""
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._remembered: OrderedDict[tuple[TenantId, PrincipalId], tuple[float, Attributes]] = (
            OrderedDict()
        )

    def resolve(self, principal: Principal) -> Attributes:
        """What is known of `principal`.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        key = (principal.tenant.id, principal.id)
        now = self._clock.monotonic()
        with self._lock:
            remembered = self._remembered.get(key)
        if remembered is not None and now - remembered[0] < _REMEMBER_SECONDS:
            return remembered[1]
        with self._database.connection(principal.tenant.id) as connection:
            required, accepted = acknowledgements.required_and_accepted(connection, *key)
        attributes = Attributes(required, accepted)
        with self._lock:
            self._remembered.pop(key, None)
            if attributes.current:
                self._remembered[key] = (now, attributes)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return attributes
