"""Reading what a verified token says of a person. Nothing here verifies anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import Unauthenticated
from gateway.identity.people import VerifiedIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.identity.people import RoleMap
    from gateway.sections import SignInSettings

_LONGEST = 255
_MOST_GROUPS = 2_000


def identity_in(
    claims: Mapping[str, Any], slug: str, settings: SignInSettings, roles: RoleMap
) -> VerifiedIdentity:
    """The person in verified `claims`.

    Raises:
        Unauthenticated: they name nobody, or more groups than anybody has.
    """
    subject = claims.get("sub")
    # OpenID Connect Core 2: at most 255 characters.
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
        raise Unauthenticated(reason="token.subject")
    groups = _groups(claims.get(settings.groups_claim))
    return VerifiedIdentity(
        tenant=slug,
        issuer=settings.issuer,
        subject=subject,
        email=_email(claims, trusted=settings.trust_email),
        name=_text(claims.get("name")) or _text(claims.get("preferred_username")),
        groups=groups,
        roles=roles.given(groups),
    )


def _groups(value: Any) -> frozenset[str] | None:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return None
    if len(value) > _MOST_GROUPS:
        raise Unauthenticated(reason="token.groups")
    return frozenset(item for item in value if isinstance(item, str))


def _email(claims: Mapping[str, Any], *, trusted: bool) -> str | None:
    """The address, if it may be relied on: an unverified one is whatever somebody typed."""
    email = _text(claims.get("email")).lower()
    # Some providers send the claim as text; only a plain yes counts.
    verified = claims.get("email_verified") in (True, "true")
    return email if "@" in email and (verified or trusted) else None


def _text(value: Any) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""
