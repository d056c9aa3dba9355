"""Who is asking: the verified identity behind one request (promise P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.values import StrEnum, dataclass

if TYPE_CHECKING:
    from gateway.core.identifiers import PrincipalId, TenantId


class PrincipalKind(StrEnum):
    """A human being, or a program acting under its own name."""

    PERSON = "person"
    WORKLOAD = "workload"


class CredentialKind(StrEnum):
    """How the identity was proved."""

    GATEWAY_KEY = "gateway_key"
    ACCESS_TOKEN = "access_token"
    SESSION = "session"


class Role(StrEnum):
    """What a principal does in its tenant. `PLATFORM_OPERATOR` alone stands above tenants."""

    EMPLOYEE = "employee"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    POLICY_AUTHOR = "policy_author"
    POLICY_APPROVER = "policy_approver"
    TENANT_ADMIN = "tenant_admin"
    PLATFORM_OPERATOR = "platform_operator"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation: the outermost boundary of data, keys, policy and log."""

    id: TenantId
    slug: str
    """The short name people type; lower-case letters, digits and hyphens."""

    name: str
    demo: bool = False
    """Whether synthetic provider terms are accepted. True only for the demo tenant."""

    language: str = "en"
    """The language of reasons when the caller asks for none we have."""

    erasures: int = 0
    """How many of its people were erased. Read with every request, so that what a process has kept
    in memory from before the last one is used no more."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated person or workload. Made by `identity` only, from a verified credential."""

    tenant: Tenant
    id: PrincipalId
    kind: PrincipalKind
    roles: frozenset[Role]
    credential: CredentialKind
    credential_id: str
    """Which key or session: an id, never the secret itself."""

    pseudonym: str
    """The keyed name the decision log uses for this principal (``p_`` + base64url)."""

    email: str | None = None
    display_name: str = ""
    groups: frozenset[str] = frozenset()
    recalled: int = 0
    """How many seconds ago the database said all this, where it cannot be asked now; 0: it was."""
