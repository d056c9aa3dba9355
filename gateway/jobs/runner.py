"""The schedule of one process: heartbeat, checkpoints, reconciliation.

Every worker runs it. The jobs take the same locks as the ledger, so that several
of them at once are merely idle work, never two outcomes or two histories.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from gateway.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.core.clock import Clock

_LOG = logging.getLogger(__name__)
_LONGEST_SLEEP = 1.0


class Job:
    """Something to do again and again."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        """Do `work` every `seconds`."""
        self.name = name
        self.seconds = seconds
        self.work = work
        self.due = float("-inf")


class Schedule:
    """Runs jobs in one thread of their own."""

    def __init__(self, jobs: list[Job], clock: Clock, apart: Sequence[Job] = ()) -> None:
        """Nothing runs before `start`. Each job of `apart` has a thread that no other holds up."""
        self.jobs = jobs
        self.apart = [Schedule([job], clock) for job in apart]
        self._clock = clock
        self._ended = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread; after a fork, in the child."""
        self._ended.clear()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()
        for schedule in self.apart:
            schedule.start()

    def stop(self) -> None:
        """Let the job that is running finish, then end."""
        self._ended.set()
        for schedule in self.apart:
            schedule.stop()
        if self._thread is not None:
            self._thread.join(_LONGEST_SLEEP * 5)

    def run_due(self) -> None:
        """Do what is due now; one that goes wrong is logged, and due again in its time."""
        for job in self.jobs:
            now = self._clock.monotonic()
            if now < job.due:
                continue
            job.due = now + job.seconds
            try:
                job.work()
            except GatewayError as error:
                # The database may be away for a while; the job is due again soon.
                _LOG.warning("job %s failed", job.name, exc_info=error)
            # One that breaks must not end the others with its thread: without its sign of life
            # this worker would be taken for dead, and what it has in hand be closed.
            except Exception as error:  # noqa: BLE001 - logged with its place
                _LOG.error("job %s broke", job.name, exc_info=error)

    def _run(self) -> None:
        shortest = min((job.seconds for job in self.jobs), default=_LONGEST_SLEEP)
        while not self._ended.wait(min(shortest, _LONGEST_SLEEP)):
            self.run_due()
