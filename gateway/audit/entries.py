"""What stands in the decision log. Labels, counts and keyed digests; never content (P7)."""

from __future__ import annotations

import hashlib
from dataclasses import field
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gateway.audit import canonical
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

VERSION = 1
KINDS = (
    "decision",
    "outcome",
    "administration",
    "reading",
    "unmasking",
    "erasure",
    "correction",
)
"""What an entry can be about. A correction says of an earlier entry what it could not know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry before it has a place in the log."""

    kind: str
    """One of `KINDS`."""

    at: datetime
    document: dict[str, Any]
    """What the entry says beside its kind, tenant and time."""

    exchange_id: str = ""
    effect: str = ""
    status: str = ""
    model: str = ""
    principal: str = ""
    rules: tuple[str, ...] = field(default=())

    def encoded(self, tenant: UUID) -> bytes:
        """The canonical bytes. The tenant is in them, so two tenants' logs cannot be exchanged.

        Raises:
            ValueError: the kind is unknown, or the document holds what cannot be written
                canonically.
        """
        if self.kind not in KINDS:
            raise ValueError("not a kind of entry")
        return canonical.encode(
            {
                **self.document,
                "v": VERSION,
                "kind": self.kind,
                "tenant": str(tenant),
                "at": moment(self.at),
                "exchange": self.exchange_id,
                **self.columns(),
            }
        )

    def columns(self) -> dict[str, str]:
        """What the pages search by, exactly as it stands in the hashed bytes."""
        return {
            "effect": self.effect,
            "status": self.status,
            "model": self.model,
            "principal": self.principal,
            "rules": f",{','.join(self.rules)}," if self.rules else "",
        }


@lru_cache(maxsize=256)
def question_digest(question: bytes) -> bytes:
    """What a decision's entry calls its question by, and what it is kept under: SHA-256, 32 bytes.

    Remembered: both ask, and many requests have the same question of some kilobytes.
    """
    return hashlib.sha256(question).digest()


def moment(at: datetime) -> str:
    """An instant as entries write it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def administration(
    at: datetime, actor: str, action: str, target: str, **params: str | int | bool
) -> Entry:
    """An entry for a change: `action` such as ``key.created``, `actor` a pseudonym."""
    return _act("administration", at, actor, action, target, dict(params))


def reading(at: datetime, actor: str, what: str, **params: str | int | bool) -> Entry:
    """An entry for somebody having read the log, and with which filter (GDPR Art. 32)."""
    return _act("reading", at, actor, what, "", dict(params))


def correction(at: datetime, of: Entry, sequence: int, code: str) -> Entry:
    """An entry that says of entry `sequence` what came to light after it was written.

    Nothing is ever changed in the log: ``outcome.not_released`` takes back the outcome it names.
    """
    return Entry(
        kind="correction",
        at=at,
        exchange_id=of.exchange_id,
        status=code,
        model=of.model,
        principal=of.principal,
        document={"corrects": sequence, "of": of.kind, "said": of.status or of.effect},
    )


def _act(
    kind: str,
    at: datetime,
    actor: str,
    action: str,
    target: str,
    params: dict[str, str | int | bool],
) -> Entry:
    return Entry(
        kind=kind,
        at=at,
        principal=actor,
        status=action,
        document={"action": action, "target": target, "params": params},
    )
