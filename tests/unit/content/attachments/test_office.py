"""What office documents say, and that it is all of it."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.attachments import office, pdf
from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    Unreadable,
)
from tests import files

LIMITS = AttachmentLimits()
NAMES = {"docx": files.docx(), "pdf": files.pdf("Hello"), "xlsx": files.xlsx()}


ROW = '<row><c t="s" s="1"><v>0</v></c><c s="1"><v>29358</v></c></row>'
STRINGS = "<si><t>words</t></si>"


def changed(whole: bytes, data: st.DataObject) -> bytes:
    """A few bytes of it are others, and perhaps its end is missing."""
    broken = bytearray(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=6)):
        broken[at] = data.draw(st.integers(0, 255))
    return bytes(broken)


def read(data: bytes, limits: AttachmentLimits = LIMITS) -> Reading:
    """What a PDF or an office document says."""
    return (pdf if data.startswith(b"%PDF") else office).reading(data, limits)


def why(data: bytes, limits: AttachmentLimits = LIMITS) -> Reason:
    """Why it cannot be read."""
    with pytest.raises(Unreadable) as caught:
        read(data, limits)
    return caught.value.reason


def outcome(data: bytes) -> Reason | None:
    """Why an office document cannot be read, or None if it can."""
    try:
        return office.reading(data, LIMITS).reason
    except Unreadable as error:
        return error.reason


def parts(reading: Reading) -> dict[str, bytes]:
    """The parts of a cleaned office document."""
    assert reading.cleaned is not None
    with zipfile.ZipFile(io.BytesIO(reading.cleaned)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestEveryDocument:
    @pytest.mark.parametrize("name", NAMES)
    def test_who_wrote_it_does_not_leave(self, name: str) -> None:
        """
        Author, editor and who changed what stand neither in the text nor in the cleaned file.
        """
        reading = read(NAMES[name])
        everything = b"".join(parts(reading).values()) if name != "pdf" else reading.cleaned

        assert everything is not None
        assert files.AUTHOR.encode() not in everything
        assert files.AUTHOR not in reading.text

    @pytest.mark.parametrize("name", NAMES)
    def test_the_cleaned_file_says_the_same(self, name: str) -> None:
        """
        Words and what is hidden are as before, and one file always gives the same bytes.
        """
        first = read(NAMES[name])
        second = read(first.cleaned or b"")

        assert second.text == first.text
        assert second.hidden == first.hidden
        assert read(NAMES[name]).cleaned == first.cleaned

    @pytest.mark.parametrize("name", NAMES)
    def test_what_stands_behind_the_end_makes_it_unreadable(self, name: str) -> None:
        """
        A second file behind the first would be read by somebody else.
        """
        assert why(NAMES[name] + b"<html>hello") is Reason.POLYGLOT


class TestDocx:
    def test_words_split_into_runs_are_whole(self) -> None:
        """
        An editor cuts words into runs as it likes; a value must not hide in that.
        """
        reading = read(files.docx("jane@ac</w:t></w:r><w:r><w:t>me.example"))

        assert reading.kind is Kind.DOCUMENT
        assert "jane@acme.example\nadded words" in reading.text
        assert reading.hidden == ("revisions",)

    @pytest.mark.parametrize(
        "part",
        [
            "word__footnotes_dot_xml",
            "word__comments_dot_xml",
            "elsewhere__nobody_knows_dot_xml",
            "customXml__item1_dot_xml",
        ],
    )
    def test_every_part_is_read(self, part: str) -> None:
        """
        Whatever a part is called, and whether or not anything refers to it: it would be sent.
        """
        reading = read(files.docx(**{part: "<x><t>bob@globex.example</t></x>"}))

        assert "bob@globex.example" in reading.text

    def test_links_and_descriptions_are_read(self) -> None:
        """
        An address behind a word and the description of a picture are text as well.
        """
        links = '<R><Relationship TargetMode="External" Target="mailto:bob@globex.example"/></R>'
        picture = '<x><docPr descr="Bob at his desk"/></x>'
        reading = read(
            files.docx(word___rels__document_dot_xml_dot_rels=links, word__h_dot_xml=picture)
        )

        assert "mailto:bob@globex.example" in reading.text
        assert "Bob at his desk" in reading.text

    def test_pictures_are_counted_and_cleaned(self) -> None:
        """
        A photo in a document loses its metadata as one that comes alone does.
        """
        reading = read(files.docx(word__media__image1_dot_png=files.png()))

        assert reading.pictures == 1
        assert files.AUTHOR.encode() not in parts(reading)["word/media/image1.png"]

    def test_a_picture_that_cannot_be_cleaned_is_told(self) -> None:
        """
        Then the document can be read, but not cleaned.
        """
        reading = read(files.docx(word__media__image1_dot_emf=b"?"))

        assert reading.readable
        assert reading.cleaned is None

    @pytest.mark.parametrize(
        "part",
        ["word__embeddings__a_dot_xlsx", "word__vbaProject_dot_bin", "word__media__a_dot_mp4"],
    )
    def test_files_and_programs_inside_make_it_unreadable(self, part: str) -> None:
        """
        What is inside a file inside a file nobody has seen.
        """
        assert why(files.docx(**{part: b"?"})) is Reason.NESTED

    def test_a_document_of_pictures_only_is_unreadable(self) -> None:
        """
        A scan has no text to inspect.
        """
        empty = '<w:document xmlns:w="urn:w"/>'
        data = files.archive(word__document_dot_xml=empty, word__media__a_dot_png=files.png())

        assert why(data) is Reason.PICTURES_ONLY


class TestXlsx:
    def test_cells_become_lines(self) -> None:
        """
        Shared strings, inline ones, numbers, and dates as dates; an empty cell keeps its place.
        """
        rows = (
            '<row><c t="s"><v>0</v></c><c s="1"><v>29358</v></c><c/><c><v>1.5</v></c></row>'
            '<row><c t="inlineStr"><is><t>in line</t></is></c></row>'
        )
        strings = "<si><r><t>Ja</t></r><r><t>ne</t></r></si><si><t>left over</t></si>"
        reading = read(files.xlsx(rows, strings))

        assert reading.kind is Kind.SPREADSHEET
        assert "Jane\t1980-05-17\t\t1.5\nin line\n\nleft over" in reading.text
        assert "People\nOld" in reading.text

    def test_hidden_sheets_are_read_and_reported(self) -> None:
        """
        Nobody sees them, and they are sent.
        """
        assert read(files.xlsx()).hidden == ("hidden_sheets",)

    def test_cells_are_counted_over_all_sheets(self) -> None:
        """
        Past the limit the workbook is unreadable.
        """
        rows = "<row>" + "<c><v>1</v></c>" * 11 + "</row>"

        assert why(files.xlsx(rows), AttachmentLimits(cells=10)) is Reason.TOO_LARGE

    def test_one_long_string_in_many_cells_is_a_bomb(self) -> None:
        """
        A thousand references to a long string are a thousand long strings.
        """
        rows = "<row>" + '<c t="s"><v>0</v></c>' * 1_000 + "</row>"
        strings = f"<si><t>{'x' * 10_000}</t></si>"

        assert why(files.xlsx(rows, strings)) is Reason.TOO_LARGE


class TestBombs:
    def test_a_part_that_grows_too_much_is_not_unpacked(self) -> None:
        """
        A few kilobytes that become many megabytes are refused by what the archive says.
        """
        assert why(files.docx(word__a_dot_xml=b" " * (8 << 20))) is Reason.TOO_LARGE

    def test_an_archive_that_lies_about_its_sizes_is_broken(self) -> None:
        """
        Reading stops at the size that was promised.
        """
        honest = files.docx(word__a_dot_xml=b"<a>" + b"x" * 5_000 + b"</a>")
        lying = honest.replace((5_007).to_bytes(4, "little"), (100).to_bytes(4, "little"))

        assert lying != honest
        assert why(lying) is Reason.MALFORMED

    def test_entities_are_not_expanded(self) -> None:
        """
        No office program writes a document type; a billion laughs needs one.
        """
        bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'

        assert why(files.docx(word__a_dot_xml=bomb)) is Reason.MALFORMED

    def test_depth_is_bounded(self) -> None:
        """
        Elements a thousand deep are refused.
        """
        deep = "<a>" * 1_000 + "</a>" * 1_000

        assert why(files.docx(word__a_dot_xml=deep)) is Reason.TOO_LARGE

    def test_two_parts_of_one_name_are_two_documents(self) -> None:
        """
        One program would open the first, another the second.
        """
        buffer = io.BytesIO(files.docx())
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr("Word/Document.xml", "<x/>")

        assert why(buffer.getvalue()) is Reason.POLYGLOT

    def test_other_encodings_are_not_read(self) -> None:
        """
        What is cleaned as UTF-8 must be UTF-8.
        """
        assert why(files.docx(word__a_dot_xml="<a/>".encode("utf-16"))) is Reason.MALFORMED


class TestAnyOfficeDocument:
    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_no_archive_breaks_it(self, data: st.DataObject) -> None:
        """
        Any byte of the archive may be another: a reading or a reason, never another error.
        """
        whole = data.draw(st.sampled_from([files.docx(), files.xlsx(ROW, STRINGS)]))
        broken = changed(whole, data)

        assert outcome(broken) is not Reason.FAILED

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_no_markup_breaks_it(self, data: st.DataObject) -> None:
        """
        Nor may any byte of its parts, which pass the archive's check sums.
        """
        sheet = changed(f"<worksheet><sheetData>{ROW}</sheetData></worksheet>".encode(), data)
        strings = changed(f"<sst>{STRINGS}</sst>".encode(), data)
        broken = files.archive(
            xl__workbook_dot_xml="<workbook/>",
            xl__sharedStrings_dot_xml=strings,
            xl__worksheets__sheet1_dot_xml=sheet,
        )

        assert outcome(broken) is not Reason.FAILED
