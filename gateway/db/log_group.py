"""What one transaction adds to one tenant's log, and who can write it: the ledger's port.

A writer belongs to one thread and keeps a connection of its own: taking one from the
pool, asking whether it lives, and giving it back cost more than the statements do.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from uuid import UUID

    from gateway.db.log_tables import HeadRow


class NotOpen(Exception):
    """An outcome for an exchange that is not open: it has one already, or never had a decision."""


class Refused(Exception):
    """The database refused a statement; nothing was written. Only its code is kept.

    The rest may show a row.
    """


class Noted(NamedTuple):
    """What a place of the log holds."""

    sequence: int
    leaf: bytes
    status: str


class Line(NamedTuple):
    """An entry as a row of the log, but for its tenant and its place."""

    recorded_at: datetime
    kind: str
    exchange_id: str
    canonical: bytes
    leaf_hash: bytes
    effect: str
    status: str
    model: str
    principal: str
    rules: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one tenant, and what they change beside the log.

    A decision opens its exchange, and an outcome closes it.
    """

    first: int
    """The first entry's place; the others follow without a gap."""

    lines: Sequence[Line]
    """The entries, in order."""

    head: HeadRow
    """The tree with them."""

    inputs: dict[bytes, bytes] = field(default_factory=dict)
    """Questions to keep, by digest: asked no later than the newest of the entries."""

    orphaned: tuple[str, ...] = ()
    """Open exchanges that nobody works on any more, so that they are closed soon."""

    @property
    def newest(self) -> datetime:
        """The time of its newest entry."""
        return max(line.recorded_at for line in self.lines)

    def of(self, kind: str) -> list[Line]:
        """Its entries of that kind."""
        return [line for line in self.lines if line.kind == kind]


class Locked(Protocol):
    """A tenant's log with the right to write to it, until the transaction ends."""

    head: HeadRow
    """The tree as it was found."""

    def write(self, group: Group) -> None:
        """Add the group, whole or not at all; whatever comes back, it may be durable.

        Raises:
            NotOpen: one of the exchanges to be closed is not open; nothing was written.
            Refused: the database would not have it; nothing was written.
            StorageUnavailable: the database did not say that it is durable.
        """

    def said(self, sequence: int, exchange_id: str) -> list[Noted]:
        """What stands at a place, and all about an exchange; nothing about the empty one.

        Raises:
            StorageUnavailable: the database did not answer.
        """


class LogWriter(Protocol):
    """One thread's way to the logs."""

    def locked(self, tenant: UUID, patience: float) -> AbstractContextManager[Locked]:
        """Lock a tenant's log. Leaving without having written changes nothing.

        `patience` is how long it waits for another's lock and for any one statement, in seconds;
        a server that is silent for longer is given up.

        Raises:
            StorageUnavailable: the database did not answer, or the lock was not to be had.
            Refused: it would not have a statement.
        """

    def close(self) -> None:
        """Let go of the connection; the next lock takes another."""
