"""Putting entries at the end of a tenant's tree, inside the caller's transaction.

The state of the tree is stored with a keyed code. Whoever can write to the
database but does not have the root secret cannot make one, so an entry slipped in
between two checkpoints is not signed by the next: the writer refuses to go on
from a state that no gateway has left behind.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from gateway.audit import tree
from gateway.core.values import dataclass
from gateway.db import log_tables
from gateway.db.log_group import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gateway.audit.entries import Entry
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.log_tables import HeadRow


class HeadForged(Exception):
    """The stored state of a log is not one that a gateway wrote."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where entries were put."""

    first: int
    frontier: tree.Frontier
    """The tree with them."""

    head: HeadRow
    """The tree's state to store, with its code."""


def hashed(tenant: TenantId, entries: Sequence[Entry]) -> list[Line]:
    """The entries' bytes and hashes: what can be done before anybody has to wait for the lock.

    Raises:
        ValueError: an entry cannot be written canonically.
    """
    found = []
    for entry in entries:
        canonical = entry.encoded(tenant)
        leaf = tree.leaf_hash(canonical)
        found.append(
            Line(entry.at, entry.kind, entry.exchange_id, canonical, leaf, **entry.columns())
        )
    return found


class Tail:
    """The growing ends of the tenants' logs."""

    def __init__(self, secret: RootSecret) -> None:
        """States are coded under `secret`."""
        self._secret = secret
        self._left: dict[TenantId, HeadRow] = {}
        """The last state of each log that was coded here: it needs no second look."""

    def lock(self, connection: Connection, tenant: TenantId) -> tree.Frontier:
        """The tree as it is, locked until the transaction ends.

        Raises:
            HeadForged: its code is wrong.
        """
        return self._checked(tenant, *log_tables.lock_head(connection, tenant))

    def read(self, connection: Connection, tenant: TenantId) -> tree.Frontier:
        """The tree as it is, not locked.

        Raises:
            HeadForged: its code is wrong.
        """
        return self._checked(tenant, *log_tables.head(connection, tenant))

    def append(self, connection: Connection, tenant: TenantId, entries: Sequence[Entry]) -> Placed:
        """Give each entry the next place; the head stays locked until the transaction ends.

        Raises:
            HeadForged: the stored state is not one that a gateway wrote.
            ValueError: an entry cannot be written canonically.
        """
        lines = hashed(tenant, entries)
        placed = self.place(tenant, log_tables.lock_head(connection, tenant), lines)
        log_tables.insert_entries(connection, tenant, placed.first, lines)
        log_tables.save_head(connection, tenant, *placed.head)
        return placed

    def place(self, tenant: TenantId, head: HeadRow, lines: Sequence[Line]) -> Placed:
        """Give each entry the next place after `head`, which the caller holds locked.

        Raises:
            HeadForged: `head` is not a state that a gateway wrote.
        """
        frontier = self._checked(tenant, *head)
        first = frontier.size
        for line in lines:
            frontier.append(line.leaf_hash)
        return Placed(first, frontier, self._state(tenant, frontier))

    def store(self, connection: Connection, tenant: TenantId, frontier: tree.Frontier) -> None:
        """Store the tree's state with its code."""
        log_tables.save_head(connection, tenant, *self._state(tenant, frontier))

    def _state(self, tenant: TenantId, frontier: tree.Frontier) -> HeadRow:
        subtrees = frontier.subtrees()
        code = self._secret.head_code(tenant, frontier.size, subtrees)
        self._left[tenant] = found = (frontier.size, subtrees, code)
        return found

    def genuine(self, tenant: TenantId, size: int, subtrees: bytes, code: bytes) -> bool:
        """Whether a gateway has left this state behind."""
        # A log that does not exist yet has no code, and nothing in it to forge.
        if not size and not subtrees:
            return True
        if self._left.get(tenant) == (size, subtrees, code):
            return True
        return hmac.compare_digest(code, self._secret.head_code(tenant, size, subtrees))

    def _checked(self, tenant: TenantId, size: int, subtrees: bytes, code: bytes) -> tree.Frontier:
        if not self.genuine(tenant, size, subtrees, code):
            raise HeadForged(str(tenant))
        return tree.Frontier(size, subtrees)
