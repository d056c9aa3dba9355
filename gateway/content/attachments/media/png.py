"""PNG (W3C, third edition): chunks, of which only those that change the picture stay."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from zlib import crc32

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
        b"cICP", b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
"""Everything else, text, time, EXIF and chunks nobody knows, goes."""


def cleaned(data: bytes, limits: AttachmentLimits) -> bytes:
    """The picture without what does not change it.

    Raises:
        Unreadable: it is broken, too large, or does not end where it should.
    """
    kept, frames, size, last = [_SIGNATURE], 1, 0, b""
    for name, chunk in _chunks(data, limits.blocks):
        if (last == b"") != (name == b"IHDR"):
            raise Unreadable(Reason.MALFORMED)
        last = name
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", chunk, 8)
            size = width * height
        elif name == b"acTL" and len(chunk) >= 16:
            (frames,) = struct.unpack_from(">I", chunk, 8)
        if size * max(frames, 1) > limits.pixels:
            raise Unreadable(Reason.TOO_LARGE)
        if name in _KEPT:
            kept.append(chunk)
        elif name[0:1].isupper():
            raise Unreadable(Reason.MALFORMED)  # a critical chunk that is not in the standard
    if last != b"IEND":
        raise Unreadable(Reason.MALFORMED)
    return b"".join(kept)


def _chunks(data: bytes, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and bytes of each chunk, whose check sums hold."""
    at, name, count = len(_SIGNATURE), b"", 0
    while at < len(data):
        count += 1
        if count > most:
            raise Unreadable(Reason.TOO_LARGE)
        if name == b"IEND":
            raise Unreadable(Reason.POLYGLOT)
        if at + 12 > len(data):
            raise Unreadable(Reason.MALFORMED)
        (length,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data) or (name == b"IHDR" and length != 13):
            raise Unreadable(Reason.MALFORMED)
        if crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise Unreadable(Reason.MALFORMED)
        yield name, data[at:end]
        at = end
