"""The keys that sign a tenant's checkpoints, and how one takes over from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit import checkpoint
from gateway.audit.checkpoint import Statement, Verifier
from gateway.core.values import dataclass
from gateway.db import seal_tables

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy import Connection

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret


@dataclass(frozen=True, slots=True)
class LogKey:
    """One key of a log and the sizes it signs for."""

    generation: int
    private: Ed25519PrivateKey
    verifier: Verifier
    from_size: int
    until_size: int | None = None
    """Where the next key took over; None for the key in use."""


class Signer:
    """Signs checkpoints. The secret halves derive from the root secret and are stored nowhere."""

    def __init__(self, secret: RootSecret) -> None:
        """Keys derive from `secret`."""
        self._secret = secret

    def keys(self, connection: Connection, tenant: TenantId) -> list[LogKey]:
        """The tenant's keys, oldest first; the last one is in use."""
        starts = [0] + [row.from_size for row in seal_tables.signing_keys(connection, tenant)]
        ends: list[int | None] = [*starts[1:], None]
        return [
            self._key(tenant, generation, start, end)
            for generation, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]

    def sign(self, connection: Connection, tenant: TenantId, size: int, root: bytes) -> str:
        """A checkpoint by the key in use."""
        statement = Statement(checkpoint.origin_of(tenant), size, root)
        return checkpoint.sign(statement, self.keys(connection, tenant)[-1].private)

    def next_key(self, connection: Connection, tenant: TenantId, size: int) -> LogKey:
        """The key that would take over at `size`."""
        return self._key(tenant, len(self.keys(connection, tenant)), size, None)

    def take_over(
        self, connection: Connection, tenant: TenantId, key: LogKey, at: datetime
    ) -> None:
        """Let `key` be the one in use from its size on."""
        seal_tables.add_signing_key(
            connection,
            {
                "tenant_id": tenant,
                "generation": key.generation,
                "verifier_key": key.verifier.written(),
                "from_size": key.from_size,
                "at": at,
            },
        )

    def _key(self, tenant: TenantId, generation: int, start: int, end: int | None) -> LogKey:
        private = checkpoint.key_from_seed(self._secret.checkpoint_seed(tenant, generation))
        verifier = Verifier(checkpoint.origin_of(tenant), private.public_key())
        return LogKey(generation, private, verifier, start, end)
