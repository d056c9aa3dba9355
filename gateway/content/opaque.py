"""Strings that only their maker reads: signatures and sealed thoughts of a model.

They come back to the provider in later turns and hold only as they stand. What stands in such a
place is taken for opaque only when it looks it; anything else is read like every other string, so
that nothing is carried past the detectors under one of these names by mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gateway.content.normalise import blobs

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLDERS: Mapping[str, frozenset[str | None]] = {
    "data": frozenset({"redacted_thinking"}),
    "encrypted_content": frozenset({"compaction", "reasoning", "web_search_result"}),
    "encrypted_index": frozenset({"web_search_result_location"}),
    "signature": frozenset({"signature_delta", "thinking"}),
    "thoughtSignature": frozenset({None}),
    "thought_signature": frozenset({None}),
}
"""Keys under which APIs keep them, and the types of objects that have them."""

_SHORTEST = 48
_SEALED = re.compile(r"[A-Za-z0-9+/]+={0,2}|gAAAA[A-Za-z0-9_-]+={0,2}")
"""Base64, or a Fernet token: no key of a provider is written so, with its dashes and dots."""

_NUMBERS = frozenset({float, int})
LONG = 10_000_000
"""Numbers from which on one may be that of a card, an account or a person."""


def is_opaque(node: dict[str, Any], key: str, text: str) -> bool:
    """Whether the string `text` under `key` of `node` can only be read by whoever made it."""
    if len(text) < _SHORTEST or key not in HOLDERS:
        return False
    kind = node.get("type")
    known = kind if isinstance(kind, str) else None
    if known not in HOLDERS[key] or _SEALED.fullmatch(text) is None:
        return False
    # What is sealed or signed says nothing in any language; this says something.
    return next(blobs(text), None) is None


def is_bytes(value: Any) -> bool:
    """Whether what an API says is bytes or a vector is that: a long string of Base64, or numbers.

    A short string is none: a card's number is made of the letters of Base64 as well. No vector has
    a number as long as that.
    """
    if isinstance(value, str):
        return len(value) >= _SHORTEST and _SEALED.fullmatch(value) is not None
    if not isinstance(value, list) or not _NUMBERS.issuperset(map(type, value)):
        return False
    return not value or (min(value) > -LONG and max(value) < LONG)
