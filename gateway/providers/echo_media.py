"""What the echo makes of a text besides an answer: a drawing, a tone, a vector.

Each follows from the text's digest alone, so the same text gives the same bytes.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from colorsys import hls_to_rgb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SIDE = 512
"""Pixels, each way."""

DIMENSIONS = 16
"""Numbers of a vector."""

_HILLS = 4
_RATE, _SECONDS, _LOUD = 8_000, 0.6, 9_000
_SCALE = (220.0, 247.5, 277.2, 330.0, 371.3, 440.0)
"""Hertz: a pentatonic scale, in which any two tones agree."""

_Picture: TypeAlias = NDArray[np.float64]


def picture(text: str) -> bytes:
    """A sun over hills, as PNG (RFC 2083): 512 pixels square, eight bits a colour."""
    seed = _seed(text)
    hue = seed[0] / 256
    down = np.linspace(0, 1, SIDE)[:, None, None]
    sky = _colour(hue, 0.42) * (1 - down) + _colour(hue + 0.12, 0.86) * down
    drawn = np.broadcast_to(sky, (SIDE, SIDE, 3)).copy()
    across, height = 90 + seed[1] * 1.3, 90 + seed[2] * 0.5
    for radius, share in ((84 + seed[3] / 8, 0.25), (56 + seed[3] / 8, 1.0)):
        _disc(drawn, (across, height), radius, _colour(hue + 0.45, 0.87), share)
    for at in range(_HILLS):
        middle = (at * 0.31 + seed[4 + at] / 512) % 1 * SIDE
        radius = 300 + seed[8 + at] * 0.7
        top = 300 + at * 45 + seed[12 + at] / 8
        shade = _colour(hue + 0.03 * at, 0.46 - 0.09 * at)
        _disc(drawn, (middle, top + radius), radius, shade, 1.0)
    return _png(np.rint(drawn * 255).astype(np.uint8))


def tone(text: str) -> bytes:
    """Three short notes, as WAV: 16 bits, 8,000 samples a second."""
    count = int(_RATE * _SECONDS)
    at = np.arange(count) / _RATE
    swell = np.minimum(1, np.minimum(at, _SECONDS - at) * 20)
    notes = [_SCALE[byte % len(_SCALE)] for byte in _seed(text)[:3]]
    wave = np.concatenate([np.sin(2 * math.pi * hertz * at) * swell for hertz in notes])
    data = (wave * _LOUD).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, _RATE, _RATE * 2, 2, 16)
    body = b"WAVE" + _riff(b"fmt ", form) + _riff(b"data", data)
    return _riff(b"RIFF", body)


def vector(text: str) -> list[float]:
    """A vector of length 1."""
    raw = [byte - 127.5 for byte in _seed(text)[:DIMENSIONS]]
    length = math.hypot(*raw)
    return [number / length for number in raw]


def _seed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _colour(hue: float, lightness: float) -> _Picture:
    return np.array(hls_to_rgb(hue % 1, lightness, 0.55))


def _disc(
    drawn: _Picture, middle: tuple[float, float], radius: float, colour: _Picture, share: float
) -> None:
    """Lay a disc over the picture; its edge is one pixel soft."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    away = np.sqrt((x - middle[0]) ** 2 + (y - middle[1]) ** 2)
    cover = np.clip(radius - away + 0.5, 0, 1)[:, :, None] * share
    drawn *= 1 - cover
    drawn += cover * colour


def _png(pixels: NDArray[np.uint8]) -> bytes:
    rows = np.zeros((SIDE, SIDE * 3 + 1), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = pixels.reshape(SIDE, -1)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data
