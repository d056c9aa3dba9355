"""E-mail addresses (RFC 5321's everyday part, letters of any script)."""

from __future__ import annotations

from gateway.content.detectors.pattern import Caught, Pattern

_LONGEST_LOCAL = 64
_LONGEST = 254


def check_address(candidate: str, _before: str) -> Caught | None:
    """An address within RFC 5321's lengths whose last label is letters."""
    candidate = candidate.rstrip("-")
    local, _, domain = candidate.rpartition("@")
    top = domain.rpartition(".")[2]
    if len(local) > _LONGEST_LOCAL or len(candidate) > _LONGEST or not top.isalpha():
        return None
    return Caught(len(candidate), 0.95)


PATTERNS = (
    Pattern(
        "EMAIL_ADDRESS",
        "email",
        # Without upper bounds: counted repetitions of Unicode classes leave RE2's fast path.
        r"[\p{L}\p{N}._%+'\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*\.[\p{L}\p{N}\-]{2,24}",
        check_address,
        trigger=r"@[^\s@]+\.",
    ),
)
