"""Jobs that run at a provider: whose they are, so that nobody fetches another's (promise P4)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.db import keeping, principals, provider_jobs
from gateway.db.provider_jobs import ProviderJob
from gateway.errors import NotFound, ProviderError, ProviderGarbage, Unauthenticated

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.exchange import Exchange
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.pep.kept_calls import KeptCalls

KEPT = timedelta(days=1)
"""For how long a job can be asked about; providers keep what they made about as long."""

_LISTED = 100
_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
"""What a provider may call a job."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of principals."""

    database: Database
    calls: KeptCalls
    clock: Clock

    def begun(self, exchange: Exchange, alias: str, answer: dict[str, Any]) -> None:
        """Note that `answer` tells of a job for this exchange, and call it by a name of ours.

        `alias` is the model that has begun it, which need not be the one that was asked for.

        Raises:
            ProviderGarbage: it tells of none.
            Unauthenticated: the person was erased meanwhile; the provider is to delete it.
            StorageUnavailable: it cannot be noted, so nobody could fetch it.
        """
        upstream = answer.get("id")
        if not isinstance(upstream, str) or not _NAME.fullmatch(upstream):
            raise ProviderGarbage  # it will be part of an address
        name = f"video_{exchange.id.replace('-', '')}"
        row = ProviderJob(
            tenant_id=exchange.principal.tenant.id,
            id=name,
            principal_id=exchange.principal.id,
            exchange_id=exchange.id,
            alias=alias,
            upstream_id=upstream,
            created_at=exchange.received_at,
            expires_at=exchange.received_at + KEPT,
        )
        with self.database.tenant_session(exchange.principal.tenant.id, write=True) as session:
            # Locked: an erasure comes before, and there is no job, or after, and takes it along.
            erased = principals.locked(session, row.principal_id) is None
            held = erased and keeping.holds_content(session, row.principal_id)
            if not erased:
                session.add(row)
        if erased:
            # No certificate lists it. What a provider does not delete goes there within a day.
            with suppress(NotFound, ProviderError):
                if not held:
                    self.calls.asked_film(row, "DELETE")
            raise Unauthenticated(reason="person.unknown")
        answer["id"] = name

    def find(self, principal: Principal, name: str) -> ProviderJob:
        """The job of that name.

        Raises:
            NotFound: this principal has none, or its time is over.
        """
        with self.database.tenant_session(principal.tenant.id) as session:
            row = provider_jobs.find(session, principal.id, name)
        if row is None or row.expires_at <= self.clock.now():
            raise NotFound("There is no such job, it is not yours, or its time is over.")
        return row

    def of(self, principal: Principal) -> list[ProviderJob]:
        """The principal's jobs, newest first."""
        with self.database.tenant_session(principal.tenant.id) as session:
            return provider_jobs.of_principal(session, principal.id, _LISTED)

    def forget(self, principal: Principal, name: str) -> None:
        """Forget a job that the provider has deleted."""
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            provider_jobs.forget(session, name)
