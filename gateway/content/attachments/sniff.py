"""What a file is, by its first bytes; and whether it is something else as well.

A file that two programs read as two different things is how an inspected picture becomes an
uninspected document (Albertini, "Abusing file formats", 2014).
"""

from __future__ import annotations

from typing import NamedTuple

from gateway.content.attachments.attachment import Kind, Reason, Unreadable

ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557
"""An archive is found by its end record, which stands within so many bytes of the end."""

_PDF = b"%PDF-"
_PDF_OBJECT = b"endobj"
_PDF_HEAD = 1_024
"""Readers of PDF look so far for its first line."""


class Media(NamedTuple):
    """A format that is understood here."""

    kind: Kind
    media_type: str


JPEG = Media(Kind.IMAGE, "image/jpeg")
PNG = Media(Kind.IMAGE, "image/png")
GIF = Media(Kind.IMAGE, "image/gif")
WEBP = Media(Kind.IMAGE, "image/webp")
WAV = Media(Kind.AUDIO, "audio/wav")
MP3 = Media(Kind.AUDIO, "audio/mpeg")
VIDEO = Media(Kind.VIDEO, "video/mp4")
PICTURE = Media(Kind.IMAGE, "image/heif")
PDF = Media(Kind.PDF, "application/pdf")
ARCHIVE = Media(Kind.FILE, "application/zip")
TEXT = Media(Kind.DOCUMENT, "text/plain")
TABLE = Media(Kind.SPREADSHEET, "text/csv")

_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"ID3", MP3),
    (_PDF, PDF),
    (ZIP, ARCHIVE),
)
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
"""Brands of the container of films (ISO/IEC 14496-12) that are pictures."""

_RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
_RTF = b"{\\rtf"
_BLANK, _BLANKS = b"\xef\xbb\xbf \t\r\n", 256
"""What may stand in front of a document in RTF, and how much of it is looked through."""

_OTHER = (
    b"\x7fELF", b"MZ", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"OggS", b"fLaC",
    b"II*\x00", b"MM\x00*", b"BM", b"\x1aE\xdf\xa3", b"FLV\x01", b"%!PS",
)  # fmt: skip
"""Starts of formats that are known and not read here, so that none passes for text."""


def sniff(data: bytes) -> Media | None:
    """The format of `data`, or None if it is not known; then it may still be text.

    Raises:
        Unreadable: it is two things at once, or a format that is not read here.
    """
    media = _by_start(data)
    if media is None and (
        data.startswith(_OTHER) or data[:_BLANKS].lstrip(_BLANK).startswith(_RTF)
    ):
        raise Unreadable(Reason.UNKNOWN)
    if media is None and _PDF in data[:_PDF_HEAD] and _PDF_OBJECT in data:
        return PDF  # readers of PDF open it, whatever stands in front
    if media is not PDF and _PDF in data[:_PDF_HEAD] and media is not None:
        raise Unreadable(Reason.POLYGLOT)
    if media is not ARCHIVE and _ZIP_END in data[-_ZIP_TAIL:]:
        raise Unreadable(Reason.POLYGLOT)
    return media


def _by_start(data: bytes) -> Media | None:
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return PICTURE if data[8:12] in _PICTURES else VIDEO
    for start, media in _STARTS:
        if data.startswith(start):
            return media
    # A frame of MPEG audio: eleven bits set, layer III, no free or bad bit rate.
    if len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] >> 4 not in (0, 15):
        return MP3
    return None
