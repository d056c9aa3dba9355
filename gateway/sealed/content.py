"""What the pipeline hands over to be kept, when its tenant has turned that on.

Off by default (promise P7). Turning it on takes the reference of an impact
assessment (GDPR Art. 35). What is kept is sealed under the person's own key, bound
to its tenant, exchange and field, and gone after 30 days at most. Credentials and
what no detector could read are taken out first: those are kept nowhere, whatever
the setting.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.values import dataclass
from gateway.db import sealed
from gateway.db.last_known import Bridging, LastKnown
from gateway.db.sealed import ContentSetting, SealedContent
from gateway.errors import ContentOff, InvalidRequest, SealingUnavailable, StorageUnavailable
from gateway.sealed.envelope import Unsealable, content_place, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from gateway.core.clock import Clock
    from gateway.core.exchange import Exchange
    from gateway.core.identifiers import PrincipalId, TenantId
    from gateway.db.session import Database
    from gateway.sealed.keys import Keys

INPUT, OUTPUT = "input", "output"
MOST_DAYS = 30
_REMEMBERED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece of kept content, opened."""

    exchange_id: str
    field: str
    kept_at: datetime
    expires_at: datetime
    value: dict[str, Any]


class ContentStore:
    """Keeps, reads and forgets content."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        clock: Clock,
        harmless: Callable[[TenantId, dict[str, Any]], dict[str, Any]],
        bridging: Bridging | None = None,
    ) -> None:
        """`harmless` takes out of a document of a tenant what may be kept nowhere.

        `bridging` says for whom it is known without the database that nothing is kept.
        """
        self._last_known: LastKnown[None, int] = LastKnown(bridging or Bridging(), clock)
        self.database = database
        self._keys = keys
        self._clock = clock
        self._harmless = harmless
        self._settings: dict[UUID, tuple[float, int]] = {}

    def keeps(self, tenant: TenantId) -> bool:
        """Whether this tenant has content kept now."""
        return bool(self._days(tenant))

    def keep_request(self, exchange: Exchange) -> None:
        """Keep what a permitted exchange asks, if its tenant keeps content.

        Raises:
            SealingUnavailable, StorageUnavailable: the tenant wants it kept and it cannot be.
        """
        self._keep(exchange, INPUT, exchange.body)

    def keep_answer(self, exchange: Exchange, texts: Sequence[str]) -> None:
        """Keep the words of an answer that may be released.

        Raises:
            SealingUnavailable, StorageUnavailable: as `keep_request`.
        """
        said = [{"role": "assistant", "content": text} for text in texts]
        self._keep(exchange, OUTPUT, {"messages": said})

    def _keep(self, exchange: Exchange, field: str, value: dict[str, Any]) -> None:
        tenant, principal = exchange.principal.tenant.id, exchange.principal.id
        days = self._days(tenant)
        if not days:
            return
        content, now = orjson.dumps(self._harmless(tenant, value)), self._clock.now()
        with self.database.tenant_session(tenant, write=True) as session:
            key = self._keys.person_for_sealing(session, tenant, principal)
            if key is None:
                return  # erased a moment ago: there is nobody to keep it for
            session.merge(
                SealedContent(
                    tenant_id=tenant,
                    exchange_id=exchange.id,
                    field=field,
                    principal_id=principal,
                    sealed=seal(key, content, content_place(tenant, exchange.id, field)),
                    kept_at=now,
                    expires_at=now + timedelta(days=days),
                )
            )

    def discard(self, exchange: Exchange) -> None:
        """Forget what was kept of an exchange whose output was withheld.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        tenant = exchange.principal.tenant.id
        if not self._days(tenant):
            return
        with self.database.tenant_session(tenant, write=True) as session:
            sealed.discard(session, exchange.id)

    def put(
        self,
        tenant: TenantId,
        principal: PrincipalId,
        name: str,
        field: str,
        value: dict[str, Any],
        expires_at: datetime,
    ) -> datetime:
        """Keep what a person has handed over to be kept, as it is, until then at the latest.

        Answers with when it goes.

        Raises:
            ContentOff: the tenant keeps no content, or the person was erased a moment ago.
            SealingUnavailable, StorageUnavailable: it cannot be kept.
        """
        days, now = self._days(tenant), self._clock.now()
        if not days:
            raise ContentOff
        ends = min(expires_at, now + timedelta(days=days))
        with self.database.tenant_session(tenant, write=True) as session:
            key = self._keys.person_for_sealing(session, tenant, principal)
            if key is None:
                raise ContentOff
            session.merge(
                SealedContent(
                    tenant_id=tenant,
                    exchange_id=name,
                    field=field,
                    principal_id=principal,
                    sealed=seal(key, orjson.dumps(value), content_place(tenant, name, field)),
                    kept_at=now,
                    expires_at=ends,
                )
            )
        return ends

    def forget(self, tenant: TenantId, name: str) -> None:
        """Forget everything that was kept under a name."""
        with self.database.tenant_session(tenant, write=True) as session:
            sealed.discard(session, name)

    def piece_of(
        self, tenant: TenantId, principal: PrincipalId, name: str, field: str
    ) -> Kept | None:
        """One piece of this person's, opened; None when there is none, or its key is destroyed.

        Raises:
            SealingUnavailable: as `read`.
        """
        with self.database.tenant_session(tenant) as session:
            row = sealed.piece(session, name, field)
            if row is None or row.principal_id != principal:
                return None
            key = self._keys.person(session, tenant, principal)
        return None if key is None else _opened(key, tenant, row)

    def pieces(self, tenant: TenantId, principal: PrincipalId, name: str) -> dict[str, Kept]:
        """Everything of this person's that is kept under a name, opened, by field.

        Raises:
            SealingUnavailable: as `read`.
        """
        with self.database.tenant_session(tenant) as session:
            rows = sealed.pieces(session, principal, name)
            key = self._keys.person(session, tenant, principal) if rows else None
        return {} if key is None else {row.field: _opened(key, tenant, row) for row in rows}

    def read(self, tenant: TenantId, exchange_id: str, field: str) -> dict[str, Any] | None:
        """One piece, opened; None when it is not there, or its key is destroyed.

        Raises:
            SealingUnavailable: it was changed or moved, or the keys cannot be had.
        """
        with self.database.tenant_session(tenant) as session:
            row = sealed.piece(session, exchange_id, field)
            if row is None:
                return None
            key = self._keys.person(session, tenant, row.principal_id)
        return None if key is None else _opened(key, tenant, row).value

    def of(
        self, tenant: TenantId, principal: PrincipalId, *, field: str | None = None
    ) -> list[Kept]:
        """Everything kept of one person, or in that `field` alone, opened, oldest first.

        Raises:
            SealingUnavailable: a piece was changed or moved, or the keys cannot be had.
        """
        with self.database.tenant_session(tenant) as session:
            rows = sealed.content_of(session, principal, field)
            key = self._keys.person(session, tenant, principal) if rows else None
        return [] if key is None else [_opened(key, tenant, row) for row in rows]

    def turn(
        self,
        tenant: TenantId,
        *,
        on: bool,
        dpia: str,
        days: int,
        by: str,
        note: Callable[[], object],
    ) -> None:
        """Turn keeping content on or off for a tenant; `note` records that before it is done.

        Raises:
            InvalidRequest: it is to be turned on without an assessment, or for too long.
            SealingUnavailable: no key could be had, so nothing could be kept.
        """
        if on and not dpia.strip():
            raise InvalidRequest(
                "Keeping content takes the reference of a data protection impact assessment "
                "(GDPR Art. 35).",
                param="dpia",
            )
        if not 1 <= days <= MOST_DAYS:
            raise InvalidRequest(f"Content is kept for 1 to {MOST_DAYS} days.", param="days")
        if on:
            with self.database.tenant_session(tenant, write=True) as session:
                if not sealed.tenant_keys(session):
                    self._keys.add_tenant_key(session, tenant)
        note()
        with self.database.tenant_session(tenant, write=True) as session:
            session.merge(
                ContentSetting(
                    tenant_id=tenant,
                    kept=on,
                    dpia=dpia.strip(),
                    days=days,
                    set_by=by,
                    set_at=self._clock.now(),
                )
            )
        self._settings.pop(tenant, None)

    def _days(self, tenant: TenantId) -> int:
        """For how many days the tenant keeps content; 0 when it does not. Known for 5 seconds."""
        now = self._clock.monotonic()
        known = self._settings.get(tenant)
        if known is not None and now - known[0] < _REMEMBERED_SECONDS:
            return known[1]
        try:
            with self.database.tenant_session(tenant) as session:
                row = sealed.setting(session)
        except StorageUnavailable as error:
            days, _ = self._last_known.recall(tenant, None, error)
        else:
            days = row.days if row is not None and row.kept else 0
            self._last_known.keep(tenant, None, days)
        self._settings[tenant] = (now, days)
        return days


def _opened(key: bytes, tenant: TenantId, row: SealedContent) -> Kept:
    place = content_place(tenant, row.exchange_id, row.field)
    try:
        value = orjson.loads(unseal(key, bytes(row.sealed), place))
    except (Unsealable, orjson.JSONDecodeError) as error:
        raise SealingUnavailable from error
    return Kept(row.exchange_id, row.field, row.kept_at, row.expires_at, value)
