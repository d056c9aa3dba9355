"""RIFF: the chunks of WebP (RFC 9649) and WAV, of which only picture and sound stay."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable
from gateway.content.attachments.media import icc

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FRAME = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_SOUND = {b"fmt ": 40, b"fact": 4, b"data": 1 << 32}
"""Chunks of sound, and how many bytes one may have."""

_PLAIN, _PLAIN_BYTES = b"\x01\x00", 16
"""Sound as plain numbers, and how long it is to say so."""
_EXIF_AND_XMP, _PROFILE = 0x0C, 0x20


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
            kept.append((name, bytes([body[0] & ~_EXIF_AND_XMP]) + body[1:10]))
        elif name == b"ICCP":
            profile = icc.cleaned(body)
            kept += [(name, profile)] if profile else []
        elif name == b"ANIM":
            kept.append((name, body[:6]))
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
    return _written(b"WEBP", [_flagged(item, kept) for item in kept])


def _flagged(item: tuple[bytes, bytes], kept: list[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """A chunk; the first one says no more than there is whether there is a colour profile."""
    name, body = item
    if name != b"VP8X" or any(other == b"ICCP" for other, _ in kept):
        return item
    return name, bytes([body[0] & ~_PROFILE]) + body[1:]


def wav(data: bytes, limits: AttachmentLimits) -> bytes:
    """The sound without who recorded it, where, when and with what.

    Raises:
        Unreadable: it is broken, or does not end where it should.
    """
    kept = []
    for name, body in _file(data, limits.blocks):
        plain = name == b"fmt " and body[:2] == _PLAIN
        if name in _SOUND:
            kept.append((name, body[: _PLAIN_BYTES if plain else _SOUND[name]]))
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
