"""What a tenant, or a group in it, has tuned: values of declared parameters, as data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Table, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import TenantRow

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Row
    from sqlalchemy.orm import Session


class ParameterValue(TenantRow):
    """One value at one level."""

    __tablename__ = "parameter_value"

    group: Mapped[str] = mapped_column("group_name", primary_key=True)
    """The group it is for; empty means the whole tenant."""

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    exempt: Mapped[bool]
    """Whether the group was exempted: its value may be looser than the tenant's."""

    set_at: Mapped[datetime]
    set_by: Mapped[str]


_VALUE: Table = ParameterValue.__table__  # type: ignore[assignment]
_FOR_GROUPS = select(_VALUE).where(
    _VALUE.c.tenant_id == bindparam("tenant"),
    _VALUE.c.group_name.in_(bindparam("groups", expanding=True)),
)


def for_groups(connection: Connection, tenant: UUID, groups: frozenset[str]) -> list[Row[Any]]:
    """The tenant's own values and those of `groups`."""
    wanted = {"tenant": tenant, "groups": ["", *groups]}
    return list(connection.execute(_FOR_GROUPS, wanted))


def every(session: Session) -> list[ParameterValue]:
    """All values of the tenant, its own first, then group by group."""
    query = select(ParameterValue).order_by(ParameterValue.group, ParameterValue.name)
    return list(session.scalars(query))


def find(session: Session, group: str, name: str) -> ParameterValue | None:
    """The value of `name` at that level."""
    return session.scalar(
        select(ParameterValue).where(ParameterValue.group == group, ParameterValue.name == name)
    )
