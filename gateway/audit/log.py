"""Sealing and verifying a tenant's log where it lies in the database."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.audit import checkpoint, tree
from gateway.audit.entries import administration, moment, reading
from gateway.audit.keyring import ROTATED, Keyring
from gateway.audit.signing import Signer
from gateway.audit.tail import HeadForged, Tail
from gateway.audit.walk import COSIGNATURE, SEARCHED, Receipt, Record, Walk
from gateway.db import log_tables, seal_tables
from gateway.errors import LogTampered, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

    from gateway.audit.entries import Entry
    from gateway.audit.note import Signature
    from gateway.audit.signing import LogKey
    from gateway.audit.verdict import Verdict
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database

ADOPTED = "log.adopted"


class Frozen(NamedTuple):
    """A log at one instant."""

    connection: Connection
    """Sees that instant, and nothing that came after it."""

    until: int | None
    """The number after its last entry; None where it is taken as it is found."""

    note: str | None
    """The checkpoint that was made of it, which `connection` does not see; None when it was there
    before."""


class DecisionLog:
    """Every tenant's log, as auditors and the schedule see it. `Ledger` is what writes it."""

    def __init__(self, database: Database, secret: RootSecret, clock: Clock) -> None:
        """The logs in `database`, signed under `secret`."""
        self.database = database
        self._clock = clock
        self._tail = Tail(secret)
        self.signer = Signer(secret)

    def keys(self, tenant: TenantId) -> list[LogKey]:
        """The tenant's signing keys, oldest first, each with the sizes it signs for."""
        with self.database.connection(tenant) as connection:
            return self.signer.keys(connection, tenant)

    def verifier_key(self, tenant: TenantId) -> str:
        """The public key in use, to give to auditors."""
        return self.keys(tenant)[-1].verifier.written()

    def seal(self, tenant: TenantId) -> str | None:
        """Sign and keep a checkpoint of the log as it is now; None when there is nothing new.

        Raises:
            LogTampered: the log's state is not one that a gateway left behind, or it has become
                shorter than what was signed. Signing it would make a forgery genuine.
        """
        with self.database.connection(tenant, write=True) as connection:
            return self._seal(connection, tenant)

    @contextmanager
    def frozen(self, tenant: TenantId) -> Iterator[Frozen]:
        """The log as it is at this instant, sealed, for whoever reads it at leisure.

        The instant is one at which nobody could add to it: whatever is emptied in it, its
        tombstone is in it too, and below the checkpoint.

        Raises:
            LogTampered: as `seal`.
        """
        with ExitStack() as opened:
            with self.database.connection(tenant, write=True) as connection:
                log_tables.lock_head(connection, tenant)
                note = self._seal(connection, tenant)
                steady = opened.enter_context(self.database.connection(tenant, steady=True))
                until = log_tables.after_last(steady, tenant)  # the instant is that of a first read
            yield Frozen(steady, until, note)

    def _seal(self, connection: Connection, tenant: TenantId) -> str | None:
        # In this order: another worker may sign in between, and then what is read last is longer.
        latest = seal_tables.latest_checkpoint(connection, tenant)
        try:
            frontier = self._tail.read(connection, tenant)
        except HeadForged as error:
            raise LogTampered from error
        if latest is not None and latest.size > frontier.size:
            raise LogTampered
        if frontier.size == 0 or (latest is not None and latest.size == frontier.size):
            return None
        note = self.signer.sign(connection, tenant, frontier.size, frontier.root())
        self._keep(connection, tenant, frontier, note)
        return note

    def size(self, tenant: TenantId) -> int:
        """How many entries the log's own state says there are; nothing is verified."""
        with self.database.connection(tenant) as connection:
            return log_tables.head(connection, tenant)[0]

    def latest(self, tenant: TenantId) -> str:
        """The newest checkpoint.

        Raises:
            NotFound: there is none.
        """
        with self.database.connection(tenant) as connection:
            row = seal_tables.latest_checkpoint(connection, tenant)
        if row is None:
            raise NotFound("This log has no checkpoint yet.")
        return str(row.note)

    def keep_cosignature(self, tenant: TenantId, signature: Signature, size: int) -> None:
        """Keep another key's signature of the checkpoint of `size` entries, under its name."""
        row = {"tenant_id": tenant, "witness": signature.name, "size": size, "kind": COSIGNATURE}
        content = signature.line().encode()
        with self.database.connection(tenant, write=True) as connection:
            seal_tables.add_receipt(
                connection, {**row, "content": content, "at": self._clock.now()}
            )

    def rotate_key(self, tenant: TenantId, actor: str) -> str:
        """Let a new key take over, without a gap: an entry names both keys, and both sign it.

        The entry, the new key and the checkpoint are one transaction. The new verifier key is
        returned; whoever holds the old one can learn it from the log.

        Raises:
            LogTampered: as `seal`.
        """
        now = self._clock.now()
        with self.database.connection(tenant, write=True) as connection:
            try:
                size = self._tail.lock(connection, tenant).size + 1
                old = self.signer.keys(connection, tenant)[-1]
                new = self.signer.next_key(connection, tenant, size)
                names = {"old": old.verifier.written(), "new": new.verifier.written()}
                entry = administration(now, actor, ROTATED, str(new.generation), **names)
                frontier = self._tail.append(connection, tenant, [entry]).frontier
            except HeadForged as error:
                raise LogTampered from error
            statement = checkpoint.Statement(
                checkpoint.origin_of(tenant), frontier.size, frontier.root()
            )
            note = checkpoint.sign(statement, old.private, new.private)
            self._keep(connection, tenant, frontier, note)
            self.signer.take_over(connection, tenant, new, now)
        return new.verifier.written()

    def adopt(self, tenant: TenantId, actor: str) -> int:
        """Go on from the entries as they are, and record that this was done.

        For an operator who has looked into why the log's state was refused: after it, the log is
        written and signed again, and what it holds is taken as it was found. Entries missing in
        the middle cannot be adopted. The size of the log is returned.

        Raises:
            LogTampered: an entry is missing, or the log is shorter than what was signed.
        """
        with self.database.connection(tenant, write=True) as connection:
            log_tables.lock_head(connection, tenant)
            count = log_tables.count(connection, tenant)
            latest = seal_tables.latest_checkpoint(connection, tenant)
            signed = 0 if latest is None else int(latest.size)
            if count != log_tables.after_last(connection, tenant) or count < signed:
                raise LogTampered("Entries are missing: restore them from a backup first.")
            frontier = tree.Frontier()
            for leaf in log_tables.leaf_hashes(connection, tenant, count):
                frontier.append(leaf)
            self._tail.store(connection, tenant, frontier)
            entry = administration(
                self._clock.now(), actor, ADOPTED, "", unvouched_from=signed, until=count
            )
            self._tail.append(connection, tenant, [entry])
            return count + 1

    def announce(self, tenant: TenantId, actor: str, action: str, target: str) -> bool:
        """Record a change of administration unless the newest entry of that action says the same.

        Looking and writing are one transaction, so that workers who see the same change record it
        once. Whether an entry was made.

        Raises:
            LogTampered: as `seal`.
        """
        with self.database.connection(tenant, write=True) as connection:
            log_tables.lock_head(connection, tenant)
            last = log_tables.newest(connection, tenant, "administration", action)
            if last is not None and json.loads(last.canonical).get("target") == target:
                return False
            self._append(
                connection, tenant, administration(self._clock.now(), actor, action, target)
            )
            return True

    def record_reading(
        self, tenant: TenantId, actor: str, what: str, **params: str | int | bool
    ) -> None:
        """Record that somebody is about to read the log past the pages.

        Raises:
            LogTampered: as `seal`. Whoever looks into that may read on.
        """
        with self.database.connection(tenant, write=True) as connection:
            entry = reading(self._clock.now(), actor, what, **params)
            self._append(connection, tenant, entry)

    def _append(self, connection: Connection, tenant: TenantId, entry: Entry) -> None:
        try:
            self._tail.append(connection, tenant, [entry])
        except HeadForged as error:
            raise LogTampered from error

    def verify(self, tenant: TenantId) -> Verdict:
        """Recompute the log of this instant and hold it against its head and every checkpoint."""
        origin = checkpoint.origin_of(tenant)
        with self.database.connection(tenant, steady=True) as connection:
            size, subtrees, code = log_tables.head(connection, tenant)
            keys = [key.verifier.written() for key in self.signer.keys(connection, tenant)]
            walk = Walk(Keyring(origin, keys))
            for piece in pieces(connection, tenant, until=None):
                feed(walk, piece)
            root = tree.Frontier(size, subtrees).root()
            verdict = walk.finish(checkpoint.Statement(origin, size, root))
            if not self._tail.genuine(tenant, size, subtrees, code):
                text = "The log's state was not written by this gateway."
                verdict.add_once("forged", verdict.covered, text)
            return verdict

    def _keep(
        self, connection: Connection, tenant: TenantId, frontier: tree.Frontier, note: str
    ) -> None:
        row = {"tenant_id": tenant, "size": frontier.size, "root": frontier.root(), "note": note}
        seal_tables.add_checkpoint(connection, {**row, "at": self._clock.now()})


