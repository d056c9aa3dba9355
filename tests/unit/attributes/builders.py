"""An organisation with people in it, in a database, for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role
from gateway.db.principals import PrincipalRecord
from gateway.db.purposes import PurposeRecord
from gateway.db.tenants import TenantRecord

if TYPE_CHECKING:
    from gateway.core.principal import Tenant
    from gateway.db.base import Base
    from gateway.db.session import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is told otherwise."""

    def __init__(self) -> None:
        self.ticks = 100.0

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return self.ticks


def a_tenant(database: Database, slug: str = "acme", *, demo: bool = False) -> Tenant:
    """A new organisation whose code of use is at version 2."""
    record = TenantRecord(
        id=uuid7(), slug=slug, name=slug, demo=demo, language="en", code_version=2,
        created_at=NOON,
    )  # fmt: skip
    with database.directory_session(write=True) as session:
        session.add(record)
        session.flush()
        return record.value()


def a_person(
    database: Database,
    slug: str = "acme",
    *,
    tenant: Tenant | None = None,
    name: str = "ada",
    groups: tuple[str, ...] = (),
    roles: tuple[Role, ...] = (Role.EMPLOYEE,),
    kind: PrincipalKind = PrincipalKind.PERSON,
    since: datetime = NOON,
) -> Principal:
    """A person with a row, of a new organisation unless one is given."""
    where = tenant or a_tenant(database, slug)
    who = Principal(
        tenant=where,
        id=PrincipalId(uuid7()),
        kind=kind,
        roles=frozenset(roles),
        credential=CredentialKind.SESSION,
        credential_id="k1",
        pseudonym=f"p_{name}",
        groups=frozenset(groups),
    )
    save(
        database,
        PrincipalRecord(
            tenant_id=where.id, id=who.id, kind=kind.value, issuer=None, subject=None,
            email=f"{name}@{where.slug}.example", display_name=name,
            roles=[role.value for role in roles], groups=list(groups), active=True,
            created_at=since,
        ),
    )  # fmt: skip
    return who


def a_purpose(database: Database, tenant: Tenant, code: str, **changes: Any) -> None:
    """A purpose in the register; what is not said is harmless."""
    values: dict[str, Any] = {
        "title": code, "legal_basis": "contract", "balancing_note": "", "art9_condition": "",
        "publication": "none", "audience": "staff", "domain": "", "decides_about_person": False,
        "reviewer_id": None, "editor_id": None, "commercial": True, "trains_model": False,
        "training_exception": "", "human_statement": "", "safety_or_medical": False,
        "use_case_id": "", "overseers": [], "workers_informed_on": None, "assessment_id": "",
        "likeness_consent": "",
        "groups": [], "state": "active", "changed_at": NOON, "changed_by": "test", **changes,
    }  # fmt: skip
    save(database, PurposeRecord(tenant_id=tenant.id, code=code, **values))


def save(database: Database, *rows: Base) -> None:
    """Add rows of one tenant."""
    tenant = TenantId(rows[0].tenant_id)  # type: ignore[attr-defined]
    with database.tenant_session(tenant, write=True) as session:
        session.add_all(rows)
