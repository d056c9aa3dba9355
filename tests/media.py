"""Pictures, sounds and films for tests, made here."""

from __future__ import annotations

import io
import random
import struct
import wave
import zlib
from typing import Any

from PIL import Image, ImageDraw, ImageFilter


def a_picture(seed: int = 1, side: int = 256) -> Image.Image:
    """A picture with shapes in it, unlike that of another seed."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        left, top = chance.randrange(side), chance.randrange(side)
        size = chance.randrange(side // 16, side // 3)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse([left, top, left + size, top + size], fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(2))


def encoded(picture: Image.Image, form: str = "PNG", **how: Any) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    picture.save(target, form, **how)
    return target.getvalue()


def a_sound() -> bytes:
    """A second of WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(b"\x00\x01" * 8_000)
    return target.getvalue()


def an_mp3() -> bytes:
    """Twenty silent frames of MPEG audio, layer III."""
    return (b"\xff\xfb\x90\x00" + b"\x00" * 413) * 20


def a_film() -> bytes:
    """The boxes of an MP4 (ISO/IEC 14496-12) with one track and a sample."""

    def box(name: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I", len(body) + 8) + name + body

    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    times = struct.pack(">IIIII", 0, 0, 0, 1_000, 1_000)
    mvhd = box(
        b"mvhd",
        times,
        b"\x00\x01\x00\x00\x01\x00",
        b"\x00" * 10,
        matrix,
        b"\x00" * 24,
        struct.pack(">I", 2),
    )
    tkhd = box(
        b"tkhd", struct.pack(">IIIIII", 7, 0, 0, 1, 0, 1_000), b"\x00" * 16, matrix,
        struct.pack(">II", 16 << 16, 16 << 16),
    )  # fmt: skip
    mdhd = box(b"mdhd", times, b"\x55\xc4\x00\x00")
    hdlr = box(b"hdlr", b"\x00" * 8, b"vide", b"\x00" * 12, b"v\x00")
    entry = box(
        b"avc1", b"\x00" * 6, struct.pack(">H", 1), b"\x00" * 16, struct.pack(">HH", 16, 16),
        struct.pack(">III", 0x480000, 0x480000, 0), struct.pack(">H", 1), b"\x00" * 32,
        struct.pack(">Hh", 24, -1),
    )  # fmt: skip
    head = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isommp41")

    def moov(offset: int) -> bytes:
        stbl = box(
            b"stbl",
            box(b"stsd", struct.pack(">II", 0, 1), entry),
            box(b"stts", struct.pack(">IIII", 0, 1, 1, 1_000)),
            box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
            box(b"stsz", struct.pack(">III", 0, 64, 1)),
            box(b"stco", struct.pack(">III", 0, 1, offset)),
        )
        dinf = box(
            b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1)))
        )
        minf = box(b"minf", box(b"vmhd", struct.pack(">III", 1, 0, 0)), dinf, stbl)
        return box(b"moov", mvhd, box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf)))

    offset = len(head) + len(moov(0)) + 8
    return head + moov(offset) + box(b"mdat", b"\x01" * 64)


def a_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that would unpack to gigabytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"\x00" * 1_000_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
