"""Bytes on their way through: files that came with a request, and answers that are no JSON."""

from __future__ import annotations

import re

from gateway.core.values import dataclass

MEDIA_TYPE = re.compile(
    r"(?![^\s;,]{0,150}[0-9](?:[.+-]?[0-9]){5})[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,127}"
)
"""A media type in lower case (RFC 6838), and no number of somebody's in its place. It is inspected
nowhere else, so whatever is none goes no further."""

UNKNOWN = "application/octet-stream"


def media_type(told: str) -> str:
    """The media type that a client or a provider has `told`; `UNKNOWN` where it is none."""
    return told if MEDIA_TYPE.fullmatch(told) else UNKNOWN


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
