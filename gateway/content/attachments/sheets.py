"""The cells of a workbook as lines of tab-separated text, dates as dates (ECMA-376 part 1, 18)."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable
from gateway.content.attachments.markup import Attributes, Words, parse
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that are dates or times."""

_NOT_THE_FORM = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_SIGNS = re.compile(r"[ymdhs]", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - no zone is meant
_LAST_DAY = 2_958_466
_VALUES = frozenset({"v", "t"})
SHARED = frozenset({"t"})
"""Elements of the shared strings, whose text is told by the table."""


@dataclass(slots=True)
class Workbook:
    """What all sheets of a workbook share."""

    strings: list[str] = field(default_factory=list)
    dated: frozenset[int] = frozenset()
    """Styles of cells that show a date."""

    epoch: datetime = _EPOCH
    cells: int = 0
    characters: int = 0
    """Of all cells: one long string may stand in thousands of them."""

    used: set[int] = field(default_factory=set)
    """Shared strings that stand in some cell."""

    def leftover(self) -> Iterable[str]:
        """Strings that are in the file and in no cell."""
        return (text for at, text in enumerate(self.strings) if at not in self.used)


class Strings:
    """The shared strings."""

    def __init__(self) -> None:
        """None yet."""
        self._texts: list[str] = []
        self._open: list[str] = []

    def read(self, data: bytes, depth: int) -> list[str]:
        """The strings by number.

        Raises:
            Unreadable: it is no XML that is read here.
        """
        parse(data, depth, self._start, self._end, self._characters)
        return self._texts

    def _start(self, name: str, _attributes: Attributes) -> None:
        self._open.append(name)
        if name == "si":
            self._texts.append("")

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._open[-1] == "t":
            if not self._texts:
                raise Unreadable(Reason.MALFORMED)  # it belongs to no string
            self._texts[-1] += text


class Styles:
    """Which styles of cells show a date."""

    def __init__(self) -> None:
        """None yet."""
        self._formats: set[int] = set(_DATES)
        self._inside = False
        self._styles: list[int] = []

    def read(self, data: bytes, depth: int) -> frozenset[int]:
        """The numbers of those styles.

        Raises:
            Unreadable: it is no XML that is read here.
        """
        parse(data, depth, self._start, self._end, lambda _text: None)
        return frozenset(at for at, form in enumerate(self._styles) if form in self._formats)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            code = _NOT_THE_FORM.sub("", attributes.get("formatCode", ""))
            if _DATE_SIGNS.search(code):
                self._formats.add(_number(attributes.get("numFmtId")))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._styles.append(_number(attributes.get("numFmtId")))

    def _end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False


class Sheet(Words):
    """The cells of one sheet, and the words around them: formulas, headers, what filters say."""

    def __init__(self, book: Workbook, limits: AttachmentLimits) -> None:
        """A sheet of `book`, whose cells count against the limit for all sheets."""
        super().__init__()
        self._book = book
        self._limits = limits
        self._rows: list[str] = []
        self._row: list[str] = []
        self._cell: Attributes = {}
        self._inside = False
        self._value = ""

    @property
    def table(self) -> str:
        """The rows that were read, a line each."""
        self._end_row()
        return "\n".join(self._rows)

    def _end_row(self) -> None:
        if any(self._row):
            self._rows.append("\t".join(self._row))
        self._row = []

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            if self._inside:
                raise Unreadable(Reason.MALFORMED)  # a cell in a cell
            self._cell, self._value, self._inside = attributes, "", True
            self._book.cells += 1
            if self._book.cells > self._limits.cells:
                raise Unreadable(Reason.TOO_LARGE)
        elif name == "row":
            self._end_row()
        super()._start(name, attributes)

    def _end(self, name: str) -> None:
        super()._end(name)
        if name == "c":
            self._inside = False
            self._row.append(self._shown())
            self._book.characters += len(self._row[-1])
            if self._book.characters > self._limits.characters:
                raise Unreadable(Reason.TOO_LARGE)
        elif name == "row":
            self._end_row()

    def _characters(self, text: str) -> None:
        if self._open[-1] in _VALUES and self._inside:
            self._value += text
        else:
            super()._characters(text)

    def _shown(self) -> str:
        value, kind = self._value, self._cell.get("t", "n")
        if kind == "s":
            at = _number(value)
            if not 0 <= at < len(self._book.strings):
                raise Unreadable(Reason.MALFORMED)
            self._book.used.add(at)
            return self._book.strings[at]
        if kind == "n" and _number(self._cell.get("s", "0")) in self._book.dated:
            return _date(value, self._book.epoch)
        return value


def epoch(workbook: bytes, depth: int) -> datetime:
    """The day that dates are counted from.

    Raises:
        Unreadable: it is no XML that is read here.
    """
    found: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            found.append(attributes.get("date1904", "0"))

    parse(workbook, depth, start, lambda _name: None, lambda _text: None)
    return _EPOCH_1904 if found and found[0] in ("1", "true") else _EPOCH


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else -1


def _date(value: str, start: datetime) -> str:
    """A count of days as a date, a part of a day as a time."""
    try:
        days = float(value)
    except ValueError:
        return value
    if not 0 <= days < _LAST_DAY:
        return value
    moment = start + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d" if days == int(days) else "%Y-%m-%d %H:%M:%S")
