"""Rego in this process: one decision thread at a time, exchanged when the policies change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.engine import load_engine
from gateway.pdp.thread import DecisionThread, Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.identifiers import TenantId
    from gateway.pdp.bundle import Bundle
    from gateway.pdp.engine import Engine


class EmbeddedPdp:
    """Decides with the modules of one bundle at a time."""

    lifetime = float("inf")
    """Seconds an answer holds: for ever, because a revision never changes its mind."""

    def __init__(
        self, bundle: Bundle, seconds: float, make: Callable[[Bundle], Engine] | None = None
    ) -> None:
        """`seconds` is how long a caller waits for one decision; `make` builds an engine.

        Raises:
            ConfigurationError: the bundle does not load.
        """
        self._bundle = bundle
        self._seconds = seconds
        self._make = make or load_engine
        self._serving: DecisionThread | None = None
        self._lock = Lock()
        # On a thread of its own: the engine keeps its memory by thread, and only that of one which
        # has ended is used again, by the thread that decides.
        with ThreadPoolExecutor(1) as checking:
            fault = checking.submit(_fault, bundle).result()
        if fault is not None:
            raise ConfigurationError(fault)

    @property
    def bundle(self) -> Bundle:
        """The bundle decisions are made with."""
        return self._bundle

    @property
    def revision(self) -> str:
        """The revision decisions are made with."""
        return self._bundle.revision

    def start(self) -> None:
        """Start the decision thread; after a fork, in the child. Starting twice changes nothing."""
        with self._lock:
            if self._serving is None or not self._serving.alive:
                # A new thread has a queue of its own: an old one that is stuck takes nothing of it.
                self._serving = DecisionThread(self._bundle, self._seconds, self._make)

    def stop(self) -> None:
        """End the decision thread; whoever still asks is denied."""
        with self._lock:
            thread, self._serving = self._serving, None
        if thread is not None:
            thread.end()
            thread.join()

    def activate(self, bundle: Bundle) -> None:
        """Decide with `bundle` from now on; the old one decides until the new one is warm.

        Decisions in flight end with the revision they began with. Called before `start`, it only
        changes what is started.

        Raises:
            ConfigurationError: the bundle cannot judge; the old one goes on.
        """
        fresh = DecisionThread(bundle, self._seconds, self._make)
        if not fresh.ready():
            fresh.end()
            raise ConfigurationError(f"The policies of revision {bundle.revision} cannot judge.")
        with self._lock:
            started = self._serving is not None
            before = self._serving if started else fresh
            self._bundle = bundle
            self._serving = fresh if started else None
        if before is not None:
            before.end()

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        while (thread := self._serving) is not None:
            try:
                return thread.decide(tenant, entrypoint, policy_input)
            except Ended:
                continue  # the policies changed between the two lines; another thread serves now
        return unavailable(self.revision)

    def ready(self) -> bool:
        """Whether the decision thread answers a question now, and not with a broken policy."""
        thread = self._serving
        return thread is not None and thread.ready()


def _fault(bundle: Bundle) -> str | None:
    """Why the bundle does not load; None if it does.

    In words: an error would carry its engine along, which must be let go of where it was made.
    """
    try:
        load_engine(bundle)
    except ConfigurationError as error:
        return error.detail
    return None
