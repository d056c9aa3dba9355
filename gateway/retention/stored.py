"""Answers that providers keep, at their end: deleted there when their time here is over.

And those that nobody waited for and nobody fetched: after a day they are stopped where they still
run, and what they used is written down. So each has one end in the log, fetched or not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.audit.entries import administration
from gateway.core.exchange import Usage
from gateway.core.identifiers import PrincipalId, TenantId
from gateway.core.values import dataclass
from gateway.db import sealed, stored_responses, tenants
from gateway.errors import NotFound, ProviderError
from gateway.retention.holds import CONTENT
from gateway.retention.tombstones import JOB
from gateway.shapes.responses_parts import used
from gateway.shapes.stored_responses import is_pending, state

if TYPE_CHECKING:
    from gateway.attributes.spending import Spending
    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.db.stored_responses import StoredResponse
    from gateway.pep.kept_calls import KeptCalls
    from gateway.retention.holds import Holds

_SOME = 100
UNFETCHED = timedelta(days=1)
"""After how long one that nobody has fetched is looked after."""

GIVEN_UP = timedelta(days=30)
"""For how long after its time a provider is asked again to delete one that it did not delete."""


@dataclass(frozen=True, slots=True)
class StoredExpiry:
    """Ends kept answers."""

    database: Database
    ledger: Ledger
    holds: Holds
    calls: KeptCalls
    spending: Spending
    clock: Clock

    def run_all(self) -> int:
        """Run for every tenant; how many answers came to an end."""
        with self.database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        return sum(self.run(tenant) for tenant in known)

    def run(self, tenant: TenantId) -> int:
        """End what is due of one tenant, some at a time; how many that were.

        Raises:
            AuditUnavailable, StorageUnavailable: it stopped; the next run goes on.
        """
        now, held = self.clock.now(), self.holds.held(tenant)
        with self.database.tenant_session(tenant) as session:
            waiting = stored_responses.unfetched(session, now - UNFETCHED, _SOME)
            due = stored_responses.past(session, now, held.people(CONTENT), _SOME)
        ended = sum(self._settled(tenant, row) for row in waiting)
        return ended + sum(self._deleted(tenant, row) for row in due)

    def _settled(self, tenant: TenantId, row: StoredResponse) -> bool:
        """Look after one that nobody has fetched; whether its end stands in the log now."""
        try:
            told = self.calls.asked(row)
            if is_pending(told):
                told = self.calls.asked(row, "POST", "/cancel")
        except NotFound:
            told = {"status": "gone"}
        except ProviderError:
            return False  # the next run asks again
        with self.database.tenant_session(tenant, write=True) as session:
            if not stored_responses.count(session, row.id, counted=True):
                return False  # it was fetched a moment ago
        usage, now = used(told), self.clock.now()
        self._note(
            tenant, row, "response.unfetched", state=state(told),
            input_tokens=usage.input_tokens, output_tokens=usage.output_tokens,
        )  # fmt: skip
        model = self.calls.catalogue.find(row.alias)
        if model is not None and usage != Usage():
            person = PrincipalId(row.principal_id)
            self.spending.noted(tenant, person, frozenset(), model, usage, now)
        return True

    def withheld(self, tenant: TenantId, row: StoredResponse) -> bool:
        """Delete one that policy withholds, unless a hold keeps it; whether it is gone.

        Its time is over before this is called, so that a run deletes what is still there.

        Raises:
            AuditUnavailable, StorageUnavailable: the next run does it.
        """
        held = self.holds.held(tenant).over(CONTENT, row.principal_id)
        gone = not held and self.calls.gone(row)
        self._note(tenant, row, "response.withheld", deleted=gone)
        return gone and self._forgotten(tenant, row)

    def _deleted(self, tenant: TenantId, row: StoredResponse) -> bool:
        """Delete one at the provider and here unless it is held; whether it is gone here."""
        # Asked anew for each: a provider may take its time over those before it.
        if self.holds.held(tenant).over(CONTENT, row.principal_id):
            return False
        gone = self.calls.gone(row)
        if not gone and row.expires_at > self.clock.now() - GIVEN_UP:
            return False  # it stays on the list of what to delete
        self._note(tenant, row, "response.expired", deleted=gone)
        return self._forgotten(tenant, row)

    def _forgotten(self, tenant: TenantId, row: StoredResponse) -> bool:
        with self.database.tenant_session(tenant, write=True) as session:
            sealed.discard(session, row.id)
            return stored_responses.forget(session, row.id)

    def _note(
        self, tenant: TenantId, row: StoredResponse, action: str, **params: str | int | bool
    ) -> None:
        entry = administration(
            self.clock.now(), JOB, action, row.id, exchange=row.exchange_id, **params
        )
        self.ledger.record_event(tenant, entry)
