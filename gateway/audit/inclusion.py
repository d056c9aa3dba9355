"""The proof that one entry is in the log that a signed checkpoint speaks of (RFC 6962, 2.1.1)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What shows, with the tenant's public key alone, that an entry was there and is unchanged."""

    sequence: int
    leaf_hash: bytes
    path: tuple[bytes, ...]
    """Hashes from the leaf up to the root of the checkpoint."""

    size: int
    """Entries that the checkpoint covers."""

    note: str
    """The checkpoint, signed."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON; hashes in base64, as in C2SP's checkpoints."""
        return {
            "sequence": self.sequence,
            "leaf_hash": base64.b64encode(self.leaf_hash).decode(),
            "path": [base64.b64encode(item).decode() for item in self.path],
            "size": self.size,
            "checkpoint": self.note,
        }
