"""The addresses and keys of one provider, and which of them the next call goes to."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING

from gateway.core.catalogue import Endpoint
from gateway.errors import ProviderUnavailable
from gateway.providers.circuit import Circuit

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.core.catalogue import ModelEntry, ProviderEntry
    from gateway.core.clock import Clock
    from gateway.providers.circuit import State


class Route:
    """One address with one key."""

    def __init__(self, number: int, entry: ProviderEntry, circuit: Circuit) -> None:
        """`number` counts from 1, in the order of the configuration."""
        self.number = number
        self.entry = entry
        self.circuit = circuit
        self.in_flight = 0
        self.last = 0
        self.shown: State | None = None
        """The state of its circuit that the metric shows."""

    def leads(self, model: ModelEntry) -> ModelEntry:
        """`model` by this route."""
        return model if model.provider is self.entry else replace(model, provider=self.entry)


class Routes:
    """The routes of one provider; used by many threads."""

    def __init__(self, entry: ProviderEntry, clock: Clock) -> None:
        """One for the provider's own address, and one for each replica."""
        self.name = entry.name
        self.patience = entry.patience
        self._clock = clock
        self._lock = Lock()
        self._turn = count(1)
        self.all: list[Route] = []
        for number, end in enumerate((_own(entry), *entry.replicas), start=1):
            here = end.base_url == entry.base_url and end.api_key == entry.api_key
            placed = entry if here else replace(entry, base_url=end.base_url, api_key=end.api_key)
            circuit = Circuit(self.patience.failures, self.patience.rest_seconds)
            self.all.append(Route(number, placed, circuit))

    def available(self) -> bool:
        """Whether a call would be let through now."""
        now = self._clock.monotonic()
        return any(route.circuit.allows(now) for route in self.all)

    def take(self, tried: Collection[Route] = (), *, bound: bool = False) -> Route:
        """A route for one call: the one with the fewest calls in progress, rather not `tried`.

        Of several it is the one that has waited longest. What one account keeps, such as a file,
        is `bound` to the first. `give_back` must follow.

        Raises:
            ProviderUnavailable: every circuit is open; the error says for how long.
        """
        now = self._clock.monotonic()
        with self._lock:
            fitting = self.all[:1] if bound else self.all
            if len(fitting) > 1:
                fitting = sorted(fitting, key=lambda it: (it in tried, it.in_flight, it.last))
            for route in fitting:
                if route.circuit.enter(now):
                    route.in_flight += 1
                    route.last = next(self._turn)
                    return route
        error = ProviderUnavailable()
        error.attempts = 0
        seconds = min(route.circuit.rests(now) for route in self.all)
        error.wire_headers["retry-after"] = str(int(seconds) + 1)
        raise error

    def fresh(self, tried: Collection[Route]) -> bool:
        """Whether there is a route that was not tried and would let a call through."""
        now = self._clock.monotonic()
        return any(route not in tried and route.circuit.allows(now) for route in self.all)

    def give_back(self, route: Route) -> None:
        """A call by `route` is over."""
        with self._lock:
            route.in_flight -= 1


def _own(entry: ProviderEntry) -> Endpoint:
    return Endpoint(entry.base_url, entry.api_key)
