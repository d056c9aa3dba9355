"""An account number in every place of an office document: it is read, taken out, or refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from gateway.content.attachments import office
from gateway.content.attachments.attachment import AttachmentLimits, Unreadable
from gateway.content.attachments.names import telling
from tests import files

ACCOUNT = "DE89370400440532013000"
WORDS = 'xmlns:w="urn:w"'
LIMITS = AttachmentLimits()


def escapes(data: bytes, value: str = ACCOUNT) -> bool:
    """Whether `value` leaves in a document whose text does not say it."""
    try:
        reading = office.reading(data, LIMITS)
    except Unreadable:
        return False
    if value in reading.text or reading.cleaned is None:
        return False
    with zipfile.ZipFile(io.BytesIO(reading.cleaned)) as made:
        parts = [made.read(name) for name in made.namelist()]
        return any(value.encode() in part for part in (*parts, str(made.namelist()).encode()))


PARTS = {
    "a comment of the markup": ("word/footer1.xml", f"<w:ftr {WORDS}><!-- {ACCOUNT} --></w:ftr>"),
    "an instruction": ("word/footer1.xml", f"<w:ftr {WORDS}><?say {ACCOUNT}?></w:ftr>"),
    "an entity": (
        "word/footer1.xml",
        f'<!DOCTYPE a [<!ENTITY x "{ACCOUNT}">]><w:ftr {WORDS}>&x;</w:ftr>',
    ),
    "a header": ("word/header1.xml", f"<w:hdr {WORDS}><w:t>{ACCOUNT}</w:t></w:hdr>"),
    "a comment": ("word/comments.xml", f"<w:comments {WORDS}><w:t>{ACCOUNT}</w:t></w:comments>"),
    "a style's name": (
        "word/styles.xml",
        f'<w:styles {WORDS}><w:style><w:name w:val="{ACCOUNT}"/></w:style></w:styles>',
    ),
    "a font's name": ("word/fontTable.xml", f'<w:f {WORDS}><w:font w:name="{ACCOUNT}"/></w:f>'),
    "data": ("customXml/item1.xml", f"<case><iban>{ACCOUNT}</iban></case>"),
    "an attribute of data": ("customXml/item1.xml", f'<case iban="{ACCOUNT}"/>'),
    "an attribute that hides sheets": ("customXml/item1.xml", f'<case state="{ACCOUNT}"/>'),
    "data that call themselves properties": (
        "customXml/item1.xml",
        f"<!--{'x' * 3_000}--><Properties><iban>{ACCOUNT}</iban></Properties>",
    ),
    "the name of a part": (f"customXml/{ACCOUNT}.xml", "<a/>"),
    "the name of a picture": (f"word/media/{ACCOUNT}.png", files.png()),
    "the name of a folder": (f"word/{ACCOUNT}/item1.xml", "<a/>"),
    "a target": (
        "word/_rels/document.xml.rels",
        f'<R><Relationship Target="media/{ACCOUNT}.png"/></R>',
    ),
    "an embedded file": ("word/embeddings/a.bin", ACCOUNT),
}  # fmt: skip

SHEETS = {
    "a string that no cell has": ("", f"<si><t>{ACCOUNT}</t></si>"),
    "beside the text of a string": ("", f"<si><r>{ACCOUNT}</r></si>"),
    "inside the text of a string": ("", f"<si><t>a<b/>{ACCOUNT}</t></si>"),
    "before the first string": ("", f"<t>{ACCOUNT}</t>"),
    "a cell without a value": (f"<row><c>{ACCOUNT}</c></row>", ""),
    "a row without a cell": (f"<row>{ACCOUNT}</row>", ""),
    "no row": (f"<c><v>{ACCOUNT}</v></c><row/>", ""),
    "no cell": (f"<t>{ACCOUNT}</t>", ""),
    "around the text of a cell": (f'<row><c t="inlineStr"><is>{ACCOUNT}</is></c></row>', ""),
    "a cell around a cell": (f"<row><c><v>{ACCOUNT}</v><c/></c></row>", ""),
    "a row around a row": (f"<row><c><v>{ACCOUNT}</v></c><row/></row>", ""),
    "an attribute of a cell": (f'<row><c x="{ACCOUNT}"><v>1</v></c></row>', ""),
    "a formula": (f'<row><c><f>"{ACCOUNT}"</f><v>1</v></c></row>', ""),
}


class TestDocuments:
    @pytest.mark.parametrize("place", PARTS)
    def test_nothing_leaves_unread_in_a_part(self, place: str) -> None:
        """
        A word processor shows none of these; the provider gets all of them.
        """
        name, part = PARTS[place]
        made = files.docx(**{name.replace("/", "__").replace(".", "_dot_"): part})

        assert not escapes(made)

    def test_nothing_leaves_unread_in_a_bookmark(self) -> None:
        """
        A bookmark's name cannot have blanks, and is still a name.
        """
        mark = f'</w:t></w:r><w:bookmarkStart w:name="Max_{ACCOUNT}"/><w:r><w:t>'

        assert not escapes(files.docx(mark))
        assert "Mustermann_Max" in office.reading(
            files.docx(mark.replace(f"Max_{ACCOUNT}", "Mustermann_Max")), LIMITS
        ).text  # fmt: skip

    @pytest.mark.parametrize(
        "name",
        [
            "[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/theme/theme1.xml",
            "word/_rels/document.xml.rels", "ppt/slides/slide12.xml", "xl/worksheets/sheet3.xml",
            "docProps/core.xml", "customXml/itemProps1.xml", "word/media/image1.png",
            "ppt/comments/modernComment_100_0.xml", "xl/pivotCache/pivotCacheRecords1.xml",
        ],
    )  # fmt: skip
    def test_the_names_that_programs_give_say_nothing(self, name: str) -> None:
        """
        They are in every document, and would be read as words of it.
        """
        assert not telling(name)


class TestWorkbooks:
    @pytest.mark.parametrize("place", SHEETS)
    def test_nothing_leaves_unread_in_a_sheet(self, place: str) -> None:
        """
        Where the format has no text a careless program may still find some.
        """
        rows, strings = SHEETS[place]

        assert not escapes(files.xlsx(rows, strings))

    @pytest.mark.parametrize("value", ["4915112345678", "1984-03-02T00:00:00"])
    def test_a_pivot_remembers_what_its_sheet_had(self, value: str) -> None:
        """
        Numbers and dates stay in its cache when the sheet they came from is deleted.
        """
        cache = f'<r><n v="{value}"/><d v="{value}"/></r>'

        assert not escapes(files.xlsx(xl__pivotCache__r_dot_xml=cache), value)

    def test_a_linked_workbook_names_its_sheets(self) -> None:
        """
        A link to another workbook repeats what its sheets are called.
        """
        link = f'<externalLink><sheetNames><sheetName val="{ACCOUNT}"/></sheetNames></externalLink>'

        assert not escapes(files.xlsx(xl__externalLinks__externalLink1_dot_xml=link))
