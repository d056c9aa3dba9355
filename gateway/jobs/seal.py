"""Signing a checkpoint of every log that grew."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gateway.core.identifiers import TenantId
from gateway.db import tenants
from gateway.errors import LogTampered

if TYPE_CHECKING:
    from gateway.audit.log import DecisionLog
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)


def seal_all(database: Database, log: DecisionLog) -> int:
    """Seal every tenant's log; how many checkpoints that made. A tampered log is passed over."""
    with database.directory_session() as session:
        known = [TenantId(record.id) for record in tenants.every(session)]
    sealed = 0
    for tenant in known:
        try:
            sealed += log.seal(tenant) is not None
        except LogTampered:
            _LOG.error("the decision log of tenant %s was tampered with: not signed", tenant)
    return sealed
