"""Files inside of texts, and words that a text has in another form."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from gateway.content.attachments import text
from gateway.content.attachments.attachment import AttachmentLimits, Kind, Reading, Unreadable
from tests import files

ACCOUNT = "DE89370400440532013000"
LIMITS = AttachmentLimits()


def read(data: bytes, name: str = "") -> Reading:
    """What a text says."""
    return text.reading(data, Kind.FILE, name, LIMITS)


def a_mail(encoding: str, subject: str = "Hello") -> EmailMessage:
    """A mail with an account number, in that encoding."""
    mail = EmailMessage()
    mail["From"] = "Jürgen Müller <juergen@customer.example>"
    mail["Subject"] = subject
    mail.set_content(f"Überweisung auf {ACCOUNT} von {'ä' * 90}", cte=encoding)
    return mail


class TestPicturesInTexts:
    @pytest.mark.parametrize(
        "before",
        ['<svg><image href="', "<p>Hello <img src='", "![a picture](", "body { background: url("],
    )
    def test_they_are_counted_and_no_part_of_the_text(self, before: str) -> None:
        """
        Nobody looked at them, their metadata cannot be taken out, and a text leaves without them.
        """
        url = files.data_url(files.png(), "image/png")
        reading = read(f"{before}{url}') and more".encode(), "a.svg")

        assert (reading.pictures, reading.cleaned) == (1, None)
        assert reading.may_show_somebody
        assert "iVBOR" not in reading.text
        assert reading.text.endswith("and more")

    def test_broken_into_lines_they_are_one(self) -> None:
        """
        Drawing programs break them after 76 signs.
        """
        lines = base64.encodebytes(files.png() * 4).decode()
        reading = read(f'<image href="data:image/png;base64,{lines}"/><text>hi</text>'.encode())

        assert reading.pictures == 1
        assert "<text>hi</text>" in reading.text
        assert len(reading.text) < 140

    def test_a_plain_text_is_its_own_clean_form(self) -> None:
        """
        An address that only begins like one is text.
        """
        data = b"See data:image/png and https://acme.example/a.png"

        assert (read(data).text, read(data).cleaned) == (data.decode(), data)


class TestMails:
    @pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
    def test_what_is_encoded_is_read(self, encoding: str) -> None:
        """
        Whoever opens a mail sees its words, so the detectors do; the encoded form does not stay
        in a text that stands for it.
        """
        data = a_mail(encoding).as_bytes()
        reading = read(data, "mail.eml")

        assert ACCOUNT in reading.text
        assert "Überweisung" in reading.text
        assert "Jürgen Müller" in reading.text
        assert base64.b64encode(ACCOUNT.encode())[:12].decode() not in reading.text
        assert reading.cleaned == data

    @pytest.mark.parametrize(
        "body",
        [
            "Content-Transfer-Encoding: 8bit\n\nJürgen Müller",
            "Content-Transfer-Encoding: base64\n\naGk=\nJürgen Müller",
            "Content-Transfer-Encoding: base64\n\nJuergen: Müller = Jürgen Müller",
            "Content-Transfer-Encoding: quoted-printable\n\nJürgen Müller",
            "A text about\nContent-Transfer-Encoding: base64\nby Jürgen Müller",
        ],
    )
    def test_what_is_not_encoded_is_read_as_it_stands(self, body: str) -> None:
        """
        Letters that are none of the code's stay what they are.
        """
        data = f"Subject: =?utf-8?q?Hi?=\nContent-Type: text/plain\n{body}\n".encode()

        assert "Jürgen Müller" in read(data).text
        assert "Jürgen Müller" in read(body.encode()).text

    def test_what_is_attached_is_counted(self) -> None:
        """
        A file in a mail is one that nobody looked at.
        """
        mail = a_mail("base64")
        mail.add_attachment(files.pdf(ACCOUNT), maintype="application", subtype="pdf", filename="x")
        mail.add_attachment(f"also {ACCOUNT[::-1]}", filename="notes.txt", cte="base64")
        reading = read(mail.as_bytes())

        assert (reading.pictures, reading.cleaned) == (1, None)
        assert ACCOUNT[::-1] in reading.text

    def test_words_around_the_parts_are_read(self) -> None:
        """
        No program shows what stands before the first part and behind the last.
        """
        mail = a_mail("base64")
        mail.add_attachment("more", filename="notes.txt")
        mail.preamble, mail.epilogue = f"before {ACCOUNT[:12]}", f"behind {ACCOUNT[12:]}"
        said = read(mail.as_bytes()).text

        assert f"before {ACCOUNT[:12]}" in said
        assert f"behind {ACCOUNT[12:]}" in said

    @pytest.mark.parametrize("most", ["boundary=b", "\n", "X: =?u?q?a?= ", "=?u?q?a?= "])
    def test_mails_in_mails_end(self, most: str) -> None:
        """
        Deep or long without end they are refused before anything is taken apart.
        """
        data = f"Content-Transfer-Encoding: base64\nX: {most * 200_001}\n\naGk=\n".encode()

        with pytest.raises(Unreadable):
            read(data)
