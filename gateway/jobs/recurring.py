"""The short jobs of every process beside heartbeat and reconciliation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.jobs.runner import Job
from gateway.terms.watch import WATCH_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.attributes.assembly import AttributeRooms
    from gateway.settings import Settings
    from gateway.terms.watch import Watch

_SPENDING_SECONDS = 1.0
"""How often what was spent is written; as much of it is lost in a crash."""


def recurring(
    settings: Settings, seal: Callable[[], object], watch: Watch, attributes: AttributeRooms
) -> tuple[Job, ...]:
    """Checkpoints, a look at the terms, and what was spent."""
    return (
        Job("checkpoint", settings.audit.checkpoint_seconds, seal),
        Job("terms", WATCH_SECONDS, watch.run),
        Job("spending", _SPENDING_SECONDS, attributes.spending.write),
    )
