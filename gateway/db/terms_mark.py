"""How much a tenant has put on record about terms: a cheap sign of whether to read it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from gateway.db.terms_copies import TermsCopy
from gateway.db.terms_overrides import TermsOverride, TermsOverrideDecision
from gateway.db.terms_reviews import TermsReview
from gateway.db.terms_statements import TermsStatement

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

_TABLES = (TermsReview, TermsStatement, TermsOverride, TermsOverrideDecision, TermsCopy)


def mark(connection: Connection, tenant: UUID) -> tuple[int, ...]:
    """The number of rows in each table. Rows are only ever added, so equal means unchanged."""
    counts = [
        select(func.count()).select_from(table).where(table.tenant_id == tenant).scalar_subquery()
        for table in _TABLES
    ]
    return tuple(connection.execute(select(*counts)).one())
