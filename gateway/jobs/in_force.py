"""Saying in every log which policies and which terms are in force, whenever that changes.

Each decision names its revision already; this is the change itself, as an entry of
administration (promise P6). Several workers see the same change: the log takes it
once. While replicas run different revisions, each says its own once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gateway.core.identifiers import TenantId
from gateway.db import tenants
from gateway.errors import LogTampered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.audit.log import DecisionLog
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)
ACTOR = "system:gateway"
POLICY, TERMS = "policy.activated", "terms.edition_activated"


class InForce:
    """Compares what is in force in this process with what each log last said."""

    def __init__(
        self, database: Database, log: DecisionLog, current: Mapping[str, Callable[[], str]]
    ) -> None:
        """`current` gives the version in force, by the action that announces it."""
        self._database = database
        self._log = log
        self._current = current
        self._said: dict[tuple[TenantId, str], str] = {}

    def run(self) -> int:
        """Record what has changed; how many entries that made. A tampered log is passed over.

        Raises:
            StorageUnavailable: it could not be recorded; the next run goes on.
        """
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        versions = {action: current() for action, current in self._current.items()}
        made = 0
        for tenant in known:
            for action, version in versions.items():
                if version and self._said.get((tenant, action)) != version:
                    made += self._say(tenant, action, version)
        return made

    def _say(self, tenant: TenantId, action: str, version: str) -> bool:
        try:
            made = self._log.announce(tenant, ACTOR, action, version)
        except LogTampered:
            _LOG.error("the decision log of tenant %s was tampered with: not written", tenant)
            return False
        self._said[(tenant, action)] = version
        return made
