"""Colour profiles (ICC.1:2022) of which the numbers stay: screens and printers bear names there.

A profile that cannot be taken apart goes: its picture is then shown as sRGB.
"""

from __future__ import annotations

import struct
import zlib

_HEAD, _ENTRY = 128, struct.Struct(">4sII")
_MOST_TAGS = 64
_MOST = 4 << 20
"""Bytes of a profile; those of printers are the largest, with about 2 MB."""

_TAGS = frozenset(
    {
        b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"bTRC", b"bXYZ", b"bkpt", b"chad",
        b"cicp", b"gTRC", b"gXYZ", b"kTRC", b"lumi", b"rTRC", b"rXYZ", b"wtpt",
    }
)  # fmt: skip
_NUMBERS = {b"XYZ ": 20, b"cicp": 12, b"curv": 1 << 17, b"mAB ": _MOST, b"mBA ": _MOST,
            b"mft1": _MOST, b"mft2": _MOST, b"para": 40, b"sf32": 44}  # fmt: skip
"""Types of numbers, and how long one may be."""

_DAY = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_WORD = b"colour"


def cleaned(profile: bytes) -> bytes:
    """The profile without names, times and texts; empty if it is none, or too large."""
    if len(profile) < _HEAD + 4 or len(profile) > _MOST or profile[36:40] != b"acsp":
        return b""
    (count,) = struct.unpack_from(">I", profile, _HEAD)
    if count > _MOST_TAGS or _HEAD + 4 + 12 * count > len(profile):
        return b""
    tags = {}
    for number in range(count):
        name, at, size = _ENTRY.unpack_from(profile, _HEAD + 4 + 12 * number)
        data = profile[at : at + size]
        if name in _TAGS and len(data) == size and size <= _NUMBERS.get(data[:4], 0):
            tags[name] = data
    return _written(profile, tags) if tags else b""


def unpacked(packed: bytes) -> bytes:
    """What zlib packed, if it is no larger than a profile; else nothing."""
    opened = zlib.decompressobj()
    try:
        profile = opened.decompress(packed, _MOST)
    except zlib.error:
        return b""
    return profile if opened.eof else b""


def _written(profile: bytes, tags: dict[bytes, bytes]) -> bytes:
    head = profile[8:12] + profile[12:24] + _DAY + b"acsp" + bytes(24) + profile[64:80]
    if profile[8] < 4:
        text = b"text" + bytes(4) + _WORD + b"\x00"
        named = b"desc" + bytes(4) + struct.pack(">I", len(_WORD) + 1) + _WORD + bytes(79)
    else:
        wide = _WORD.decode().encode("utf-16-be")
        text = b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(wide), 28) + wide
        named = text
    whole = {b"cprt": text, b"desc": named, **tags}
    at = _HEAD + 4 + 12 * len(whole)
    table, body = struct.pack(">I", len(whole)), b""
    for name, data in whole.items():
        table += _ENTRY.pack(name, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    rest = bytes(4) + head.ljust(_HEAD - 8, b"\x00") + table + body
    return struct.pack(">I", len(rest) + 4) + rest
