"""Entries of which it is not certain that the log says what happened, and setting that right.

A caller that has waited too long is told that nothing was recorded, and acts so:
nothing is sent, nothing released. The entry may be durable all the same, because
the commit was only slow, or because its answer was lost. Nothing in the log can be
changed, so the writer looks, as soon as the database answers again, and where the
entry is there it adds a correction.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from gateway.audit.entries import correction
from gateway.audit.tail import hashed
from gateway.core.values import dataclass
from gateway.db.log_group import Group

if TYPE_CHECKING:
    from gateway.audit.entries import Entry
    from gateway.audit.tail import Tail
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.db.log_group import LogWriter

NOT_RELEASED = "outcome.not_released"
NOT_ACTED_ON = "decision.not_acted_on"
UNCONFIRMED = "entry.unconfirmed"
_REMEMBERED = 10_000
"""Entries made sure of elsewhere; many more than one writer can have doubts about."""

CODES = {"outcome": NOT_RELEASED, "decision": NOT_ACTED_ON}


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry that may stand at this place, although its caller was told that it does not."""

    tenant: TenantId
    entry: Entry
    sequence: int
    leaf: bytes


class Doubts:
    """What one writer has still to look into, oldest first."""

    def __init__(self, writer: LogWriter, tail: Tail, clock: Clock, patience: float) -> None:
        """Doubts about the logs of `writer`, whose thread settles them; `patience` in seconds."""
        self._writer = writer
        self._patience = patience
        self._tail = tail
        self._clock = clock
        self._open: deque[Doubt] = deque()
        self._elsewhere: OrderedDict[tuple[str, str], bool] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, doubt: Doubt) -> None:
        """Remember to look."""
        self._open.append(doubt)

    def elsewhere(self, entry: Entry, *, durable: bool | None) -> None:
        """Somebody else makes sure of an entry that its caller was told is not recorded.

        While that is open (None) no doubt about it is settled; once it is durable there it was
        acted on after all, and there is nothing to correct; where it failed, doubts count again.
        """
        key = (entry.exchange_id, entry.kind)
        if durable is False:
            self._elsewhere.pop(key, None)
            return
        self._elsewhere[key] = bool(durable)
        while len(self._elsewhere) > _REMEMBERED:
            self._elsewhere.popitem(last=False)

    def settle(self) -> None:
        """Look into every doubt, and correct the log where it says what did not happen.

        Raises:
            StorageUnavailable: the database does not answer; what is left stays open.
            HeadForged: as `Tail.place`.
        """
        waiting: list[Doubt] = []
        while self._open:
            doubt = self._open[0]
            key = (doubt.entry.exchange_id, doubt.entry.kind)
            if key not in self._elsewhere:
                self._settle(doubt)
            elif not self._elsewhere[key]:
                waiting.append(doubt)
            self._open.popleft()
        self._open.extend(waiting)

    def _settle(self, doubt: Doubt) -> None:
        entry, tenant = doubt.entry, doubt.tenant
        with self._writer.locked(tenant, self._patience) as log:
            said = log.said(doubt.sequence, entry.exchange_id)
            if not any((item.sequence, item.leaf) == (doubt.sequence, doubt.leaf) for item in said):
                return  # it was never written
            code = CODES.get(entry.kind, UNCONFIRMED)
            if entry.exchange_id and any(item.status == code for item in said):
                return  # this correction's own answer was lost
            fix = correction(self._clock.now(), entry, doubt.sequence, code)
            lines = hashed(tenant, [fix])
            placed = self._tail.place(tenant, log.head, lines)
            orphaned = (entry.exchange_id,) if entry.kind == "decision" else ()
            log.write(Group(placed.first, lines, placed.head, orphaned=orphaned))
