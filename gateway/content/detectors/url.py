"""Web addresses that may lead to a person: with a path, a query or an account in them."""

from __future__ import annotations

from gateway.content.detectors.pattern import Caught, Pattern

_TRAILING = ".,;:!?)]}»\"'"
_TOPS = "com|org|net|edu|gov|info|biz|io|co|eu|uk|de|fr|es|nl|be|at|ch|it|us|ca|au|me|dev|app"


def check_url(candidate: str, _before: str) -> Caught:
    """An address without the punctuation of the sentence it stands in."""
    return Caught(len(candidate.rstrip(_TRAILING)), 0.9)


def check_bare(candidate: str, before: str) -> Caught | None:
    """A host by itself, not part of an address or of code."""
    if before[-1:] in ("@", "/", ".", "-", "_", ":", "\\", "=") or before[-1:].isalnum():
        return None
    return Caught(len(candidate.rstrip(_TRAILING)), 0.7)


PATTERNS = (
    Pattern("URL", "url.full", r"\b(?:https?|ftp)://[^\s<>\"'`]+", check_url, trigger=r"://"),
    Pattern(
        "URL",
        "url.bare",
        rf"\b(?:www\.[a-z0-9\-]{{2,63}}\.[a-z.]{{2,12}}|[a-z0-9\-]{{2,63}}(?:\.[a-z0-9\-]{{2,63}}){{0,2}}\.(?:{_TOPS}))(?:/[^\s<>\"'`]*)?\b",
        check_bare,
        trigger=rf"\bwww\.[a-z0-9]|[a-z0-9]\.(?:{_TOPS})\b",
    ),
)