Piece = Record | str | Receipt
"""One thing in a log's order: an entry, a checkpoint's note, or a receipt for it."""


def pieces(connection: Connection, tenant: TenantId, until: int | None) -> Iterator[Piece]:
    """A log in its order: each checkpoint right behind the entries it covers."""
    bound = until if until is not None else 2**62
    sealed = seal_tables.checkpoints(connection, tenant, until=bound)
    following = next(sealed, None)
    while following is not None and following.size <= 0:
        following = next(sealed, None)  # nothing can be said about an empty log
    for count, row in enumerate(log_tables.entries(connection, tenant, until=until), 1):
        yield _record(row)
        while following is not None and following.size <= count:
            yield from _sealed(connection, tenant, following)
            following = next(sealed, None)
    while following is not None:
        yield from _sealed(connection, tenant, following)
        following = next(sealed, None)


def feed(walk: Walk, piece: Piece) -> None:
    """Hand one piece to a verification."""
    if isinstance(piece, Record):
        walk.entry(piece)
    elif isinstance(piece, Receipt):
        walk.receipt(piece)
    else:
        walk.checkpoint(piece)


def _record(row: Row[Any]) -> Record:
    if row.canonical is None:
        return Record(row.sequence, None, bytes(row.leaf_hash))
    columns = {name: getattr(row, name) for name in SEARCHED}
    columns |= {"kind": row.kind, "exchange": row.exchange_id, "at": moment(row.recorded_at)}
    return Record(row.sequence, bytes(row.canonical), bytes(row.leaf_hash), columns)


def _sealed(connection: Connection, tenant: TenantId, row: Row[Any]) -> Iterator[Piece]:
    yield str(row.note)
    for receipt in seal_tables.receipts(connection, tenant, row.size):
        yield Receipt(receipt.size, receipt.witness, receipt.kind, bytes(receipt.content))
