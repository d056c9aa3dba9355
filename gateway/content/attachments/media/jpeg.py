"""JPEG (ITU-T T.81): segments, of which only those that change the picture stay.

EXIF, XMP, IPTC, comments, thumbnails and makers' notes go; how the camera was held stays, as an
EXIF block with that one number, or the picture would lie on its side.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable
from gateway.content.attachments.media import icc

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOS, _EOI = 0xDA, 0xD9
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of frames, which hold the size."""

_ANY = 1 << 31
_PICTURE = {
    **dict.fromkeys(_SIZES, 26), 0xC4: 2_188, 0xCC: 36, 0xDB: 520, 0xDC: 6, 0xDD: 6, _SOS: _ANY,
    _EOI: 2,
}  # fmt: skip
"""Markers of what the picture is made of, and how many bytes such a segment has at most: four
components, eight tables for codes and four for quantities. Every other segment goes."""

_MOST_PROFILE = 65_519
"""Bytes of a colour profile in one segment (ICC.1:2022, annex B.4)."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the coded data of a scan: any marker but a restart."""

_PADDING = re.compile(rb"\x00{0,64}")
_ORIENTATION = 0x0112
_COLOURS = b"ICC_PROFILE\x00"
_EXIF = b"Exif\x00\x00"


def cleaned(data: bytes, limits: AttachmentLimits) -> bytes:
    """The picture without what does not change it.

    Raises:
        Unreadable: it is broken, too large, or does not end where it should.
    """
    kept, turned, framed, body = [], b"", False, False
    profile = b""
    for marker, segment in _segments(data, limits.blocks):
        if marker in _SIZES:
            if len(segment) < 10:
                raise Unreadable(Reason.MALFORMED)
            height, width = struct.unpack_from(">HH", segment, 5)
            if width * height > limits.pixels:
                raise Unreadable(Reason.TOO_LARGE)
            framed = True
        body = body or marker == _SOS
        if marker == 0xE1 and segment[4:10] == _EXIF:
            turned = turned or _turned(segment[10:])
        elif marker == 0xE2 and segment[4:16] == _COLOURS:
            profile += segment[18:]
        elif marker in _PICTURE:
            if len(segment) > _PICTURE[marker]:
                raise Unreadable(Reason.MALFORMED)
            kept.append(segment)
        else:
            kept.append(_application(marker, segment))
    if not framed or not body:
        raise Unreadable(Reason.MALFORMED)
    return b"".join([b"\xff\xd8", turned, _profile(icc.cleaned(profile)), *kept])


def _segments(data: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment behind the first; a scan's coded data are with its head."""
    at = 2
    for _ in range(most):
        if at + 2 > len(data) or data[at] != 0xFF:
            raise Unreadable(Reason.MALFORMED)
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _EOI:
            if not _PADDING.fullmatch(data, at + 2):
                raise Unreadable(Reason.POLYGLOT)
            yield marker, data[at : at + 2]
            return
        if at + 4 > len(data):
            raise Unreadable(Reason.MALFORMED)
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise Unreadable(Reason.MALFORMED)
        if marker == _SOS:
            following = _MARKER.search(data, end)
            if following is None:
                raise Unreadable(Reason.MALFORMED)
            end = following.start()
        yield marker, data[at:end]
        at = end
    raise Unreadable(Reason.TOO_LARGE)


def _application(marker: int, segment: bytes) -> bytes:
    """A segment of an application, if colours depend on it; a thumbnail is cut off."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\x00" and len(segment) >= 18:
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"
    if marker == 0xEE and segment[4:9] == b"Adobe" and len(segment) >= 16:
        return b"\xff\xee\x00\x0e" + segment[4:16]
    return b""


def _profile(data: bytes) -> bytes:
    """Segments with a colour profile."""
    parts = [data[at : at + _MOST_PROFILE] for at in range(0, len(data), _MOST_PROFILE)]
    return b"".join(
        b"\xff\xe2" + struct.pack(">H", len(part) + 16) + _COLOURS + bytes([at, len(parts)]) + part
        for at, part in enumerate(parts, 1)
    )


def _turned(tiff: bytes) -> bytes:
    """An EXIF segment with the orientation of the one given, or nothing if it stands upright."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return b""
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return b""
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for at in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, form, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION and form == 3 and 1 < value <= 8:
            one = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            block = _EXIF + one
            return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    return b""
