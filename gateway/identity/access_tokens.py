"""Access tokens of a tenant's identity provider, verified offline (RFC 7519, 8725, 9068).

What makes a token acceptable, in order: one issuer we know; an asymmetric
algorithm on that issuer's list; a key of that issuer for exactly that algorithm;
the signature; our audience; the times; and that it is an access token at all.

On that last point: an ID token is signed by the same keys, but it tells a client
who signed in and is not meant to open an API. ``typ: at+jwt`` (RFC 9068) settles
it. Many providers still say ``JWT``: then a token is refused if it carries a
claim that only ID tokens have (``nonce``, ``at_hash``, ``c_hash``) or calls
itself one. Every ID token made for our own sign-in carries our nonce, so none
of those passes, even where ``audience`` was left at the client id.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from gateway.core.values import dataclass
from gateway.errors import ConfigurationError, Unauthenticated
from gateway.identity.claims import identity_in
from gateway.identity.trust import registry_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.clock import Clock
    from gateway.identity.issuer import Snapshot
    from gateway.identity.people import VerifiedIdentity
    from gateway.identity.trust import TrustedIssuer

LEEWAY_SECONDS = 30
_MOST_CHARACTERS = 16_384
_REMEMBERED = 4_096
_REMEMBERED_SECONDS = 3_600
_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_SURELY_ACCESS = frozenset({"at+jwt", "application/at+jwt"})
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that verified, and until when that may be remembered."""

    identity: VerifiedIdentity
    token_id: str
    """Its own ``jti``, or the start of its digest: an id for logs, useless as a credential."""

    good_until: float
    """How long it may be remembered, in seconds since the epoch."""

    snapshot: Snapshot
    """The keys it verified with; when they are fetched anew, it is verified anew."""


class TokenVerifier:
    """Verifies access tokens of every configured issuer. Safe to use from many threads."""

    def __init__(self, trusted: Mapping[str, TrustedIssuer], clock: Clock) -> None:
        """Trust the issuers of `trusted` (by tenant slug).

        Raises:
            ConfigurationError: two tenants share an issuer and an audience, so that a token
                could not tell them apart.
        """
        self._clock = clock
        self._form = registry_for(())
        self._by_issuer: dict[str, list[TrustedIssuer]] = {}
        self._remembered: dict[bytes, VerifiedToken] = {}
        for item in trusted.values():
            self._trust(item)

    def verify(self, token: str) -> VerifiedToken:
        """What `token` proves.

        A token that verified is remembered by its digest until it expires or the issuer's keys
        are fetched again; the caller still looks up whether the person is active.

        Raises:
            Unauthenticated: it proves nothing.
            IdentityUnavailable: its issuer's keys cannot be had.
        """
        if len(token) > _MOST_CHARACTERS or not token.isascii():
            raise Unauthenticated(reason="token.malformed")
        digest = hashlib.sha256(token.encode("ascii")).digest()
        known = self._remembered.get(digest)
        if known is not None and self._still_good(known):
            return known
        verified = self._verify(token, digest)
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[digest] = verified
        return verified

    def _trust(self, item: TrustedIssuer) -> None:
        neighbours = self._by_issuer.setdefault(item.settings.issuer, [])
        if any(other.audience == item.audience for other in neighbours):
            raise ConfigurationError(
                f"sign_in.{item.slug}: another tenant has the same issuer and audience. "
                "Give each its own audience."
            )
        neighbours.append(item)

    def _still_good(self, known: VerifiedToken) -> bool:
        trusted = self._by_issuer[known.identity.issuer][0]
        return (
            trusted.issuer.snapshot() is known.snapshot
            and self._clock.now().timestamp() < known.good_until
        )

    def _verify(self, token: str, digest: bytes) -> VerifiedToken:
        signed, claims = _opened(token, self._form)
        trusted = self._addressed(claims)
        header = signed.headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or not isinstance(kid, (str, type(None))):
            raise Unauthenticated(reason="token.malformed")
        if algorithm not in trusted.algorithms:
            raise Unauthenticated(reason="token.algorithm")
        key, snapshot = trusted.issuer.key(kid, algorithm)
        if key is None:
            raise Unauthenticated(reason="token.key")
        try:
            good = jws.validate_compact(signed, key, registry=trusted.registry)
        except (JoseError, ValueError):
            good = False
        if not good:
            raise Unauthenticated(reason="token.signature")
        self._check_claims(claims, trusted)
        _check_is_access_token(header, claims)
        now = self._clock.now().timestamp()
        return VerifiedToken(
            identity=identity_in(claims, trusted.slug, trusted.settings, trusted.roles),
            token_id=str(claims.get("jti") or digest.hex()[:16])[:64],
            good_until=min(claims["exp"] + LEEWAY_SECONDS, now + _REMEMBERED_SECONDS),
            snapshot=snapshot,
        )

    def _addressed(self, claims: dict[str, Any]) -> TrustedIssuer:
        """The one tenant this token is for, by issuer and audience. Nothing is verified yet."""
        issuer, audience = claims.get("iss"), claims.get("aud")
        candidates = self._by_issuer.get(issuer) if isinstance(issuer, str) else None
        if not candidates:
            raise Unauthenticated(reason="token.issuer")
        named = audience if isinstance(audience, list) else [audience]
        found = [item for item in candidates if item.audience in named]
        # A token for two tenants at once would let its holder choose (promise P4).
        if len(found) != 1:
            raise Unauthenticated(reason="token.audience")
        return found[0]

    def _check_claims(self, claims: dict[str, Any], trusted: TrustedIssuer) -> None:
        registry = JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": trusted.settings.issuer},
            aud={"essential": True, "value": trusted.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError:
            raise Unauthenticated(reason="token.expired") from None
        except ClaimError:
            raise Unauthenticated(reason="token.claims") from None
        client = claims.get("client_id", claims.get("azp"))
        if client is not None and claims["sub"] == client:
            # Client credentials: a program, not a person (RFC 9068, section 2.2). Programs
            # have gateway keys; a person is not made up for one.
            raise Unauthenticated(reason="token.workload")


def _opened(token: str, form: jws.JWSRegistry) -> tuple[jws.CompactSignature, dict[str, Any]]:
    """The parts of a token, unverified."""
    if token.count(".") != 2:
        raise Unauthenticated(reason="token.malformed")
    try:
        signed = jws.extract_compact(token.encode("ascii"), registry=form)
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        # Without the cause: a parser's message may quote the token.
        raise Unauthenticated(reason="token.malformed") from None
    if not isinstance(claims, dict) or not isinstance(signed.headers(), dict):
        raise Unauthenticated(reason="token.malformed")
    return signed, claims


def _check_is_access_token(header: dict[str, Any], claims: dict[str, Any]) -> None:
    kind = header.get("typ", "")
    kind = kind.lower() if isinstance(kind, str) else "?"
    if kind in _SURELY_ACCESS:
        return
    calls_itself = {str(claims.get("typ", "")).lower(), str(claims.get("token_use", "")).lower()}
    if kind not in _TYPES or _ID_TOKEN_CLAIMS & claims.keys() or "events" in claims:
        raise Unauthenticated(reason="token.type")
    if calls_itself & {"id", "refresh", "logout"}:
        raise Unauthenticated(reason="token.type")
