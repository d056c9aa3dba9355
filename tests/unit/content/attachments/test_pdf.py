"""What PDFs and plain texts say, and that it is all of it."""

from __future__ import annotations

import pytest

from gateway.content.attachments import pdf, text
from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    Unreadable,
)
from tests import files

LIMITS = AttachmentLimits()


def read(data: bytes, limits: AttachmentLimits = LIMITS) -> Reading:
    """What a PDF says."""
    return pdf.reading(data, limits)


def why(data: bytes, limits: AttachmentLimits = LIMITS) -> Reason:
    """Why it cannot be read."""
    with pytest.raises(Unreadable) as caught:
        read(data, limits)
    return caught.value.reason


class TestPdf:
    def test_pages_links_and_fields_are_read(self) -> None:
        """
        The words of the page, and those that stand in the objects around it.
        """
        link = "/AA << /S /URI /URI (mailto:bob@globex.example) >>"
        reading = read(files.pdf("Write to jane@acme.example", link))

        assert reading.kind is Kind.PDF
        assert reading.text.splitlines()[0] == "Write to jane@acme.example"
        assert "mailto:bob@globex.example" in reading.text

    def test_an_earlier_version_stays_behind(self) -> None:
        """
        An update that replaces a page leaves the old one in the file, but not in the cleaned one.
        """
        old = files.pdf("Old words")
        at = len(old)
        content = b"BT /F1 12 Tf 10 50 Td (New) Tj ET"
        new = b"4 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
            len(content),
            content,
        )
        table = b"xref\n4 1\n%010d 00000 n \ntrailer\n" % at
        before = int(old.split(b"startxref\n")[1].split()[0])
        root = b"<< /Size 9 /Root 1 0 R /Prev %d >>\n" % before
        data = old + new + table + root + b"startxref\n%d\n%%%%EOF\n" % (at + len(new))
        reading = read(data)

        assert reading.text.startswith("New")
        assert b"Old words" in data
        assert b"Old words" not in (reading.cleaned or b"")

    def test_photos_in_it_are_counted_and_cleaned(self) -> None:
        """
        A photo keeps its place and time inside a PDF as well, unless they are taken out.
        """
        data = files.pdf("Hello", "/Kept 8 0 R")
        reading = read(data)

        assert reading.pictures == 1
        assert data.count(b"Exif") == 1
        assert b"Adobe" in (reading.cleaned or b"")
        assert files.AUTHOR.encode() not in (reading.cleaned or b"")

    @pytest.mark.parametrize(
        "entry",
        [
            "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
            "/Names << /EmbeddedFiles << /Names [] >> >>",
            "/AcroForm << /XFA [] >>",
        ],
    )
    def test_programs_and_files_inside_make_it_unreadable(self, entry: str) -> None:
        """
        What they hold is not on the page.
        """
        assert why(files.pdf("Hello", entry)) is Reason.NESTED

    def test_a_page_that_is_only_drawn_is_unreadable(self) -> None:
        """
        Words drawn as lines, or scanned, are no text.
        """
        assert why(files.pdf()) is Reason.PICTURES_ONLY

    def test_broken_ones_say_so(self) -> None:
        """
        The first line alone makes no PDF.
        """
        assert why(b"%PDF-1.7\nnothing\n%%EOF") is Reason.MALFORMED

    def test_objects_are_counted(self) -> None:
        """
        Past the limit it is unreadable.
        """
        assert why(files.pdf("Hello"), AttachmentLimits(objects=3)) is Reason.TOO_LARGE


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_it_is_read_however_it_is_marked(self, encoding: str) -> None:
        """
        Unicode in all its forms.
        """
        data = "Müller;Zürich\r\n".encode(encoding)
        reading = text.reading(data, Kind.FILE, "a.CSV", LIMITS)

        assert reading.text == "Müller;Zürich\r\n"
        assert reading.kind is Kind.SPREADSHEET
        assert reading.cleaned == data

    def test_older_encodings_are_guessed(self) -> None:
        """
        Tables out of old programs are not in Unicode.
        """
        words = "Größe und Maß der Bücher für die Prüfung im März; Äpfel und Öl. " * 8
        reading = text.reading(words.encode("cp1252"), Kind.FILE, "a.txt", LIMITS)

        assert "Größe und Maß" in reading.text

    @pytest.mark.parametrize("data", [b"\x00\x01\x02binary", bytes(range(128, 256)) * 4 + b"\x00"])
    def test_what_is_no_text_is_unreadable(self, data: bytes) -> None:
        """
        Bytes of an unknown format are not guessed to be words.
        """
        with pytest.raises(Unreadable):
            text.reading(data, Kind.FILE, "", LIMITS)
