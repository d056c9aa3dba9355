"""Bytes on their way through: files that came with a request, and answers that are no JSON."""

from __future__ import annotations

from gateway.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form (RFC 7578)."""

    name: str
    content_type: str
    """What the form says it is; not relied on."""

    data: bytes

    def __repr__(self) -> str:
        return f"Upload({len(self.data)} bytes)"


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON: sound, pictures, films, subtitles."""

    content_type: str
    data: bytes

    def __repr__(self) -> str:
        return f"Raw({self.content_type!r}, {len(self.data)} bytes)"


RAW = "raw"
"""Where a `Raw` stands in the body of an answer: alone."""
