"""What each role may do, and which credential may be used to do it.

Every route declares one permission, or `PUBLIC`; a test walks all routes. Two
tables decide: what a role includes, and what a credential may carry. A
permission missing from the second table needs a signed-in session, so the
default is the narrow one: a leaked key reads no decisions.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.core.principal import CredentialKind, Role
from gateway.core.values import StrEnum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.principal import Principal


class Permission(StrEnum):
    """The right to do one thing, as ``<scope>:<resource>:<action>``, in alphabetical order.

    ``self`` reaches what belongs to the principal, ``tenant`` what belongs to its tenant,
    ``platform`` what stands above tenants.
    """

    PLATFORM_METRICS_READ = "platform:metrics:read"
    SELF_ACKNOWLEDGEMENT_CREATE = "self:acknowledgement:create"
    SELF_APPROVAL_READ = "self:approval:read"
    SELF_CONFIRMATION_CREATE = "self:confirmation:create"
    SELF_DATA_READ = "self:data:read"
    SELF_PROFILE_READ = "self:profile:read"
    SELF_RECEIPT_READ = "self:receipt:read"
    SELF_RIGHTS_READ = "self:rights:read"
    TENANT_APPROVALS_CREATE = "tenant:approvals:create"
    TENANT_CHAT_CREATE = "tenant:chat:create"
    TENANT_DECISIONS_READ = "tenant:decisions:read"
    TENANT_KEYS_CREATE = "tenant:keys:create"
    TENANT_KEYS_READ = "tenant:keys:read"
    TENANT_KEYS_REVOKE = "tenant:keys:revoke"
    TENANT_LOG_READ = "tenant:log:read"
    TENANT_LOG_VERIFY = "tenant:log:verify"
    TENANT_MODELS_READ = "tenant:models:read"
    TENANT_POLICY_READ = "tenant:policy:read"
    TENANT_RETENTION_READ = "tenant:retention:read"
    TENANT_RIGHTS_READ = "tenant:rights:read"
    TENANT_TERMS_READ = "tenant:terms:read"
    TENANT_TERMS_REVIEW = "tenant:terms:review"
    TENANT_UNMASKINGS_APPROVE = "tenant:unmaskings:approve"
    TENANT_UNMASKINGS_CREATE = "tenant:unmaskings:create"
    TENANT_UNMASKINGS_READ = "tenant:unmaskings:read"


class Public(Enum):
    """The one declaration that asks for no identity."""

    PUBLIC = "public"


PUBLIC: Final = Public.PUBLIC
"""Declared by health checks, the sign-in pages and static files; by nothing that shows data."""

_P = Permission
_SELF = frozenset(
    {
        _P.SELF_ACKNOWLEDGEMENT_CREATE,
        _P.SELF_APPROVAL_READ,
        _P.SELF_CONFIRMATION_CREATE,
        _P.SELF_DATA_READ,
        _P.SELF_PROFILE_READ,
        _P.SELF_RECEIPT_READ,
        _P.SELF_RIGHTS_READ,
    }
)
_GENERATION = frozenset({_P.TENANT_CHAT_CREATE, _P.TENANT_MODELS_READ})
_EVIDENCE = frozenset(
    {
        _P.TENANT_DECISIONS_READ,
        _P.TENANT_LOG_READ,
        _P.TENANT_LOG_VERIFY,
        _P.TENANT_RIGHTS_READ,
    }
)
_KEEPING = frozenset({_P.TENANT_RETENTION_READ, _P.TENANT_UNMASKINGS_READ})
# Who asks and who agrees are never the same person; policy sees to that (rule AN-05).
_LIFTING = frozenset({_P.TENANT_UNMASKINGS_APPROVE, _P.TENANT_UNMASKINGS_CREATE})
_RULES = frozenset({_P.TENANT_POLICY_READ, _P.TENANT_TERMS_READ})
# Not for who reads decisions: the list says which person holds a key, decisions do not.
_KEYS = frozenset({_P.TENANT_KEYS_CREATE, _P.TENANT_KEYS_READ, _P.TENANT_KEYS_REVOKE})
_SECOND_PERSON = frozenset({_P.TENANT_APPROVALS_CREATE})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.EMPLOYEE: _SELF | _GENERATION,
        Role.AUDITOR: _SELF | _EVIDENCE | _RULES | _KEEPING,
        Role.PRIVACY_OFFICER: _SELF
        | _EVIDENCE
        | _RULES
        | _KEEPING
        | _LIFTING
        | _SECOND_PERSON
        | {_P.TENANT_TERMS_REVIEW},
        Role.POLICY_AUTHOR: _SELF | _RULES,
        Role.POLICY_APPROVER: _SELF | _RULES | _SECOND_PERSON,
        # Runs the tenant's accounts; reading what colleagues asked is not part of that.
        Role.TENANT_ADMIN: (
            _SELF | _RULES | _SECOND_PERSON | _KEEPING | _LIFTING | _KEYS | {_P.TENANT_LOG_VERIFY}
        ),
        # Stands above tenants, and so sees nothing that belongs to one.
        Role.PLATFORM_OPERATOR: frozenset({_P.PLATFORM_METRICS_READ}),
    }
)
"""What each role includes. Roles add up: a privacy officer is an employee as well."""

_PROGRAMS = frozenset({CredentialKind.GATEWAY_KEY, CredentialKind.ACCESS_TOKEN})
_FRESH = frozenset({CredentialKind.ACCESS_TOKEN})

BEYOND_SESSION: Mapping[Permission, frozenset[CredentialKind]] = MappingProxyType(
    {
        # Accepting the code of use is the first thing a person with only a key has to do.
        Permission.SELF_ACKNOWLEDGEMENT_CREATE: _PROGRAMS,
        # Answering what a rule asks is part of using the API: the next call may then pass.
        Permission.SELF_APPROVAL_READ: _PROGRAMS,
        Permission.SELF_CONFIRMATION_CREATE: _PROGRAMS,
        # What one has made is one's own to look up; a program may keep the record with it.
        Permission.SELF_RIGHTS_READ: _PROGRAMS,
        # A second person's word takes a fresh sign-in: a token, never a key that may have leaked.
        Permission.TENANT_APPROVALS_CREATE: _FRESH,
        Permission.TENANT_CHAT_CREATE: _PROGRAMS,
        # A key that leaked must not make another; programs that run accounts sign in.
        **dict.fromkeys(_KEYS, _FRESH),
        Permission.TENANT_MODELS_READ: _PROGRAMS,
        Permission.TENANT_TERMS_READ: _FRESH,
        Permission.TENANT_TERMS_REVIEW: _FRESH,
    }
)
"""Credentials besides a session that may carry a permission; absent means session only."""


def granted(principal: Principal) -> frozenset[Permission]:
    """What this principal may do with the credential it came with."""
    return _granted(principal.roles, principal.credential)


_WORDS = {
    CredentialKind.GATEWAY_KEY: "a gateway key",
    CredentialKind.ACCESS_TOKEN: "an access token",
    CredentialKind.SESSION: "a sign-in at the pages",
}


def lacking(principal: Principal, permission: Permission) -> str:
    """What a principal needs for `permission`, in words: another credential, or another role."""
    roles = sorted(role for role, held in ROLE_PERMISSIONS.items() if permission in held)
    if not principal.roles.isdisjoint(roles):
        kinds = {CredentialKind.SESSION, *BEYOND_SESSION.get(permission, ())}
        needed = " or ".join(words for kind, words in _WORDS.items() if kind in kinds)
        return f"{permission} takes {needed}, not {_WORDS[principal.credential]}."
    return f"{permission} comes with these roles: {', '.join(roles).replace('_', ' ')}."


@cache
def _granted(roles: frozenset[Role], credential: CredentialKind) -> frozenset[Permission]:
    held = frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
    if credential is CredentialKind.SESSION:
        return held
    return frozenset(item for item in held if credential in BEYOND_SESSION.get(item, ()))
