"""RIFF: the chunks of WebP (RFC 9649) and WAV, of which only picture and sound stay."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FRAME = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_SOUND = frozenset({b"fmt ", b"fact", b"data"})
_EXIF_AND_XMP = 0x0C


def webp(data: bytes, limits: AttachmentLimits) -> bytes:
    """The picture without what does not change it.

    Raises:
        Unreadable: it is broken, too large, or does not end where it should.
    """
    kept, pixels, shown = [], 0, False
    for name, body in _file(data, limits.blocks):
        if name not in _PICTURE:
            continue
        if name == b"VP8X":
            pixels += _extent(body, 4)
            kept.append((name, bytes([body[0] & ~_EXIF_AND_XMP]) + body[1:]))
        elif name == b"ANMF":
            pixels += _extent(body, 6)
            inner = [
                item for item in _chunks(body, 16, len(body), limits.blocks) if item[0] in _FRAME
            ]
            kept.append((name, body[:16] + _joined(inner)))
        else:
            pixels += _coded(name, body)
            kept.append((name, body))
        shown = shown or name in (b"VP8 ", b"VP8L", b"ANMF")
        if pixels > limits.pixels:
            raise Unreadable(Reason.TOO_LARGE)
    if not shown:
        raise Unreadable(Reason.MALFORMED)
    return _written(b"WEBP", kept)


def wav(data: bytes, limits: AttachmentLimits) -> bytes:
    """The sound without who recorded it, where, when and with what.

    Raises:
        Unreadable: it is broken, or does not end where it should.
    """
    kept = [item for item in _file(data, limits.blocks) if item[0] in _SOUND]
    if not {b"fmt ", b"data"} <= {name for name, _ in kept}:
        raise Unreadable(Reason.MALFORMED)
    return _written(b"WAVE", kept)


def _file(data: bytes, most: int) -> Iterator[tuple[bytes, bytes]]:
    if len(data) < 12:
        raise Unreadable(Reason.MALFORMED)
    (size,) = struct.unpack_from("<I", data, 4)
    end = size + 8
    if end > len(data):
        raise Unreadable(Reason.MALFORMED)
    if data[end + size % 2 :]:
        raise Unreadable(Reason.POLYGLOT)
    return _chunks(data, 12, end, most)


def _chunks(data: bytes, at: int, end: int, most: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(most):
        if at >= end:
            return
        if at + 8 > end:
            raise Unreadable(Reason.MALFORMED)
        name, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > end:
            raise Unreadable(Reason.MALFORMED)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise Unreadable(Reason.TOO_LARGE)


def _extent(body: bytes, at: int) -> int:
    """Width times height, each written as one less in three bytes."""
    if len(body) < at + 6:
        raise Unreadable(Reason.MALFORMED)
    width, height = body[at : at + 3], body[at + 3 : at + 6]
    return (int.from_bytes(width, "little") + 1) * (int.from_bytes(height, "little") + 1)


def _coded(name: bytes, body: bytes) -> int:
    """Width times height of a coded picture, by its own header (RFC 6386 section 9.1; RFC 9649)."""
    if name == b"VP8 " and len(body) >= 10:
        width, height = struct.unpack_from("<HH", body, 6)
        return int(width & 0x3FFF) * int(height & 0x3FFF)
    if name == b"VP8L" and len(body) >= 5:
        (bits,) = struct.unpack_from("<I", body, 1)
        return int((bits & 0x3FFF) + 1) * int((bits >> 14 & 0x3FFF) + 1)
    return 0


def _joined(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(
        name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
        for name, body in chunks
    )


def _written(form: bytes, chunks: list[tuple[bytes, bytes]]) -> bytes:
    body = form + _joined(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
