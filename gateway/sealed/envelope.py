"""AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to where the ciphertext belongs.

The additional data names tenant, entry and field. A ciphertext that is moved to
another place does not open there.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from uuid import UUID

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Unsealable(Exception):
    """The ciphertext was changed, moved, or sealed under another key."""


def new_key() -> bytes:
    """A random key of 256 bits."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(key: bytes, content: bytes, place: bytes) -> bytes:
    """Nonce, ciphertext and tag of `content`, bound to `place`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """What was sealed.

    Raises:
        Unsealable: it was changed, belongs elsewhere, or the key is another.
    """
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise Unsealable
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
    except InvalidTag as error:
        raise Unsealable from error


def content_place(tenant: UUID, exchange_id: str, field: str) -> bytes:
    """Where a piece of content belongs."""
    return _place("content", str(tenant), exchange_id, field)


def person_place(tenant: UUID, principal: UUID) -> bytes:
    """Where a person's wrapped key belongs."""
    return _place("person-key", str(tenant), str(principal))


def tenant_place(tenant: UUID, version: int) -> bytes:
    """Where a tenant's wrapped key belongs."""
    return _place("tenant-key", str(tenant), str(version))


def _place(*parts: str) -> bytes:
    # Each part with its length, so that no two places are the same bytes.
    return b"proviso/v1/" + b"".join(f"{len(part)}:{part}/".encode() for part in parts)
