"""Taking a person out of every table that says who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from gateway.db import sealed
from gateway.db.batches import Batch
from gateway.db.credentials import GatewayKey, WebSession
from gateway.db.keeping import AccountEnd, Restriction
from gateway.db.principals import PrincipalRecord
from gateway.db.provider_jobs import ProviderJob
from gateway.db.sealed import PersonKey, SealedContent
from gateway.db.stored_responses import StoredResponse

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

_CREDENTIALS: tuple[tuple[str, Any], ...] = (
    ("gateway_keys", GatewayKey),
    ("web_sessions", WebSession),
    ("restrictions", Restriction),
    ("account_ends", AccountEnd),
)
_CONTENT: tuple[tuple[str, Any], ...] = (
    ("keys", PersonKey),
    ("content", SealedContent),
    ("batches", Batch),
    ("provider_jobs", ProviderJob),
    ("stored_responses", StoredResponse),
)


def count_identity(session: Session, principal: UUID) -> dict[str, int]:
    """How many rows say who somebody is, by kind."""
    found = {"identity": int(_count(session, PrincipalRecord, PrincipalRecord.id == principal))}
    for name, table in _CREDENTIALS:
        found[name] = _count(session, table, table.principal_id == principal)
    return found


def count_content(session: Session, principal: UUID) -> dict[str, int]:
    """How many keys and pieces of content there are of somebody."""
    return {
        name: _count(session, table, table.principal_id == principal) for name, table in _CONTENT
    }


def erase_identity(session: Session, principal: UUID) -> None:
    """Delete the row that knows the name first: it waits for whoever is sealing for it."""
    session.execute(delete(PrincipalRecord).where(PrincipalRecord.id == principal))
    for _, table in _CREDENTIALS:
        session.execute(delete(table).where(table.principal_id == principal))


def erase_content(session: Session, principal: UUID) -> None:
    """Destroy the person's key, and what it sealed."""
    sealed.destroy_person(session, principal)
    for table in (Batch, ProviderJob, StoredResponse):
        session.execute(delete(table).where(table.principal_id == principal))


def _count(session: Session, table: Any, condition: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0
