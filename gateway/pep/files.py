"""Files that callers hand over to use later: kept here, sealed, and never at a provider.

An exchange that names such a file gets its bytes put in where the name stood, so a file is
inspected and judged each time it leaves, and no provider has a copy with a life of its own.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import administration
from gateway.core.identifiers import exchange_id
from gateway.core.media import Upload
from gateway.core.values import dataclass
from gateway.errors import ContentOff, NotFound
from gateway.pep.held import require_free

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.sealed.content import ContentStore, Kept

FACTS, BYTES = "file", "file.bytes"
"""The two pieces that are kept of a file, so that a list of files opens none of their bytes."""

LIFE = timedelta(days=2)
"""A file is for the work at hand: it outlives the longest batch, and no more."""

_PREFIX = "file-"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file without its bytes."""

    id: str
    name: str
    content_type: str
    purpose: str
    size: int
    """In bytes."""

    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Files:
    """The files of principals, each under its person's own key."""

    content: ContentStore
    ledger: Ledger
    clock: Clock

    def keep(self, principal: Principal, upload: Upload, purpose: str) -> FileFacts:
        """Keep a file.

        Raises:
            ContentOff: the tenant keeps no content.
            AuditUnavailable: that it is kept could not be recorded, so it is not.
            SealingUnavailable, StorageUnavailable: it could not be kept.
        """
        name, now, size = exchange_id(), self.clock.now(), len(upload.data)
        tenant = principal.tenant.id
        if not self.content.keeps(tenant):
            raise ContentOff
        entry = administration(now, principal.pseudonym, "file.kept", _PREFIX + name, bytes=size)
        self.ledger.record_event(tenant, entry)
        facts = {
            "name": upload.name,
            "content_type": upload.content_type,
            "purpose": purpose,
            "size": size,
        }
        # The facts last: a file is there once they are.
        held = {"data": base64.b64encode(upload.data).decode()}
        try:
            self.content.put(tenant, principal.id, name, BYTES, held, now + LIFE)
            ends = self.content.put(tenant, principal.id, name, FACTS, facts, now + LIFE)
        except ContentOff:
            # Whoever it was kept for was erased meanwhile: the log must not say that it is there.
            gone = administration(now, principal.pseudonym, "file.deleted", _PREFIX + name)
            self.ledger.record_event(tenant, gone)
            raise
        return FileFacts(_PREFIX + name, upload.name, upload.content_type, purpose, size, now, ends)

    def find(self, principal: Principal, name: str) -> FileFacts:
        """What is known of a file of the principal.

        Raises:
            NotFound: there is none of that name, it is not theirs, or its time is over.
            SealingUnavailable, StorageUnavailable: it cannot be had now.
        """
        return _facts(self._piece(principal, name, FACTS))

    def open(self, principal: Principal, name: str) -> Upload:
        """A file of the principal, opened.

        Raises:
            NotFound, SealingUnavailable, StorageUnavailable: as `find`.
        """
        facts = self.find(principal, name)
        held = self._piece(principal, name, BYTES).value
        return Upload(facts.name, facts.content_type, base64.b64decode(held["data"]))

    def of(self, principal: Principal) -> list[FileFacts]:
        """The principal's files, newest first.

        Raises:
            SealingUnavailable, StorageUnavailable: they cannot be had now.
        """
        now = self.clock.now()
        kept = self.content.of(principal.tenant.id, principal.id, field=FACTS)
        return [_facts(item) for item in reversed(kept) if item.expires_at > now]

    def delete(self, principal: Principal, name: str) -> None:
        """Forget a file.

        Raises:
            NotFound: as `find`.
            Conflict: a legal hold keeps it.
            AuditUnavailable: it could not be recorded, so it is still there.
        """
        kept = self.find(principal, name)
        require_free(self.content.database, principal)
        entry = administration(self.clock.now(), principal.pseudonym, "file.deleted", kept.id)
        self.ledger.record_event(principal.tenant.id, entry)
        self.content.forget(principal.tenant.id, kept.id.removeprefix(_PREFIX))

    def _piece(self, principal: Principal, name: str, field: str) -> Kept:
        kept = self.content.piece_of(
            principal.tenant.id, principal.id, name.removeprefix(_PREFIX), field
        )
        if kept is None or kept.expires_at <= self.clock.now():
            raise NotFound("There is no such file, it is not yours, or its time is over.")
        return kept


def _facts(kept: Kept) -> FileFacts:
    value: dict[str, Any] = kept.value
    return FileFacts(
        id=_PREFIX + kept.exchange_id,
        name=value["name"],
        content_type=value["content_type"],
        purpose=value["purpose"],
        size=value["size"],
        created_at=kept.kept_at,
        expires_at=kept.expires_at,
    )
