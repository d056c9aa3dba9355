"""An account number in every place of a PDF: it is read, taken out, or the file is refused."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from gateway.content.attachments import pdf
from gateway.content.attachments.attachment import (
    Attachment,
    AttachmentLimits,
    Kind,
    Reason,
    Unreadable,
)
from gateway.content.attachments.reader import AttachmentReader
from tests import files

ACCOUNT = "DE89370400440532013000"
LIMITS = AttachmentLimits()
DRAWN = f"BT /F1 12 Tf ({ACCOUNT}) Tj ET".encode()


def beside(entry: str, body: bytes) -> bytes:
    """A PDF with an entry in its catalogue, and a ninth object with this `body`."""
    whole = files.pdf("hi", entry)
    before = int(whole[whole.rindex(b"startxref") + 9 :].split()[0])
    added = b"9 0 obj\n" + body + b"\nendobj\n"
    return (
        whole
        + added
        + b"xref\n9 1\n%010d 00000 n \ntrailer\n" % len(whole)
        + (
            b"<< /Size 10 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
            % (before, len(whole) + len(added))
        )
    )


def stream(data: bytes, keys: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (keys, len(data), data)


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
PLACES = {
    "a page": files.pdf(ACCOUNT),
    "a program": files.pdf("hi", f"/OpenAction << /S /JavaScript /JS ({ACCOUNT}) >>"),
    "words instead of words": files.pdf(f"hi) Tj /Span << /ActualText ({ACCOUNT}) >> BDC (x"),
    "the same in digits": files.pdf(
        f"hi) Tj /Span << /ActualText <{ACCOUNT.encode('utf-16-be').hex()}> >> BDC (x"
    ),
    "a remark between words": files.pdf(f"hi) Tj\n%{ACCOUNT}\n( "),
    "a remark between objects": files.pdf("hi").replace(b"\n", f"\n%{ACCOUNT}\n".encode(), 1),
    "a name": files.pdf("hi", f"/Foo /{ACCOUNT}"),
    "a key": files.pdf("hi", f"/{ACCOUNT} 1"),
    "a destination": files.pdf("hi", f"/OpenAction << /S /GoTo /D ({ACCOUNT}) >>"),
    "a language": files.pdf("hi", f"/Lang ({ACCOUNT})"),
    "a field's looks": files.pdf("hi", f"/AcroForm << /DA ({ACCOUNT}) /Fields [] >>"),
    "a drawing that no page calls": beside("/Foo 9 0 R", stream(DRAWN, FORM)),
    "what a link looks like": beside(
        "/Foo << /Type /Annot /Subtype /Link /Rect [0 0 9 9] /AP << /N 9 0 R >> >>",
        stream(DRAWN, FORM),
    ),
    "a stream of no kind": beside("/Foo 9 0 R", stream(ACCOUNT.encode())),
    "an earlier version": beside("", f"({ACCOUNT})".encode()),
    "an embedded file": beside(
        "/Names << /EmbeddedFiles << /Names [(a) << /EF << /F 9 0 R >> >>] >> >>",
        stream(ACCOUNT.encode()),
    ),
}


def everything(data: bytes) -> bytes:
    """A PDF's bytes, and behind them each of its objects opened."""
    reader, found = PdfReader(io.BytesIO(data)), [data]
    for number in range(1, int(str(reader.trailer["/Size"]))):
        try:
            item = reader.get_object(number)
        except PyPdfError:
            continue
        found.append(repr(item).encode())
        found += [item.get_data()] if hasattr(item, "get_data") else []
    return b"\n".join(found)


class TestPlaces:
    @pytest.mark.parametrize("place", PLACES)
    def test_nothing_leaves_unread(self, place: str) -> None:
        """
        Whatever a program that opens it might find was read before, or is not there any more.
        """
        try:
            reading = pdf.reading(PLACES[place], LIMITS)
        except Unreadable:
            return

        assert reading.cleaned is not None
        assert ACCOUNT in reading.text.replace(" ", "") or (
            ACCOUNT.encode() not in everything(reading.cleaned)
        )

    def test_a_picture_in_the_words_is_a_picture(self) -> None:
        """
        Nobody looked at it, so it is counted like one that stands beside them.
        """
        inline = files.pdf(f"hi) Tj ET BI /W 8 /H 8 /BPC 8 /CS /G ID {'x' * 64} EI BT (")

        assert pdf.reading(inline, LIMITS).pictures == 1
        assert pdf.reading(files.pdf("hi"), LIMITS).pictures == 0


class TestPassingForText:
    @pytest.mark.parametrize(
        "data",
        [b"\n" + files.pdf("hi"), b"a line\n%PDF-1.4\n1 0 obj\n(x)\nendobj\n%%EOF\n"],
    )
    def test_one_with_something_in_front_is_no_text(self, data: bytes) -> None:
        """
        Readers of PDF look for its first line; read as text, its words would be digits.
        """
        reader = AttachmentReader()
        reading = reader.read(Attachment(Kind.FILE, "text/plain", data, "a.txt"), 10)
        reader.close()

        assert reading.kind is Kind.PDF

    @pytest.mark.parametrize("blank", [b"\n", b" ", b"\xef\xbb\xbf", b"\r\n\t"])
    def test_rich_text_with_blanks_in_front_is_no_text(self, blank: bytes) -> None:
        """
        Its words may stand in codes that only a word processor reads.
        """
        data = blank + b"{\\rtf1 \\'44\\'45}"
        reader = AttachmentReader()
        reading = reader.read(Attachment(Kind.FILE, "application/rtf", data, "a.rtf"), 10)

        assert reading.reason is Reason.UNKNOWN

    def test_a_text_about_the_format_is_one(self) -> None:
        """
        Who explains how such files begin sends no such file.
        """
        data = b"A file begins with %PDF-1.7 in its first line."
        reading = AttachmentReader().read(Attachment(Kind.FILE, "text/plain", data, "a.txt"), 10)

        assert reading.text == data.decode()
