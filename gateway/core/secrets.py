"""One root secret, and the keys derived from it: one for each purpose and tenant.

Derivation is HKDF-SHA-256 (RFC 5869). A key for one purpose says nothing about
another's, and no tenant's key says anything about another tenant's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.identifiers import PrincipalId, TenantId

ROOT_BYTES = 32
_SALT = b"proviso/v1"


def hkdf(root: bytes, info: bytes, length: int = 32) -> bytes:
    """HKDF-SHA-256 (RFC 5869), extract and expand; `length` in bytes, at most 32."""
    key = hmac.digest(_SALT, root, hashlib.sha256)
    return hmac.digest(key, info + b"\x01", hashlib.sha256)[:length]


class Keyed:
    """HMAC-SHA-256 under one key (RFC 2104), begun once and not with each message."""

    __slots__ = ("_begun",)

    def __init__(self, key: bytes) -> None:
        """`key` is of any length."""
        self._begun = hmac.new(key, digestmod=hashlib.sha256)

    def digest(self, message: bytes) -> bytes:
        """The digest of `message`: 32 bytes."""
        running = self._begun.copy()
        running.update(message)
        return running.digest()


class RootSecret:
    """The installation's root secret. Never printed, never stored in the database."""

    def __init__(self, root: bytes) -> None:
        """`root` is 32 random bytes.

        Raises:
            ValueError: it is shorter.
        """
        if len(root) < ROOT_BYTES:
            raise ValueError("the root secret must be at least 32 bytes")
        self._root = root
        self._key = lru_cache(maxsize=4096)(self._derive)
        self._keyed = lru_cache(maxsize=4096)(self._begun)

    def __repr__(self) -> str:
        return "RootSecret(…)"

    def _derive(self, purpose: str, tenant: TenantId | None = None) -> bytes:
        return hkdf(self._root, f"{purpose}/{tenant or '-'}".encode())

    def _begun(self, purpose: str, tenant: TenantId) -> Keyed:
        return Keyed(self._derive(purpose, tenant))

    def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
        """The name the decision log uses for a principal (``p_`` + 22 characters)."""
        digest = self._keyed("pseudonym", tenant).digest(principal.bytes)
        return "p_" + base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def provider_pseudonym(self, tenant: TenantId, provider: str, value: str) -> str:
        """What one provider is told instead of an end user's name (``p_`` + 22 characters).

        Another tenant's, or another provider's, is another one: their logs cannot be joined.
        """
        keyed = self._keyed(f"end-user/{provider}", tenant)
        digest = keyed.digest(value.encode("utf-8", "surrogatepass"))
        return "p_" + base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def conversation_key(self, tenant: TenantId, principal: PrincipalId, opening: str) -> bytes:
        """What draws the surrogates of one conversation: 32 bytes.

        `opening` is its first text. Another person's, or another tenant's, is another one.
        """
        said = principal.bytes + opening.encode("utf-8", "surrogatepass")
        return self._keyed("surrogates", tenant).digest(said)

    def group_pseudonym(self, tenant: TenantId, value: str) -> str:
        """The name the decision log has for a session that a client names (``g_`` + 22 characters).

        It groups entries and says nothing of who was there.
        """
        digest = self._keyed("group", tenant).digest(value.encode("utf-8", "surrogatepass"))
        return "g_" + base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def credential_digest(self, tenant: TenantId, credential: str) -> bytes:
        """What is stored of a gateway key or session id: 32 bytes, useless without this secret."""
        said = credential.encode("utf-8", "surrogatepass")
        return self._keyed("credential", tenant).digest(said)

    def content(self, tenant: TenantId) -> Keyed:
        """What digests content: keyed, because short texts can be guessed."""
        return self._keyed("content", tenant)

    def checkpoint_seed(self, tenant: TenantId, generation: int = 0) -> bytes:
        """The seed of the tenant's Ed25519 checkpoint key (RFC 8032), 32 bytes.

        Each change of key is one `generation` more.
        """
        return self._key(f"checkpoint/{generation}" if generation else "checkpoint", tenant)

    def head_code(self, tenant: TenantId, size: int, subtrees: bytes) -> bytes:
        """What shows that the state of a tenant's log was written by a gateway: 32 bytes."""
        message = size.to_bytes(8, "big") + subtrees
        return self._keyed("log-head", tenant).digest(message)

    def likeness_key(self, tenant: TenantId) -> bytes:
        """The key under which a tenant's outputs are found again by what they are like."""
        return self._key("likeness", tenant)

    def marking_seed(self, tenant: TenantId, holder: str) -> bytes:
        """The seed of one of the tenant's Ed25519 keys that mark media (RFC 8032), 32 bytes.

        `holder` is ``root`` or the year of a signing certificate.
        """
        return self._key(f"marking/{holder}", tenant)

    def cookie_key(self) -> bytes:
        """The key of signed cookies that only carry sign-in state."""
        return self._key("cookie")
