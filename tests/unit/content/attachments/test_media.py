"""Pictures and sound leave as they are seen and heard, and without anything else."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable
from gateway.content.attachments.media import gif, jpeg, mp3, png, riff
from tests import files

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = AttachmentLimits()
FORMATS: dict[str, tuple[Callable[[bytes, AttachmentLimits], bytes], bytes]] = {
    "gif": (gif.cleaned, files.gif()),
    "jpeg": (jpeg.cleaned, files.jpeg()),
    "mp3": (mp3.cleaned, files.mp3()),
    "png": (png.cleaned, files.png()),
    "wav": (riff.wav, files.wav()),
    "webp": (riff.webp, files.webp()),
}


def why(name: str, data: bytes, limits: AttachmentLimits = LIMITS) -> Reason:
    """Why a file of this format cannot be read."""
    with pytest.raises(Unreadable) as caught:
        FORMATS[name][0](data, limits)
    return caught.value.reason


class TestEveryFormat:
    @pytest.mark.parametrize("name", FORMATS)
    def test_metadata_go(self, name: str) -> None:
        """
        The author stands in the file, and no longer in the cleaned one (rule AN-02).
        """
        clean, data = FORMATS[name]

        assert files.AUTHOR.encode() in data
        assert files.AUTHOR.encode() not in clean(data, LIMITS)

    @pytest.mark.parametrize("name", FORMATS)
    def test_what_is_clean_stays_as_it_is(self, name: str) -> None:
        """
        Cleaning twice changes nothing, so resent conversations have the same bytes.
        """
        clean, data = FORMATS[name]
        once = clean(data, LIMITS)

        assert clean(once, LIMITS) == once

    @pytest.mark.parametrize("name", FORMATS)
    def test_something_behind_the_end_is_another_file(self, name: str) -> None:
        """
        A picture with a document behind it is two files, of which one was not read.
        """
        assert why(name, FORMATS[name][1] + b"\x01<html>" * 30) is Reason.POLYGLOT

    @pytest.mark.parametrize("name", FORMATS)
    @given(data=st.data())
    @settings(max_examples=150, deadline=None)
    def test_no_bytes_break_it(self, name: str, data: st.DataObject) -> None:
        """
        Cut anywhere, with any bytes changed: a cleaned file or a reason, never another error.
        """
        clean, whole = FORMATS[name]
        broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
        for at in data.draw(st.lists(st.integers(0, len(whole)), max_size=4)):
            if at < len(broken):
                broken[at] = data.draw(st.integers(0, 255))
        try:
            once = clean(bytes(broken), LIMITS)
        except Unreadable:
            return

        assert clean(once, LIMITS) == once

    @pytest.mark.parametrize("name", FORMATS)
    def test_the_number_of_blocks_is_bounded(self, name: str) -> None:
        """
        A file of a million empty chunks is refused, not walked through.
        """
        assert why(name, FORMATS[name][1], AttachmentLimits(blocks=1)) is Reason.TOO_LARGE


class TestPng:
    def test_what_changes_the_picture_stays(self) -> None:
        """
        Size, colours, density and pixels are the same.
        """
        cleaned = png.cleaned(files.png(files.png_chunk(b"gAMA", bytes(4))), LIMITS)

        assert all(name in cleaned for name in (b"IHDR", b"pHYs", b"gAMA", b"IDAT", b"IEND"))
        assert not any(name in cleaned for name in (b"tEXt", b"eXIf", b"tIME"))

    def test_a_picture_of_a_terapixel_is_not_opened(self) -> None:
        """
        A bomb is told by its header, before anything is unpacked.
        """
        assert why("png", files.png(width=1 << 20, height=1 << 20)) is Reason.TOO_LARGE

    def test_frames_of_an_animation_count(self) -> None:
        """
        So does one with many frames.
        """
        frames = files.png_chunk(b"acTL", struct.pack(">II", 1 << 30, 0))

        assert why("png", files.png(frames)) is Reason.TOO_LARGE

    def test_an_unknown_chunk_that_matters_is_not_guessed_at(self) -> None:
        """
        A critical chunk that nobody knows means that the picture is not understood.
        """
        assert why("png", files.png(files.png_chunk(b"XYZz", b""))) is Reason.MALFORMED


class TestJpeg:
    def test_it_stays_upright(self) -> None:
        """
        How the camera was held is kept, alone; an upright picture needs no EXIF at all.
        """
        turned, upright = (jpeg.cleaned(files.jpeg(way), LIMITS) for way in (6, 1))

        assert turned.count(b"Exif") == 1
        assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in turned
        assert b"Exif" not in upright

    def test_colours_stay_and_the_thumbnail_goes(self) -> None:
        """
        Adobe's colour model stays; the preview in the header and what is no colour profile do not.
        """
        cleaned = jpeg.cleaned(files.jpeg(), LIMITS)

        assert b"ICC_PROFILE" not in cleaned
        assert b"Adobe" in cleaned
        assert b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff" in cleaned

    def test_a_huge_frame_is_not_opened(self) -> None:
        """
        Width and height are read from the header.
        """
        assert why("jpeg", files.jpeg(width=60_000, height=60_000)) is Reason.TOO_LARGE


class TestGif:
    def test_it_goes_on_repeating(self) -> None:
        """
        The number of repetitions is part of the picture.
        """
        assert b"NETSCAPE2.0" in gif.cleaned(files.gif(), LIMITS)


class TestWebp:
    def test_its_header_no_longer_promises_metadata(self) -> None:
        """
        The flags for EXIF and XMP are off (RFC 9649 section 2.7).
        """
        cleaned = riff.webp(files.webp(), LIMITS)

        assert cleaned[cleaned.index(b"VP8X") + 8] & 0x0C == 0
