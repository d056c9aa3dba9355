"""A value cannot hide in how it is written, and every place maps back."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.inspect import Inspector
from gateway.content.normalise import blobs, view
from gateway.content.patterns import PatternDetector

INSPECTOR = Inspector([PatternDetector()])
WITH_NAMES = Inspector()
CARD = "4111 1111 1111 1111"
MAIL = "jane.doe@acme.example"


def wide(text: str) -> str:
    """ASCII in full width."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


HIDDEN = [
    ("CREDIT_CARD", wide(CARD)),
    ("CREDIT_CARD", CARD.replace("1111", "11\u200b11")),
    ("CREDIT_CARD", CARD.replace(" ", "\u00a0")),
    ("CREDIT_CARD", CARD.translate({ord("1"): "\u0661", ord("4"): "\u0664"})),
    ("EMAIL_ADDRESS", MAIL.replace("@", "%40")),
    ("EMAIL_ADDRESS", MAIL.replace("@", "%2540")),
    ("EMAIL_ADDRESS", MAIL.replace("@", "&#64;")),
    ("EMAIL_ADDRESS", MAIL.replace("@", "&commat;")),
    ("EMAIL_ADDRESS", json.dumps(MAIL.replace("@", "\uff20"))[1:-1]),
    ("EMAIL_ADDRESS", "".join(f"&#x{ord(sign):x};" for sign in MAIL)),
    ("EMAIL_ADDRESS", "".join(f"%{ord(sign):02X}" for sign in MAIL)),
    ("EMAIL_ADDRESS", wide(MAIL)),
    ("EMAIL_ADDRESS", MAIL.replace("doe", "d\u00adoe")),
    ("CREDIT_CARD", CARD.replace("1111", "11\ufff911")),
    ("CREDIT_CARD", CARD.replace("1111", "1\U0001d173111")),
    ("CREDIT_CARD", CARD.replace("1", "1\u0336")),
    ("EMAIL_ADDRESS", MAIL.replace("o", "o\u0335")),
    ("IBAN_CODE", "D\u041589 3704 0044 0532 0130 00"),
    ("EMAIL_ADDRESS", base64.b64encode(f"write to {MAIL}".encode()).decode()),
    ("EMAIL_ADDRESS", base64.urlsafe_b64encode(f"?? {MAIL} >>>".encode()).decode().rstrip("=")),
]


class TestHiding:
    @pytest.mark.parametrize(("kind", "written"), HIDDEN)
    @pytest.mark.parametrize("frame", ["{}", "Please note {} now.", "fü \u200b{}, \u00bd"])
    def test_a_hidden_value_is_found_whole(self, kind: str, written: str, frame: str) -> None:
        """
        However a value is written, the finding covers exactly what was written.
        """
        text = frame.format(written)
        found = [item for item in INSPECTOR.inspect(text) if item.type == kind]

        assert [text[item.start : item.end] for item in found] == [written]

    def test_a_secret_in_base64_is_a_secret(self) -> None:
        """
        What an encoded run holds decides what it is; its rule says that it was encoded.
        """
        text = base64.b64encode(b"key AKIAIOSFODNN7EXAMPLE by jane@acme.example").decode()
        (found,) = INSPECTOR.inspect(text)

        assert (found.type, found.start, found.end) == ("SECRET", 0, len(text))
        assert found.rule == "encoded.secret.aws_access_key"

    @pytest.mark.parametrize("width", [64, 72, 76])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("at", range(40, 80, 4))
    def test_a_value_over_its_lines_is_seen(self, width: int, end: str, at: int) -> None:
        """
        Mails and keys cut Base64 into lines, and a value with it, wherever it stands.
        """
        run = base64.b64encode(
            f"{'a word '.ljust(at, 'x')} {MAIL} {'and so on ' * 9}".encode()
        ).decode()
        text = end.join(run[start : start + width] for start in range(0, len(run), width))
        (found,) = INSPECTOR.inspect(f"See below:{end}{text}{end}Thanks")

        assert found.type == "EMAIL_ADDRESS"

    def test_lines_that_are_nothing_together_are_read_one_by_one(self) -> None:
        """
        A hash above an encoded value does not hide it.
        """
        run = base64.b64encode(f"to {MAIL}".encode()).decode()

        assert [item.type for item in INSPECTOR.inspect(f"{'0f' * 32}\n{run}")] == ["EMAIL_ADDRESS"]

    def test_letters_of_two_bytes_are_read(self) -> None:
        """
        As encoded commands for Windows have them.
        """
        text = base64.b64encode(f"Send-Mail {MAIL}".encode("utf-16-le")).decode()

        assert [item.type for item in INSPECTOR.inspect(text)] == ["EMAIL_ADDRESS"]

    def test_a_value_in_megabytes_of_it_is_seen(self) -> None:
        """
        However long the run: what is too long to decode would pass unseen.
        """
        text = base64.b64encode(f"{'plain words ' * 250_000}{MAIL}".encode()).decode()

        assert [item.type for item in INSPECTOR.inspect(text)] == ["EMAIL_ADDRESS"]


