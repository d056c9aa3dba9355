"""Small files of every format that is read, built byte by byte, with an author in each."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from typing import Any

AUTHOR = "Jane Quill"
"""Stands in the metadata of every file here."""

_A = AUTHOR.encode()


def png_chunk(name: bytes, body: bytes) -> bytes:
    """A chunk with its check sum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes, width: int = 2, height: int = 2) -> bytes:
    """A picture with an author, EXIF, a time and the chunks `extra`."""
    rows = zlib.compress(b"".join(b"\x00" + b"\x80" * 3 * 2 for _ in range(2)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            png_chunk(b"tEXt", b"Author\x00" + _A),
            png_chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
            *extra,
            png_chunk(b"eXIf", b"MM\x00*" + _A),
            png_chunk(b"tIME", b"\x07\xea\x0b\x19\x14\x00\x00"),
            png_chunk(b"IDAT", rows),
            png_chunk(b"IEND", b""),
        ]
    )


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation: int) -> bytes:
    """An EXIF segment with an orientation and an artist, little-endian."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack("<HHII", 0x013B, 2, len(_A), 38)
    tiff = b"II*\x00" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)
    return segment(0xE1, b"Exif\x00\x00" + tiff + _A)


def jpeg(orientation: int = 6, width: int = 2, height: int = 2) -> bytes:
    """A picture's frame with EXIF, XMP, IPTC, a comment, a thumbnail and a colour profile."""
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01" + _A[:3]),
            exif(orientation),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>" + _A + b"</x>"),
            segment(0xE2, b"ICC_PROFILE\x00\x01\x01profile"),
            segment(0xED, b"Photoshop 3.0\x00" + _A),
            segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01"),
            segment(0xFE, _A),
            segment(0xDB, b"\x00" + bytes(range(1, 65))),
            segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x12\x34\xff\x00\x56\xff\xd0\x78\xff\xd9",
        ]
    )


def gif() -> bytes:
    """A picture with a comment and XMP, that repeats."""
    return b"".join(
        [
            b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6),
            b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00",
            b"!\xfe" + bytes([len(_A)]) + _A + b"\x00",
            b"!\xff\x0bXMP DataXMP" + bytes([len(_A)]) + _A + b"\x00",
            b"!\xf9\x04\x00\x00\x00\x00\x00",
            b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00;",
        ]
    )


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A RIFF file."""
    body = form + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp() -> bytes:
    """A picture with EXIF and XMP."""
    return riff(
        b"WEBP",
        (b"VP8X", b"\x0c\x00\x00\x00" + bytes(6)),
        (b"VP8L", b"\x2f\x00\x00\x00\x00\x07"),
        (b"EXIF", b"MM\x00*" + _A),
        (b"XMP ", _A),
    )


def wav() -> bytes:
    """A sound with an artist."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return riff(
        b"WAVE", (b"LIST", b"INFOIART" + _A), (b"fmt ", form), (b"data", b"\x80" * 9), (b"id3 ", _A)
    )


def mp3() -> bytes:
    """Two frames between two kinds of tags."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 0, len(_A)]) + _A
    return tag + frame * 2 + b"TAG" + _A.ljust(125, b"\x00")


def pdf(text: str = "", *more: str, info: bool = True) -> bytes:
    """One page that says `text`; `more` are entries of the catalogue, such as ``/OpenAction``.

    Object 8 is a photo, which is on no page unless `more` refers to it.
    """
    content = f"BT /F1 12 Tf 10 50 Td ({text}) Tj ET".encode() if text else b"0 0 9 9 re f"
    photo = jpeg()
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R {' '.join(more)} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Metadata /Length %d >>\nstream\n%s\nendstream" % (len(_A), _A),
        b"<< /Author (%s) >>" % _A,
        b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(photo), photo),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    named = b" /Info 7 0 R" if info else b""
    return out + (
        b"xref\n0 9\n0000000000 65535 f \n%strailer\n<< /Size 9 /Root 1 0 R%s >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (table, named, len(out))
    )


def archive(**parts: str | bytes) -> bytes:
    """An archive; names are written with ``__`` for a slash and ``_dot_`` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", '<Types xmlns="urn:t"/>')
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


def docx(text: str = "Hello", **parts: str | bytes) -> bytes:
    """A document that says `text`, with an author, a change and an edit's number."""
    body = (
        f'<w:document xmlns:w="urn:w"><w:body><w:p w:rsidR="00AB12CD"><w:r><w:t>{text}</w:t></w:r>'
        f'</w:p><w:p><w:ins w:author="{AUTHOR}" w:id="1"><w:r><w:t>added words</w:t></w:r></w:ins>'
        "</w:p></w:body></w:document>"
    )
    core = (
        '<cp:coreProperties xmlns:cp="urn:c" xmlns:dc="urn:d">'
        f"<dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>"
    )
    return archive(word__document_dot_xml=body, docProps__core_dot_xml=core, **parts)


def xlsx(rows: str = "", strings: str = "", **parts: str | bytes) -> bytes:
    """A workbook with one visible and one hidden sheet; its style 1 shows dates."""
    book = (
        '<workbook><sheets><sheet name="People"/><sheet name="Old" state="hidden"/></sheets>'
        f'<fileSharing userName="{AUTHOR}"/></workbook>'
    )
    styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    return archive(
        xl__workbook_dot_xml=book,
        xl__styles_dot_xml=styles,
        xl__sharedStrings_dot_xml=f"<sst>{strings}</sst>",
        xl__worksheets__sheet1_dot_xml=f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        **parts,
    )


def image_part(data: bytes, media_type: str = "image/png") -> dict[str, Any]:
    """A content part with a picture."""
    return {"type": "image_url", "image_url": {"url": data_url(data, media_type)}}


def file_part(data: bytes, name: str = "file.bin") -> dict[str, Any]:
    """A content part with a file."""
    return {"type": "file", "file": {"filename": name, "file_data": data_url(data)}}


def data_url(data: bytes, media_type: str = "application/octet-stream") -> str:
    """The bytes as a ``data:`` address."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
