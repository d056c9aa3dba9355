"""Signing a checkpoint of every log that grew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import TenantId
from gateway.db import tenants

if TYPE_CHECKING:
    from gateway.audit.log import DecisionLog
    from gateway.db.session import Database


def seal_all(database: Database, log: DecisionLog) -> int:
    """Seal every tenant's log; how many checkpoints that made."""
    with database.directory_session() as session:
        known = [TenantId(record.id) for record in tenants.every(session)]
    return sum(log.seal(tenant) is not None for tenant in known)
