"""Reading whatever comes: by its bytes, in bounded time, and never as something it is not."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.attachments.attachment import (
    Attachment,
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
)
from gateway.content.attachments.isolation import ReadingProcesses
from gateway.content.attachments.reader import AttachmentReader
from tests import files

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG = (sys.executable, "-c", "import time; time.sleep(60)")
CRASH = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(20)")
_TOO_MUCH = "import sys; sys.stdin.buffer.read(20); sys.stdout.buffer.write(b'\\xff' * 12)"
LIE = (sys.executable, "-c", _TOO_MUCH)


@pytest.fixture(scope="module")
def reader() -> Iterator[AttachmentReader]:
    """A reader with real processes."""
    made = AttachmentReader()
    yield made
    made.close()


def a_file(data: bytes, name: str = "", kind: Kind = Kind.FILE) -> Attachment:
    """A file that says of itself that it is text."""
    return Attachment(kind, "text/plain", data, name)


def children() -> int:
    """How many processes this one has started and not taken back."""
    return len(psutil.Process().children())


class TestKinds:
    @pytest.mark.parametrize(
        ("data", "kind", "media_type"),
        [
            (files.png(), Kind.IMAGE, "image/png"),
            (files.jpeg(), Kind.IMAGE, "image/jpeg"),
            (files.gif(), Kind.IMAGE, "image/gif"),
            (files.webp(), Kind.IMAGE, "image/webp"),
            (files.wav(), Kind.AUDIO, "audio/wav"),
            (files.mp3(), Kind.AUDIO, "audio/mpeg"),
            (files.pdf("Hello"), Kind.PDF, "application/pdf"),
            (b"Hello", Kind.DOCUMENT, "text/plain"),
        ],
    )
    def test_a_file_is_what_its_bytes_are(
        self, reader: AttachmentReader, data: bytes, kind: Kind, media_type: str
    ) -> None:
        """
        Whatever it says of itself.
        """
        reading = reader.read(a_file(data), 10)

        assert (reading.kind, reading.media_type) == (kind, media_type)
        assert reading.readable
        assert reading.cleaned is not None

    def test_a_document_sent_as_a_picture_is_not_read(self, reader: AttachmentReader) -> None:
        """
        What is called a picture must be one.
        """
        reading = reader.read(a_file(files.pdf("Hello"), kind=Kind.IMAGE), 10)

        assert reading.reason is Reason.MISMATCH
        assert reading.cleaned is None

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (files.png(files.png_chunk(b"teXt", b"%PDF-1.7")), Reason.POLYGLOT),
            (files.png(files.png_chunk(b"teXt", b"PK\x05\x06" + bytes(18))), Reason.POLYGLOT),
            (b"MZ\x90\x00", Reason.UNKNOWN),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Reason.UNKNOWN),
            (b"\x00\x00\x00\x18ftypmp42" + bytes(16), Reason.UNKNOWN),
            (files.archive(a="hello"), Reason.UNKNOWN),
            (b"PK\x03\x04 and nothing", Reason.MALFORMED),
        ],
    )
    def test_two_formats_in_one_or_none_are_unreadable(
        self, reader: AttachmentReader, data: bytes, reason: Reason
    ) -> None:
        """
        Pictures that are documents as well, programs, films, old office files, bare archives.
        """
        reading = reader.read(a_file(data), 10)

        assert reading.reason is reason
        assert reading.text == ""

    @given(st.binary(max_size=200))
    @settings(max_examples=200, deadline=None)
    def test_no_bytes_raise(self, data: bytes) -> None:
        """
        Any bytes give a reading; what is unreadable has neither text nor a cleaned form.
        """
        reading = AttachmentReader().read(a_file(data), 10)

        assert reading.readable or (reading.text == "" and reading.cleaned is None)


class TestProcesses:
    @pytest.mark.parametrize("command", [CRASH, HANG, LIE], ids=["crash", "hang", "lie"])
    def test_one_that_breaks_down_is_a_failed_detector(self, command: tuple[str, ...]) -> None:
        """
        Dead, late or lying: the reading failed, in time, and the process is gone (promise P2).
        """
        before, began = children(), time.monotonic()
        processes = ReadingProcesses(1, command)
        reading = processes.read(Kind.PDF, files.pdf("Hello"), AttachmentLimits(), 0.5)

        assert reading.reason is Reason.FAILED
        assert time.monotonic() - began < 5
        assert children() == before

    def test_the_next_document_is_read_by_another(self) -> None:
        """
        Memory is bounded: what would take more ends its process, and only that.
        """
        processes = ReadingProcesses(1)
        wide = f"<a>{os.urandom(8 << 20).hex()}</a>"
        tight = AttachmentLimits(memory_bytes=24 << 20)
        first = processes.read(Kind.FILE, files.docx(word__a_dot_xml=wide), tight, 10)
        second = processes.read(Kind.FILE, files.docx("Hello"), AttachmentLimits(), 10)
        processes.close()

        assert first.reason is Reason.FAILED
        assert second.text.startswith("Hello")

    def test_they_are_kept_and_replaced(self) -> None:
        """
        A process reads many documents, and not too many.
        """
        limits = AttachmentLimits(documents_per_process=2)
        processes = ReadingProcesses(1)
        pids = []
        for _ in range(3):
            reading = processes.read(Kind.FILE, files.docx("Hello"), limits, 10)
            pids.append([item.process.pid for item in processes._idle])
            assert reading.readable
        processes.close()

        assert len(pids[0]) == len(pids[2]) == 1
        assert pids[1] == []
        assert pids[0] != pids[2]

    def test_who_waits_too_long_for_one_is_told(self) -> None:
        """
        When all processes are busy the wait is bounded as well.
        """
        processes = ReadingProcesses(1)
        processes._slots.acquire()

        assert processes.read(Kind.PDF, b"", AttachmentLimits(), 0.05).reason is Reason.FAILED

    def test_none_outlives_its_owner(self) -> None:
        """
        Whoever forgets to close them leaves no process behind.
        """
        before = children()
        processes = ReadingProcesses(1)
        processes.read(Kind.FILE, files.docx("Hello"), AttachmentLimits(), 10)
        during = children()
        del processes
        gc.collect()

        assert during == before + 1
        assert children() == before

    def test_one_that_died_while_it_waited_is_replaced(self) -> None:
        """
        Whatever ends an idle process costs nobody a document.
        """
        processes = ReadingProcesses(1)
        readings = []
        for _ in range(2):
            readings.append(processes.read(Kind.FILE, files.docx("Hi"), AttachmentLimits(), 10))
            processes._idle[0].process.kill()
            processes._idle[0].process.wait()
        processes.close()

        assert all(reading.readable for reading in readings)


class TestAnyPdf:
    @given(st.data())
    @settings(max_examples=40, deadline=None)
    def test_none_breaks_the_reader(self, reader: AttachmentReader, data: st.DataObject) -> None:
        """
        Whatever its parser makes of it, the reading is a text or a reason.
        """
        broken = bytearray(files.pdf("Hello", "/Kept 8 0 R"))
        for at in data.draw(st.lists(st.integers(5, len(broken) - 8), min_size=1, max_size=20)):
            broken[at] = data.draw(st.integers(0, 255))
        reading = reader.read(a_file(bytes(broken)), 10)

        assert reading.kind is Kind.PDF


class TestRequest:
    def test_attachments_of_one_request_are_counted(self) -> None:
        """
        Past the limit they are unreadable.
        """
        request = AttachmentReader(AttachmentLimits(attachments=1)).request()
        readings: list[Reading] = [request.read(a_file(b"Hello")) for _ in range(2)]

        assert readings[0].readable
        assert readings[1].reason is Reason.TOO_LARGE

    def test_time_is_shared_by_all(self) -> None:
        """
        Many slow documents take no longer than one request may.
        """
        ticks = iter(range(0, 1_000, 100))
        reader = AttachmentReader(clock=lambda: next(ticks))
        request = reader.request()
        request.read(a_file(b"Hello"))
        late = request.read(a_file(files.pdf("Hello")))

        assert late.reason is Reason.FAILED
