"""What stands in the decision log. Labels, counts and keyed digests; never content (P7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.audit import canonical

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry before it has a place in the log."""

    kind: str
    """``decision``, ``outcome``, ``administration`` or ``reading``."""

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
            ValueError: the document holds what cannot be written canonically.
        """
        return canonical.encode(
            {
                "v": VERSION,
                "kind": self.kind,
                "tenant": str(tenant),
                "at": self.at.isoformat(timespec="microseconds"),
                "exchange": self.exchange_id,
                **self.document,
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


def administration(
    at: datetime, actor: str, action: str, target: str, **params: str | int | bool
) -> Entry:
    """An entry for a change: `action` such as ``key.created``, `actor` a pseudonym."""
    return Entry(
        kind="administration",
        at=at,
        principal=actor,
        status=action,
        document={"action": action, "target": target, "params": dict(params)},
    )


def reading(at: datetime, actor: str, what: str, **params: str | int | bool) -> Entry:
    """An entry for somebody having read the log, and with which filter (GDPR Art. 32)."""
    return Entry(
        kind="reading",
        at=at,
        principal=actor,
        status=what,
        document={"action": what, "target": "", "params": dict(params)},
    )
