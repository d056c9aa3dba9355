"""Giving every new checkpoint to every witness, again and again until it has it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gateway.audit.witness import WitnessUnavailable
from gateway.core.identifiers import TenantId
from gateway.db import seal_tables, tenants

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.audit.witness import Witness
    from gateway.core.clock import Clock
    from gateway.db.session import Database

_LOG = logging.getLogger(__name__)


class Publisher:
    """Brings checkpoints to witnesses. At least once: a crash in between gives one twice."""

    def __init__(self, database: Database, witnesses: Mapping[str, Witness], clock: Clock) -> None:
        """`witnesses` are named as in the settings."""
        self._database = database
        self._witnesses = witnesses
        self._clock = clock

    def run(self) -> int:
        """Give every witness the newest checkpoint of every log; how many were given.

        An older one that a witness missed is not brought after: the newest covers it.
        """
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        given = 0
        for name, witness in self._witnesses.items():
            for tenant in known:
                try:
                    given += self._give(tenant, name, witness)
                except WitnessUnavailable as error:
                    # The others' checkpoints would fare no better: next witness.
                    _LOG.warning("witness %s did not take a checkpoint: %s", name, error)
                    break
        return given

    def give(self, tenant: TenantId) -> dict[str, str]:
        """Give one log's newest checkpoint to every witness now; what became of it, by name."""
        results = {}
        for name, witness in self._witnesses.items():
            try:
                results[name] = "given" if self._give(tenant, name, witness) else "has it"
            except WitnessUnavailable as error:
                results[name] = f"failed: {error}"
        return results

    def _give(self, tenant: TenantId, name: str, witness: Witness) -> bool:
        with self._database.connection(tenant) as connection:
            latest = seal_tables.latest_checkpoint(connection, tenant)
            known = seal_tables.witnessed(connection, tenant, name)
        if latest is None or latest.size <= known:
            return False
        # No transaction is open while the other side takes its time.
        answer = witness.take(latest.note, self._clock.now())
        row = {"tenant_id": tenant, "witness": name, "size": latest.size, "kind": answer.kind}
        with self._database.connection(tenant, write=True) as connection:
            seal_tables.add_receipt(
                connection, {**row, "content": answer.content, "at": self._clock.now()}
            )
        return True
