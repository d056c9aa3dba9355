"""Attachments of a request: found, inspected with its words, and sent as they may be."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from gateway.content.asked import asked
from gateway.content.attachments.attachment import AttachmentLimits
from gateway.content.attachments.isolation import ReadingProcesses
from gateway.content.attachments.reader import AttachmentReader
from gateway.content.inspect import Inspector
from gateway.content.pseudonyms import Protected, protect
from gateway.content.restore import Restorer
from gateway.core.content import DataClass
from tests import files
from tests.unit.content.inspecting import inspect_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.request import InspectedRequest

INSPECTOR = Inspector()
MAIL = "jane@acme.example"
TYPES = frozenset({"EMAIL_ADDRESS"})
KINDS = frozenset({"image", "audio", "pdf", "document", "spreadsheet", "file"})


@pytest.fixture(scope="module")
def reader() -> Iterator[AttachmentReader]:
    """A reader with real processes."""
    made = AttachmentReader()
    yield made
    made.close()


def inspected(reader: AttachmentReader | None, *parts: dict[str, Any]) -> InspectedRequest:
    """A request with one message of these parts."""
    body = {"model": "m", "messages": [{"role": "user", "content": list(parts)}]}
    return inspect_request(body, INSPECTOR, reader.request() if reader is not None else None)


def told(found: InspectedRequest) -> list[tuple[Any, ...]]:
    """What policy is told of the attachments: type, readable, cleaned, face."""
    whole = asked(
        found.body, kind="chat", stream=False, characters=0, signed=False, attached=found.attached
    )["attachments"]  # fmt: skip
    return [(item["type"], item["readable"], item["cleaned"], item["face"]) for item in whole]


def sent(found: InspectedRequest, stripped: frozenset[str] = KINDS) -> tuple[Any, Protected]:
    """The first part as it leaves, addresses taken out."""
    protected = protect(found, TYPES, frozenset({"SECRET"}), stripped)
    return protected.body["messages"][0]["content"][0], protected


class TestWhatPolicyIsTold:
    def test_a_document_without_findings(self, reader: AttachmentReader) -> None:
        """
        It was read, can be cleaned, shows nobody, and nothing is left unscanned.
        """
        found = inspected(reader, files.file_part(files.pdf("Hello")))

        assert told(found) == [("pdf", True, True, False)]
        assert found.unscanned == {}
        assert found.data_class(DataClass.INTERNAL) is DataClass.INTERNAL

    def test_a_document_with_an_address_raises_the_class(self, reader: AttachmentReader) -> None:
        """
        What stands in a file counts as what stands in the message.
        """
        found = inspected(reader, files.file_part(files.docx(f"Write to {MAIL}")))

        assert [item.type for item in found.summaries] == ["EMAIL_ADDRESS"]
        assert found.data_class(DataClass.INTERNAL) is DataClass.CONFIDENTIAL

    def test_a_picture_is_never_scanned(self, reader: AttachmentReader) -> None:
        """
        It can be opened and cleaned; what it shows nobody looked at.
        """
        found = inspected(reader, files.image_part(files.jpeg()))

        assert told(found) == [("image", True, True, True)]
        assert found.unscanned == {"image": 1}

    def test_pictures_in_a_document_are_not_scanned_either(self, reader: AttachmentReader) -> None:
        """
        They count as pictures, unless they stay behind because the document leaves as text.
        """
        picture = {"word__media__a_dot_png": files.png()}
        plain = inspected(reader, files.file_part(files.docx("Hello", **picture)))
        found = inspected(reader, files.file_part(files.docx(MAIL, **picture)))

        assert plain.unscanned == {"image": 1}
        assert told(plain) == [("document", True, True, True)]
        assert found.unscanned == {}
        assert told(found) == [("document", True, True, False)]

    @pytest.mark.parametrize(
        ("part", "expected"),
        [
            (
                {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
                ("image", False, False, True),
            ),
            ({"type": "file", "file": {"file_id": "file-1"}}, ("file", False, False, True)),
            ({"type": "input_audio", "input_audio": 7}, ("audio", False, False, True)),
            ({"type": "file"}, ("file", False, False, True)),
            (files.file_part(b"%PDF-1.7 broken"), ("pdf", False, False, True)),
            (files.image_part(b"no picture"), ("image", False, False, True)),
        ],
    )
    def test_what_is_not_here_or_broken_is_unreadable(
        self, reader: AttachmentReader, part: dict[str, Any], expected: tuple[Any, ...]
    ) -> None:
        """
        And unscanned, so that policy decides; never a silent pass.
        """
        found = inspected(reader, part)

        assert told(found) == [expected]
        assert found.unscanned == {expected[0]: 1}

    def test_without_a_reader_nothing_is_readable(self) -> None:
        """
        Whoever forgets to wire it gets the safe answer (promise P2).
        """
        assert told(inspected(None, files.file_part(b"Hello"))) == [("file", False, False, True)]

    def test_a_reader_that_breaks_down_is_a_failed_detector(self) -> None:
        """
        The request is restricted, and policy refuses it as it does for any detector.
        """
        broken = ReadingProcesses(1, (sys.executable, "-c", "pass"))
        found = inspected(
            AttachmentReader(AttachmentLimits(), broken), files.file_part(files.pdf("Hello"))
        )

        assert [item.type for item in found.summaries] == ["detector.failed"]
        assert found.data_class(DataClass.PUBLIC) is DataClass.RESTRICTED


class TestWhatLeaves:
    @pytest.mark.parametrize(
        ("data", "heading"),
        [
            (files.pdf(f"Write to {MAIL}"), "Text of document-1.pdf:\n\n"),
            (files.docx(f"Write to {MAIL}"), "Text of document-1.docx:\n\n"),
            (f"Write to {MAIL}".encode(), "Text of document-1.txt:\n\n"),
        ],
    )
    def test_a_file_with_something_to_take_out_leaves_as_its_text(
        self, reader: AttachmentReader, data: bytes, heading: str
    ) -> None:
        """
        A value inside a file cannot be replaced; in its text it can, and it comes back.
        """
        part, protected = sent(inspected(reader, files.file_part(data, f"{MAIL} notes.pdf")))

        assert part["type"] == "text"
        assert part["text"].startswith(f"{heading}Write to [EMAIL_ADDRESS_1]")
        assert MAIL not in json.dumps(protected.body)
        assert protected.replaced == {"EMAIL_ADDRESS": 1}
        assert Restorer(protected.table).text("[EMAIL_ADDRESS_1]") == MAIL

    def test_pictures_stay_behind_when_anything_was_found(self, reader: AttachmentReader) -> None:
        """
        Also when policy lets the value itself pass: nobody looked at the pictures.
        """
        data = files.docx(MAIL, word__media__a_dot_png=files.png())
        found = inspected(reader, files.file_part(data))
        body = protect(found, frozenset(), frozenset()).body

        assert body["messages"][0]["content"][0]["text"].startswith("Text of document-1.docx:")

    def test_a_picture_leaves_without_its_metadata(self, reader: AttachmentReader) -> None:
        """
        As the type it is, whatever it was said to be.
        """
        part, _ = sent(inspected(reader, files.image_part(files.jpeg(), "image/png")))
        head, _, data = part["image_url"]["url"].partition(",")

        assert head == "data:image/jpeg;base64"
        assert files.AUTHOR.encode() not in base64.b64decode(data)

    def test_sound_stays_bare_base64(self, reader: AttachmentReader) -> None:
        """
        That is how its part holds it.
        """
        data = base64.b64encode(files.wav()).decode()
        part, _ = sent(
            inspected(
                reader, {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
            )
        )
        cleaned = base64.b64decode(part["input_audio"]["data"], validate=True)

        assert cleaned.startswith(b"RIFF")
        assert files.AUTHOR.encode() not in cleaned

    def test_kinds_that_are_not_named_stay(self, reader: AttachmentReader) -> None:
        """
        What no obligation asks for is not done.
        """
        original = files.image_part(files.jpeg(), "image/jpeg")
        part, _ = sent(inspected(reader, original), frozenset({"pdf"}))

        assert part is original

    def test_a_name_with_a_finding_becomes_a_neutral_one(self, reader: AttachmentReader) -> None:
        """
        Half a name with a placeholder in it is no file name.
        """
        part, _ = sent(inspected(reader, files.file_part(files.pdf("Hi"), f"for {MAIL}.pdf")))
        other, _ = sent(inspected(reader, files.file_part(files.pdf("Hi"), "report.pdf")))

        assert part["file"]["filename"] == "document-1.pdf"
        assert other["file"]["filename"] == "report.pdf"

    def test_earlier_turns_keep_their_bytes(self, reader: AttachmentReader) -> None:
        """
        Files are numbered and cleaned alike on every call, so prompt caches hold.
        """
        parts = [files.file_part(files.pdf(MAIL)), files.file_part(files.pdf("Hi"))]
        first = protect(inspected(reader, *parts), TYPES, frozenset(), KINDS).body
        second = protect(
            inspected(reader, *parts, files.file_part(b"bob@globex.example")),
            TYPES, frozenset(), KINDS,
        ).body  # fmt: skip

        assert second["messages"][0]["content"][:2] == first["messages"][0]["content"]

    def test_values_in_files_and_words_are_one(self, reader: AttachmentReader) -> None:
        """
        The same address in the message and in the file has one placeholder.
        """
        words = {"type": "text", "text": f"Summarise this for {MAIL}"}
        found = inspected(reader, words, files.file_part(f"From: {MAIL}".encode()))
        content = protect(found, TYPES, frozenset()).body["messages"][0]["content"]

        assert content[0]["text"] == "Summarise this for [EMAIL_ADDRESS_1]"
        assert content[1]["text"].endswith("From: [EMAIL_ADDRESS_1]")


class TestNothingHides:
    @pytest.mark.parametrize(
        "part",
        [
            {"type": "input_audio", "input_audio": {"data": MAIL}},
            {"type": "file", "file": {"file_data": f"data:text/plain,{MAIL}"}},
            {"type": "image_url", "image_url": MAIL},
            {"type": "other", "data": MAIL, "url": f"data:{MAIL}"},
            {"type": "file", "file": {"file_data": "SGk=", "note": MAIL}, "data": MAIL},
        ],
    )
    def test_what_is_no_bytes_is_text(self, reader: AttachmentReader, part: dict[str, Any]) -> None:
        """
        A value that stands where bytes should is found like anywhere else (promise P5).
        """
        found = inspected(reader, part)

        assert MAIL not in json.dumps(sent(found)[1].body)

    def test_attachments_inside_tool_arguments_are_text(self, reader: AttachmentReader) -> None:
        """
        Arguments are words of a model; whatever shape they take, they are searched whole.
        """
        inner = json.dumps({"x\n": {"type": "file", "file": {"file_data": "SGk=", "n": MAIL}}})
        call = {"id": "1", "function": {"name": "f", "arguments": inner}}
        body = {"messages": [{"role": "assistant", "tool_calls": [call]}]}
        found = inspect_request(body, INSPECTOR, reader.request())

        assert MAIL not in json.dumps(protect(found, TYPES, frozenset()).body)
        assert found.attached == ()
