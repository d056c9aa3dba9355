"""Reading, sealing and proving a tenant's log where it lies in the database."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from gateway.audit import checkpoint, tree
from gateway.audit.verify import FORMAT, SEARCHED, Record, Verdict, verify
from gateway.db import log_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database


class DecisionLog:
    """Every tenant's log, as auditors and the schedule see it. `Ledger` is what writes it."""

    def __init__(self, database: Database, secret: RootSecret, clock: Clock) -> None:
        """The logs in `database`, signed under `secret`."""
        self._database = database
        self._secret = secret
        self._clock = clock

    def verifier_key(self, tenant: TenantId) -> str:
        """The tenant's public key, to give to auditors."""
        key = checkpoint.key_from_seed(self._secret.checkpoint_seed(tenant))
        return checkpoint.verifier_key(checkpoint.origin_of(tenant), key.public_key())

    def seal(self, tenant: TenantId) -> str | None:
        """Sign and keep a checkpoint of the log as it is now; None when there is nothing new."""
        with self._database.connection(tenant, write=True) as connection:
            size, subtrees = log_tables.head(connection, tenant)
            latest = log_tables.latest_checkpoint(connection, tenant)
            if size == 0 or (latest is not None and latest.size == size):
                return None
            root = tree.Frontier(size, subtrees).root()
            key = checkpoint.key_from_seed(self._secret.checkpoint_seed(tenant))
            note = checkpoint.sign(
                key, checkpoint.Statement(checkpoint.origin_of(tenant), size, root)
            )
            row = {"tenant_id": tenant, "size": size, "root": root, "note": note}
            log_tables.add_checkpoint(connection, {**row, "at": self._clock.now()})
            return note

    def verify(self, tenant: TenantId) -> Verdict:
        """Recompute the whole log and hold it against its head and every checkpoint."""
        public = checkpoint.key_from_seed(self._secret.checkpoint_seed(tenant)).public_key()
        origin = checkpoint.origin_of(tenant)
        with self._database.connection(tenant) as connection:
            size, subtrees = log_tables.head(connection, tenant)
            notes = [row.note for row in log_tables.checkpoints(connection, tenant)]
            head = checkpoint.Statement(origin, size, tree.Frontier(size, subtrees).root())
            return verify(origin, _records(connection, tenant), notes, public, head)

    def export(self, tenant: TenantId) -> Iterator[str]:
        """The log as JSON lines that `gateway.audit.verify` can prove without us."""
        with self._database.connection(tenant) as connection:
            origin = checkpoint.origin_of(tenant)
            yield _line(
                type="header", format=FORMAT, origin=origin, verifier_key=self.verifier_key(tenant)
            )
            count = 0
            for record in _records(connection, tenant):
                count += 1
                yield _line(
                    type="entry",
                    sequence=record.sequence,
                    leaf_hash=record.leaf_hash.hex(),
                    canonical=None
                    if record.canonical is None
                    else base64.b64encode(record.canonical).decode(),
                )
            notes = [row.note for row in log_tables.checkpoints(connection, tenant)]
            for note in notes:
                yield _line(type="checkpoint", note=note)
            yield _line(type="end", entries=count, checkpoints=len(notes))


def _records(connection: Connection, tenant: TenantId) -> Iterator[Record]:
    for row in log_tables.entries(connection, tenant):
        columns = {name: getattr(row, name) for name in SEARCHED}
        canonical = None if row.canonical is None else bytes(row.canonical)
        yield Record(row.sequence, canonical, bytes(row.leaf_hash), columns)


def _line(**fields: object) -> str:
    return json.dumps(fields, sort_keys=True) + "\n"
