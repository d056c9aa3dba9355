"""Secrets that name their tenant: the form of gateway keys and of session ids.

``<prefix><tenant, 22><random, 32><checksum, 6>``, all in base 62. The tenant is
in the text because row-level security must be bound to one *before* anything
is looked up. The checksum (CRC-32 of all that stands before it, as in GitHub's
tokens) lets secret scanners recognise a leaked key without asking us, and lets
us refuse a mistyped one without asking the database. It protects nothing: the
190 random bits do.
"""

from __future__ import annotations

import re
import secrets
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from gateway.core.identifiers import TenantId
from gateway.identity import base62

if TYPE_CHECKING:
    from collections.abc import Callable

_TENANT, _RANDOM, _CHECKSUM = 22, 32, 6
_LETTERS = re.compile(rf"[0-9A-Za-z]{{{_TENANT + _RANDOM + _CHECKSUM}}}", re.ASCII)


class Malformed(Exception):
    """The text is no secret of this form: refused without a look-up."""


def mint(prefix: str, tenant: TenantId, below: Callable[[int], int] = secrets.randbelow) -> str:
    """A new secret of `tenant`. `below` draws a number under its argument, unpredictably."""
    body = base62.encode(tenant.int, _TENANT) + base62.encode(below(62**_RANDOM), _RANDOM)
    return prefix + body + _checksum(prefix + body)


def tenant_of(prefix: str, text: str) -> TenantId:
    """The tenant that `text` names. Whether the secret is good is not said by this.

    Raises:
        Malformed: wrong prefix, length, alphabet or checksum, or no tenant at all.
    """
    if not text.startswith(prefix) or not _LETTERS.fullmatch(text, len(prefix)):
        raise Malformed
    if base62.decode(text[-_CHECKSUM:]) != _sum(text[:-_CHECKSUM]):
        raise Malformed
    return _tenant(text[len(prefix) : len(prefix) + _TENANT])


@lru_cache(maxsize=1_024)
def _tenant(letters: str) -> TenantId:
    """The tenant's id, which is no secret: the same few come with every request."""
    number = base62.decode(letters)
    if number >> 128:
        raise Malformed
    return TenantId(UUID(int=number))


def _checksum(text: str) -> str:
    return base62.encode(_sum(text), _CHECKSUM)


def _sum(text: str) -> int:
    return zlib.crc32(text.encode("ascii"))
