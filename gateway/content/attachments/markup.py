"""Text out of the XML of office documents, without entities, document types or depth.

Sole importer of expat.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from gateway.content.attachments import names
from gateway.content.attachments.attachment import Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Attributes = dict[str, str]
_TEXT = frozenset({"t", "delText", "instrText", "delInstrText"})
"""Elements whose white space is text."""

_BREAKS: Mapping[str, str] = {
    "p": "\n", "tr": "\n", "si": "\n", "row": "\n", "comment": "\n", "cm": "\n", "tc": "\t",
    "tab": "\t", "br": "\n", "cr": "\n", "f": "\n", "definedName": "\n",
}  # fmt: skip
"""What the end of an element means in the text."""

_WRITTEN = frozenset(
    {
        "alt", "address", "descr", "display", "error", "errorTitle", "href", "location", "prompt",
        "promptTitle", "string", "title", "tooltip",
    }
)  # fmt: skip
"""Attributes that people write."""

_WRITTEN_ON = frozenset(
    {
        ("alias", "val"), ("bookmarkStart", "name"), ("d", "v"), ("n", "v"),
        ("cacheField", "name"), ("customFilter", "val"), ("default", "val"),
        ("definedName", "name"), ("docVar", "name"), ("docVar", "val"), ("filter", "val"),
        ("helpText", "val"), ("inputCells", "val"), ("listItem", "displayText"), ("s", "v"),
        ("listItem", "value"), ("scenario", "name"), ("sheet", "name"), ("sheetName", "val"),
        ("statusText", "val"),
        ("table", "displayName"), ("tableColumn", "name"), ("tag", "val"),
    }
)  # fmt: skip
"""Attributes that people write on these elements only."""

_METADATA = frozenset({"author", "initials", "userName", "userId", "providerId"})
_METADATA_ON = frozenset({"absPath", "author", "cmAuthor", "person", "userInfo"})
"""Attributes, and elements with attributes or text, that `office_clean` takes out."""

_DESIGN = frozenset(
    {
        "altName", "cellStyle", "clrScheme", "cs", "ea", "fmtScheme", "font", "fontScheme", "latin",
        "lsdException", "mathFont", "name", "rFonts", "style", "sym", "tableStyle", "theme",
    }
)  # fmt: skip
"""Elements whose attributes are names of fonts, colours and styles."""

_TWO_WORDS = re.compile(r"[^\W\d_]{2}[.,]? [^\W\d_]|@")
"""What words of people have in them, and names and measures of formats mostly have not."""


_ACCOUNT = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z\d]{11}")
"""How account numbers (ISO 13616) begin, which are one word."""

_BARE = frozenset({"c", "row"})
"""Elements of which a sheet has very many, with short attributes that say where they stand."""

_SHORT = 12


def _written(element: str, key: str, value: str, attributes: Attributes) -> bool:
    if key in _WRITTEN or (element, key) in _WRITTEN_ON:
        return bool(value.strip())
    if key in _METADATA or element in _METADATA_ON:
        return False
    if key == "Target":
        return attributes.get("TargetMode") == "External" or names.telling(value)
    if _ACCOUNT.search(value) is not None:
        return True
    return element not in _DESIGN and _TWO_WORDS.search(value) is not None


def telling(value: str) -> bool:
    """Whether a value that is mostly the format's own reads like words of people's."""
    return _ACCOUNT.search(value) is not None or _TWO_WORDS.search(value) is not None


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def parse(
    data: bytes,
    depth: int,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
    aside: Callable[[str], None] | None = None,
) -> None:
    """Tell of elements and text; `depth` is how far elements may stand in each other.

    `aside` is told what no program shows: comments, and instructions to programs.

    Raises:
        Unreadable: it is no XML, declares a document type or entities, or is too deep.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    open_elements = 0

    def opened(name: str, attributes: Attributes) -> None:
        nonlocal open_elements
        open_elements += 1
        if open_elements > depth:
            raise Unreadable(Reason.TOO_LARGE)
        start(local(name), attributes)

    def closed(name: str) -> None:
        nonlocal open_elements
        open_elements -= 1
        end(local(name))

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = characters
    if aside is not None:
        parser.CommentHandler = aside
        parser.ProcessingInstructionHandler = lambda _target, text: aside(text)
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unreadable(Reason.MALFORMED) from error


def _refuse(*_: object) -> NoReturn:
    raise Unreadable(Reason.MALFORMED)  # no office program writes one; bombs need one


class Words:
    """Every text in a part, in order, and behind it the attributes that people write."""

    def __init__(self, skipped: frozenset[str] = frozenset(), *, own: bool = False) -> None:
        """Text directly in elements of the names `skipped` is left out.

        With `own` the markup is of somebody's own kind: every attribute is what they wrote.
        """
        self._skipped = skipped
        self._own = own
        self._pieces: list[str] = []
        self._aside: list[str] = []
        self._open: list[str] = []
        self.root = ""
        self.seen: set[str] = set()
        """Names of the elements there are."""

        self.states: set[str] = set()
        """Values of the attribute ``state``, which hides sheets."""

    def read(self, data: bytes, depth: int) -> str:
        """The text of a part.

        Raises:
            Unreadable: as `parse`.
        """
        parse(data, depth, self._start, self._end, self._characters, self._aside.append)
        return "\n".join(filter(None, ["".join(self._pieces).strip(), *self._aside]))

    def _start(self, name: str, attributes: Attributes) -> None:
        self.root = self.root or name
        self._open.append(name)
        self.seen.add(name)
        if name in _BARE and max(map(len, attributes.values()), default=0) < _SHORT:
            return
        for key, value in attributes.items():
            if key == "state":
                self.states.add(value)
            if key.startswith("xmlns"):
                continue
            if (self._own and value.strip()) or _written(name, local(key), value, attributes):
                self._aside.append(value)

    def _end(self, name: str) -> None:
        self._open.pop()
        if not (self._open and self._open[-1] == "tabs"):
            self._pieces.append(_BREAKS.get(name, ""))

    def _characters(self, text: str) -> None:
        inside = self._open[-1]
        if inside in self._skipped or inside in _METADATA_ON:
            return
        if inside in _TEXT or not text.isspace():
            self._pieces.append(text)