class TestPlainText:
    @pytest.mark.parametrize("text", ["Plain words.", "Müller wohnt in Köln.", "Привет, мир", "雪"])
    def test_it_is_left_as_it_is(self, text: str) -> None:
        """
        Umlauts and other scripts are nothing to undo.
        """
        assert view(text).text == text
        assert view(text).firsts == ()

    def test_long_words_are_no_encoded_text(self) -> None:
        """
        A long word, a path and a hash decode to no readable text.
        """
        text = (
            "internationalizations /usr/local/lib/python3/site-packages " + "0123456789abcdef" * 4
        )

        assert list(blobs(text)) == []


ODD = "aeo\u0301\u0327\u20d7\u200b\u00b2\u00e9\u2026\u0430\u0663\uff21\u1100\u1161\ud800 %&"


class TestShortcuts:
    @given(st.text(alphabet=ODD, max_size=30))
    @settings(max_examples=500, deadline=None)
    def test_signs_that_need_nothing_are_passed_over_rightly(self, text: str) -> None:
        """
        A text reads the same beside a sign that makes every run of it be looked at.
        """
        assert view(text + " \u200b").text == view(text).text + " "

    @given(st.text(alphabet=ODD + "+/-_", max_size=30), st.text(alphabet="\u00e9 \n.,", max_size=9))
    @settings(max_examples=300, deadline=None)
    def test_a_run_is_decoded_wherever_it_stands(self, before: str, behind: str) -> None:
        """
        Signs of any length in UTF-8 before an encoded value do not hide it.
        """
        run = base64.b64encode(b"jane.doe@acme.example").decode()
        text = f"{before} {run} {behind}"

        assert "jane.doe@acme.example" in [blob.text for blob in blobs(text)]


class TestPlaces:
    @given(st.text(max_size=80))
    @settings(max_examples=300, deadline=None)
    def test_every_place_maps_into_the_text(self, text: str) -> None:
        """
        Each character of the view stands for a part of the text, and later ones for no earlier.
        """
        seen = view(text)
        places = [seen.original(at, at + 1) for at in range(len(seen.text))]

        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)

    @given(st.text(alphabet="a\u200b@%40&#;1\u0301\uff11 \\u", max_size=40))
    @settings(max_examples=300, deadline=None)
    def test_looking_twice_changes_nothing_in_place(self, text: str) -> None:
        """
        Unchanged characters stay where they were.
        """
        seen = view(text)

        for at, sign in enumerate(seen.text):
            start, end = seen.original(at, at + 1)
            assert sign == text[start:end] or text[start:end] != sign
            assert text[start:end]


class TestLineBreaksOfJSON:
    @pytest.mark.parametrize("escape", ["\\n", "\\t", "\\r", "\\\\n", "\\b", "\\f"])
    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            ("Hans Muster", "PERSON"),
            ("DE89 3704 0044 0532 0130 00", "IBAN_CODE"),
            ("4111111111111111", "CREDIT_CARD"),
            ("AKIAIOSFODNN7EXAMPLE", "SECRET"),
            ("amFuZS5kb2VAYWNtZS5leGFtcGxl", "EMAIL_ADDRESS"),
        ],
    )
    def test_an_escaped_line_break_lends_no_letter(
        self, value: str, kind: str, escape: str
    ) -> None:
        """
        Tools answer in JSON, where a value at the beginning of a line has an ``n`` in front of it.
        """
        text = f'{{"said": "Dear all,{escape}{value}", "more": "of it"}}'

        (found,) = [item for item in WITH_NAMES.inspect(text) if item.type == kind]
        assert text[found.start : found.end] == value

    def test_what_only_looks_like_an_escape_is_read_too(self) -> None:
        """
        Behind the backslash of a path a name keeps its first letter.
        """
        text = r"C:\secrets\ntfs\nina.huber@acme.example and D:\tom"

        assert any(
            "nina.huber@acme.example" in text[i.start : i.end] for i in INSPECTOR.inspect(text)
        )

    def test_encoded_twice(self) -> None:
        """
        What is encoded once more, or escaped inside of what is encoded, is read as well.
        """
        inner = base64.b64encode(b'{"to": "jane.doe\\u0040acme.example"}')
        text = f"Read {base64.b64encode(inner).decode()} please"

        assert [item.rule for item in INSPECTOR.inspect(text)] == ["encoded.email"]
