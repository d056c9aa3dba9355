"""JSON lines: every entry as it was hashed, with its place and its id beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.outflow.record import Record


def encode(records: Sequence[Record]) -> bytes:
    """One JSON object a line."""
    return b"".join(
        orjson.dumps(
            {
                "id": record.id,
                "sequence": record.sequence,
                "leaf_hash": record.leaf_hash.hex(),
                "entry": record.document,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for record in records
    )
