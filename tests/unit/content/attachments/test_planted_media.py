"""An account number in every place of a picture or a sound: it does not leave."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms

from gateway.content.attachments.attachment import AttachmentLimits, Unreadable
from gateway.content.attachments.media import gif, icc, jpeg, mp3, png, riff
from tests import files, media

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = b"DE89370400440532013000"
LIMITS = AttachmentLimits()


def a_profile() -> bytes:
    """The profile of a screen, with the name of its owner."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:48] + ACCOUNT[:4] + made[52:]


def a_told_profile() -> bytes:
    """A profile with one tag of colours and one of words."""
    words = b"text" + bytes(4) + ACCOUNT + b"\x00\x00"
    point = b"XYZ " + bytes(4) + struct.pack(">3I", 63_190, 65_536, 54_061)
    table = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"desc", 176, len(words))
    body = table + point + words
    head = bytes(4) + ACCOUNT[:4] + b"\x02\x10\x00\x00mntrRGB XYZ " + bytes(12) + b"acsp"
    whole = head.ljust(128, b"\x00") + body
    return struct.pack(">I", len(whole)) + whole[4:]


def coloured(profile: bytes) -> bytes:
    """A chunk of a PNG with a colour profile."""
    return files.png_chunk(b"iCCP", ACCOUNT + b"\x00\x00" + zlib.compress(profile))


def in_jpeg(marker: int, body: bytes) -> bytes:
    """A JPEG that begins with this segment."""
    return b"\xff\xd8" + files.segment(marker, body) + files.jpeg()[2:]


def in_gif(block: bytes) -> bytes:
    """A GIF that begins with this block."""
    whole, said = files.gif(), bytes([len(ACCOUNT)]) + ACCOUNT + b"\x00"
    return whole[:19] + block + said + whole[19:]


def in_webp(flags: int, *chunks: tuple[bytes, bytes], tail: bytes = b"") -> bytes:
    """A WebP with these chunks before its picture."""
    first = (b"VP8X", bytes([flags]) + bytes(9) + tail)
    return files.riff(b"WEBP", first, *chunks, (b"VP8L", b"\x2f\x00\x00\x00\x00\x07"))


FORM = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
SOUND = (b"data", b"\x80" * 9)
PNG_CHUNKS = (
    b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"sPLT", b"hIST", b"pHYs", b"gAMA", b"sRGB",
    b"sBIT", b"bKGD", b"cICP", b"mDCV", b"cLLI", b"acTL", b"prVt",
)  # fmt: skip
MARKERS = (
    *range(0xE0, 0xF0), 0xFE, 0x02, 0xBF, 0xC8, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xF0, 0xF7, 0xFD,
)  # fmt: skip

