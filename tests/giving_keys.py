"""Keys given out without a record: the product does it at `gateway.identity.key_desk` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import uuid7

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.identity.keys import KeyRing, NewKey


def key_for_person(
    keys: KeyRing, tenant: TenantId, email: str, *, label: str = "", created_by: str
) -> NewKey:
    """A key for the person of that address."""
    holder = keys.holder_for_person(tenant, email)
    return keys.create(tenant, holder, uuid7(), label=label, created_by=created_by)


def key_for_workload(
    keys: KeyRing, tenant: TenantId, name: str, *, label: str = "", created_by: str
) -> NewKey:
    """A key for the service account of that name."""
    holder = keys.holder_for_workload(tenant, name)
    return keys.create(tenant, holder, uuid7(), label=label, created_by=created_by)
