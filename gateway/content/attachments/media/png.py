"""PNG (W3C, third edition): chunks, of which only those that change the picture stay."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from zlib import compress, crc32

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable
from gateway.content.attachments.media import icc

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ANY = 1 << 31
_KEPT = {
    b"IHDR": 13, b"PLTE": 768, b"IDAT": _ANY, b"IEND": 0, b"tRNS": 256, b"cHRM": 32, b"gAMA": 4,
    b"iCCP": _ANY, b"sBIT": 4, b"sRGB": 1, b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"bKGD": 6,
    b"pHYs": 9, b"acTL": 8, b"fcTL": 26, b"fdAT": _ANY,
}  # fmt: skip
"""Everything else, text, time, EXIF and chunks nobody knows, goes; so does what is longer than
these, in bytes."""


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
        if name == b"iCCP":
            kept.append(_colours(chunk))
        elif len(chunk) - 12 <= _KEPT.get(name, -1):
            kept.append(chunk)
        elif name[0:1].isupper():
            raise Unreadable(Reason.MALFORMED)  # a critical chunk that is not in the standard
    if last != b"IEND":
        raise Unreadable(Reason.MALFORMED)
    return b"".join(kept)


def _colours(chunk: bytes) -> bytes:
    """A chunk with the numbers of the colour profile in the one given; empty if there are none."""
    _name, _, packed = chunk[8:-4].partition(b"\x00")
    profile = icc.cleaned(icc.unpacked(packed[1:]))
    if not profile:
        return b""
    body = b"iCCPicc\x00\x00" + compress(profile)
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", crc32(body))


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
