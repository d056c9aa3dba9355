"""Every row of a tenant that is about one person, whatever table it stands in.

Tables are found by their columns, so that a table added later is not forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, String, Uuid, or_, select

from gateway.db.base import Base, TenantRow
from gateway.db.decision_log import LogEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

_APART = {LogEntry.__tablename__}
"""Read entry by entry, because they say more than their columns do."""


def about(
    session: Session, principal: UUID, pseudonym: str, email: str | None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Table by table, the rows that name the person by id, pseudonym or address.

    Bytes stay out: they are digests of credentials, keys and ciphertext.
    """
    for mapper in sorted(Base.registry.mappers, key=lambda item: str(item.local_table)):
        table = mapper.class_
        if not issubclass(table, TenantRow) or table.__tablename__ in _APART:
            continue
        conditions = []
        for column in mapper.columns:
            if isinstance(column.type, Uuid) and column.name != "tenant_id":
                conditions.append(column == principal)
            elif isinstance(column.type, String):
                known = [value for value in (pseudonym, email) if value]
                conditions.append(column.in_(known))
        if not conditions:
            continue
        rows = [
            {
                column.name: getattr(row, mapper.get_property_by_column(column).key)
                for column in mapper.columns
                if not isinstance(column.type, LargeBinary) and column.name != "tenant_id"
            }
            for row in session.scalars(select(table).where(or_(*conditions)))
        ]
        if rows:
            yield table.__tablename__, rows