PLACES: dict[str, tuple[Callable[[bytes, AttachmentLimits], bytes], bytes]] = {
    **{
        f"png {name.decode()}": (
            png.cleaned,
            files.png(files.png_chunk(name, b"\x00" * 14 + ACCOUNT)),
        )
        for name in PNG_CHUNKS
    },
    "png colours": (png.cleaned, files.png(coloured(a_told_profile()))),
    "png no colours": (png.cleaned, files.png(coloured(ACCOUNT * 9))),
    "png behind the end": (png.cleaned, files.png() + ACCOUNT),
    **{f"jpeg {marker:02x}": (jpeg.cleaned, in_jpeg(marker, ACCOUNT * 30)) for marker in MARKERS},
    "jpeg adobe": (jpeg.cleaned, in_jpeg(0xEE, b"Adobe" + bytes(7) + ACCOUNT)),
    "jpeg jfif": (jpeg.cleaned, in_jpeg(0xE0, b"JFIF\x00" + bytes(9) + ACCOUNT)),
    "jpeg colours": (jpeg.cleaned, in_jpeg(0xE2, b"ICC_PROFILE\x00\x01\x01" + a_told_profile())),
    "jpeg behind the end": (jpeg.cleaned, files.jpeg() + ACCOUNT),
    "gif comment": (gif.cleaned, in_gif(b"!\xfe")),
    "gif words": (gif.cleaned, in_gif(b"!\x01\x0c" + bytes(12))),
    "gif loop": (gif.cleaned, in_gif(b"!\xff\x0bNETSCAPE2.0")),
    "gif colours": (gif.cleaned, in_gif(b"!\xff\x0bICCRGBG1012")),
    "gif control": (gif.cleaned, in_gif(b"!\xf9")),
    "webp colours": (riff.webp, in_webp(0x20, (b"ICCP", a_told_profile()))),
    "webp no colours": (riff.webp, in_webp(0x20, (b"ICCP", ACCOUNT * 9))),
    "webp unknown": (riff.webp, in_webp(0, (b"XXXX", ACCOUNT))),
    "webp background": (riff.webp, in_webp(2, (b"ANIM", bytes(6) + ACCOUNT))),
    "webp first": (riff.webp, in_webp(0, tail=ACCOUNT)),
    "wav form": (riff.wav, files.riff(b"WAVE", (b"fmt ", FORM + ACCOUNT), SOUND)),
    "wav fact": (
        riff.wav,
        files.riff(b"WAVE", (b"fmt ", FORM), (b"fact", bytes(4) + ACCOUNT), SOUND),
    ),
    "wav list": (riff.wav, files.riff(b"WAVE", (b"fmt ", FORM), (b"LIST", ACCOUNT), SOUND)),
    "mp3 tag": (mp3.cleaned, b"ID3\x03\x00\x00\x00\x00\x00\x16" + ACCOUNT + files.mp3()),
}  # fmt: skip


def opened(data: bytes) -> bytes:
    """A file, and behind it what is packed in the chunks of a PNG but for its picture."""
    found = [data]
    at = 8 if data.startswith(b"\x89PNG") else len(data)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        body = data[at + 8 : at + 8 + length]
        if data[at + 4 : at + 8] == b"iCCP":
            found.append(zlib.decompress(body.partition(b"\x00")[2][1:]))
        at += 12 + length
    return b"".join(found)


class TestPlaces:
    @pytest.mark.parametrize("place", PLACES)
    def test_it_does_not_leave(self, place: str) -> None:
        """
        Taken out, or the file is refused; a provider gets nothing that is not seen or heard.
        """
        clean, data = PLACES[place]
        try:
            cleaned = clean(data, LIMITS)
        except Unreadable:
            return

        assert ACCOUNT not in opened(cleaned)
        assert clean(cleaned, LIMITS) == cleaned


class TestColours:
    def test_the_numbers_stay_and_are_still_a_profile(self) -> None:
        """
        A colour library takes it, and its picture has the colours that it had.
        """
        whole = a_profile()
        cleaned = icc.cleaned(whole)
        profiles = [ImageCms.ImageCmsProfile(io.BytesIO(data)) for data in (whole, cleaned)]
        picture, target = media.a_picture(), ImageCms.createProfile("LAB")
        shown = [
            ImageCms.profileToProfile(picture, item, target, outputMode="LAB") for item in profiles
        ]

        assert shown[0].tobytes() == shown[1].tobytes()
        assert b"lcms" not in cleaned
        assert icc.cleaned(cleaned) == cleaned

    @pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
    def test_every_format_keeps_it(self, form: str) -> None:
        """
        The file can be opened, and says which colours it means.
        """
        clean = {"PNG": png.cleaned, "JPEG": jpeg.cleaned, "WEBP": riff.webp}[form]
        data = media.encoded(media.a_picture(), form, icc_profile=a_profile())
        with Image.open(io.BytesIO(clean(data, LIMITS))) as picture:
            assert picture.info["icc_profile"] == icc.cleaned(a_profile())
            picture.load()

    def test_a_bomb_is_not_unpacked(self) -> None:
        """
        A profile that grows past every printer's is none.
        """
        assert icc.unpacked(zlib.compress(bytes(64 << 20))) == b""
        assert icc.unpacked(b"x") == b""
