"""What was last read, for the tenants whose requests go on while the database is away.

Never a shortcut: the database is asked first, every time, and what it says counts. Only
when it cannot be reached, only for tenants that have configured it, and only for so
long, does what it said last stand in. What was never read is not known, and refused.
"""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.errors import NotRemembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.errors import StorageUnavailable

K = TypeVar("K")
V = TypeVar("V")

_MOST = 20_000
"""Values one memory holds; the one that was read longest ago goes first."""


class Bridging:
    """Which tenants have decided that their requests go on, and for how long."""

    def __init__(self, slugs: Iterable[str] = (), seconds: float = 0.0) -> None:
        """By short name. `seconds` is how long what was read may stand in; 0 means never."""
        self.slugs = frozenset(slugs) if seconds else frozenset()
        self.seconds = seconds
        self._tenants: set[TenantId] = set()

    def met(self, tenant: TenantId, slug: str) -> None:
        """Note what a tenant is called: only one that was read can be known to want this."""
        if slug in self.slugs:
            self._tenants.add(tenant)

    def wants(self, tenant: TenantId) -> bool:
        """Whether this tenant has decided so."""
        return tenant in self._tenants


class LastKnown(Generic[K, V]):
    """One room's memory of what it last read."""

    def __init__(self, bridging: Bridging, clock: Clock) -> None:
        """For the tenants of `bridging`."""
        self._bridging = bridging
        self._clock = clock
        self._lock = Lock()
        self._held: OrderedDict[tuple[TenantId, K], tuple[V, float]] = OrderedDict()

    def keep(self, tenant: TenantId, key: K, value: V) -> None:
        """Note what the database has just said."""
        # Whose it is may be learned later: only what is recalled depends on it.
        if not self._bridging.slugs:
            return
        with self._lock:
            self._held[tenant, key] = (value, self._clock.monotonic())
            self._held.move_to_end((tenant, key))
            while len(self._held) > _MOST:
                self._held.popitem(last=False)

    def drop(self, tenant: TenantId, key: K) -> None:
        """Forget it: the database says something else now."""
        with self._lock:
            self._held.pop((tenant, key), None)

    def drop_where(self, tenant: TenantId, unwanted: Callable[[V], bool]) -> None:
        """Forget what of a tenant's is `unwanted`."""
        with self._lock:
            for whose, key in list(self._held):
                if whose == tenant and unwanted(self._held[whose, key][0]):
                    del self._held[whose, key]

    def recall(self, tenant: TenantId, key: K, error: StorageUnavailable) -> tuple[V, int]:
        """What stands in, and how many seconds ago it was read (1 at least).

        Raises:
            StorageUnavailable: `error`, which the database has just been answered with: the
                tenant has not decided so, or it is only this process that is too busy to ask.
            NotRemembered: it was not read, or too long ago.
        """
        if not self._bridging.wants(tenant) or isinstance(error.__cause__, PoolTimeout):
            raise error
        with self._lock:
            found = self._held.get((tenant, key))
        age = self._clock.monotonic() - found[1] if found is not None else 0.0
        if found is None or age > self._bridging.seconds:
            raise NotRemembered(
                "Until it is back, what was used in the last "
                f"{ceil(self._bridging.seconds / 60)} minutes goes on: the same key, for the same "
                "purpose. Nothing was sent."
            ) from error
        return found[0], max(1, ceil(age))

    def held(self) -> dict[TenantId, list[tuple[K, V]]]:
        """What could still stand in, by tenant."""
        oldest = self._clock.monotonic() - self._bridging.seconds
        found: dict[TenantId, list[tuple[K, V]]] = {}
        with self._lock:
            for (tenant, key), (value, read_at) in self._held.items():
                if read_at >= oldest and self._bridging.wants(tenant):
                    found.setdefault(tenant, []).append((key, value))
        return found
