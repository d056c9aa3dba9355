"""Files that callers hand over to use later: kept here, sealed, and never at a provider.

An exchange that names such a file gets its bytes put in where the name stood, so a file is
inspected and judged each time it leaves, and no provider has a copy with a life of its own.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import administration
from gateway.core.identifiers import exchange_id
from gateway.core.media import Upload
from gateway.errors import ContentOff, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.sealed.content import ContentStore, Kept

FIELD = "file"
LIFE = timedelta(days=2)
"""A file is for the work at hand: it outlives the longest batch, and no more."""

_PREFIX = "file-"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file, opened."""

    id: str
    purpose: str
    upload: Upload
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Files:
    """The files of principals, each under its person's own key."""

    content: ContentStore
    ledger: Ledger
    clock: Clock

    def keep(self, principal: Principal, upload: Upload, purpose: str) -> KeptFile:
        """Keep a file.

        Raises:
            ContentOff: the tenant keeps no content.
            AuditUnavailable: that it is kept could not be recorded, so it is not.
            SealingUnavailable, StorageUnavailable: it could not be kept.
        """
        name, now = exchange_id(), self.clock.now()
        if not self.content.keeps(principal.tenant.id):
            raise ContentOff
        entry = administration(
            now, principal.pseudonym, "file.kept", _PREFIX + name, bytes=len(upload.data)
        )
        self.ledger.record_event(principal.tenant.id, entry)
        value = {
            "name": upload.name,
            "content_type": upload.content_type,
            "purpose": purpose,
            "data": base64.b64encode(upload.data).decode(),
        }
        tenant = principal.tenant.id
        self.content.put(tenant, principal.id, name, FIELD, value, now + LIFE)
        return KeptFile(_PREFIX + name, purpose, upload, now, now + LIFE)

    def open(self, principal: Principal, name: str) -> KeptFile:
        """A file of the principal.

        Raises:
            NotFound: there is none of that name, it is not theirs, or its time is over.
            SealingUnavailable, StorageUnavailable: it cannot be had now.
        """
        kept = self.content.piece_of(
            principal.tenant.id, principal.id, name.removeprefix(_PREFIX), FIELD
        )
        if kept is None or kept.expires_at <= self.clock.now():
            raise NotFound("There is no such file, it is not yours, or its time is over.")
        return _file(kept)

    def of(self, principal: Principal) -> list[KeptFile]:
        """The principal's files, newest first."""
        now = self.clock.now()
        kept = self.content.of(principal.tenant.id, principal.id)
        return [
            _file(item) for item in reversed(kept) if item.field == FIELD and item.expires_at > now
        ]

    def delete(self, principal: Principal, name: str) -> None:
        """Forget a file.

        Raises:
            NotFound: as `open`.
            AuditUnavailable: it could not be recorded, so it is still there.
        """
        kept = self.open(principal, name)
        entry = administration(self.clock.now(), principal.pseudonym, "file.deleted", kept.id)
        self.ledger.record_event(principal.tenant.id, entry)
        self.content.forget(principal.tenant.id, kept.id.removeprefix(_PREFIX))


def _file(kept: Kept) -> KeptFile:
    value: dict[str, Any] = kept.value
    upload = Upload(value["name"], value["content_type"], base64.b64decode(value["data"]))
    return KeptFile(
        _PREFIX + kept.exchange_id, value["purpose"], upload, kept.kept_at, kept.expires_at
    )
