"""Checkpoints, the keys that signed them, and what witnesses gave back.

Every statement names its tenant; nothing here reads another's rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, Table, select

from gateway.db.decision_log import Checkpoint, SigningKey, WitnessReceipt
from gateway.db.log_tables import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection

_CHECKPOINT, _KEY, _RECEIPT = (
    cast("Table", mapped.__table__) for mapped in (Checkpoint, SigningKey, WitnessReceipt)
)
_PAGE = 1_000


def checkpoints(connection: Connection, tenant: UUID, *, until: int) -> Iterator[Row[Any]]:
    """The tenant's checkpoints of at most `until` entries, smallest first, read in pages."""
    after = -1
    while True:
        rows = connection.execute(
            select(_CHECKPOINT)
            .where(
                _CHECKPOINT.c.tenant_id == tenant,
                _CHECKPOINT.c.size > after,
                _CHECKPOINT.c.size <= until,
            )
            .order_by(_CHECKPOINT.c.size)
            .limit(_PAGE)
        ).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].size


def latest_checkpoint(connection: Connection, tenant: UUID) -> Row[Any] | None:
    """The tenant's newest checkpoint."""
    return connection.execute(
        select(_CHECKPOINT)
        .where(_CHECKPOINT.c.tenant_id == tenant)
        .order_by(_CHECKPOINT.c.size.desc())
        .limit(1)
    ).first()


def add_checkpoint(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a checkpoint, unless one of that size is there."""
    connection.execute(insert_new(connection, _CHECKPOINT), row)


def signing_keys(connection: Connection, tenant: UUID) -> list[Row[Any]]:
    """The keys that took over from the first one, oldest first."""
    query = select(_KEY).where(_KEY.c.tenant_id == tenant).order_by(_KEY.c.generation)
    return list(connection.execute(query))


def add_signing_key(connection: Connection, row: dict[str, Any]) -> None:
    """Remember that a key took over. A generation there already is an integrity error."""
    connection.execute(_KEY.insert(), row)


def receipts(connection: Connection, tenant: UUID, size: int) -> list[Row[Any]]:
    """What witnesses gave back for the checkpoint of that size."""
    query = (
        select(_RECEIPT)
        .where(_RECEIPT.c.tenant_id == tenant, _RECEIPT.c.size == size)
        .order_by(_RECEIPT.c.witness)
    )
    return list(connection.execute(query))


def witnessed(connection: Connection, tenant: UUID, witness: str) -> int:
    """How many entries the newest checkpoint covers that this witness has; 0 when none."""
    return (
        connection.scalar(
            select(_RECEIPT.c.size)
            .where(_RECEIPT.c.tenant_id == tenant, _RECEIPT.c.witness == witness)
            .order_by(_RECEIPT.c.size.desc())
            .limit(1)
        )
        or 0
    )


def add_receipt(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a receipt, unless this witness has given one for that size."""
    connection.execute(insert_new(connection, _RECEIPT), row)
