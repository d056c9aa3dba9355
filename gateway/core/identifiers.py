"""Identifiers that sort by time and say what they name.

An id in a log line or a header is read by people, so each carries a short
prefix. The body is a UUIDv7 (RFC 9562, section 5.7): rows written together lie
together in an index.
"""

from __future__ import annotations

import os
import time
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
PrincipalId = NewType("PrincipalId", UUID)


def uuid7() -> UUID:
    """A new time-ordered UUID (RFC 9562, section 5.7)."""
    return UUID(int=_number())


def exchange_id() -> str:
    """A new id for one exchange; also its decision id and receipt id (``ex_`` + 32 hex)."""
    return f"ex_{_number():032x}"


def _number() -> int:
    """The 128 bits of a new time-ordered UUID."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    return value & ~(0x3 << 62) | 0x2 << 62
