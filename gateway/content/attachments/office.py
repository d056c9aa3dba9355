"""Office Open XML (ECMA-376): what documents, workbooks and slides say.

Every part is read, wherever it stands, rather than the parts that a program would show: what is
hidden, deleted or left over is sent as well.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gateway.content.attachments import archive, names, office_clean, sheets
from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    Unreadable,
)
from gateway.content.attachments.markup import Words
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "word/document.xml": (Kind.DOCUMENT, f"{_PREFIX}wordprocessingml.document"),
    "xl/workbook.xml": (Kind.SPREADSHEET, f"{_PREFIX}spreadsheetml.sheet"),
    "ppt/presentation.xml": (Kind.DOCUMENT, f"{_PREFIX}presentationml.presentation"),
}
_TYPES = "[Content_Types].xml"
_MARKUP = (".xml", ".rels", ".vml")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg",
             ".webp", ".wdp")  # fmt: skip
_HARMLESS = (".odttf", ".fntdata")
_BOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_OWN = "customxml/item"
"""Where people's own data stand."""

_PROPERTIES = frozenset({"coreProperties", "Properties"})
_HIDING = {
    "ins": "revisions", "del": "revisions", "moveFrom": "revisions", "vanish": "hidden_text",
    "comment": "comments", "cm": "comments", "notes": "notes",
}  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """What the parts of one document gave so far."""

    book: sheets.Workbook | None = None
    tables: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    pictures: int = 0


def reading(data: bytes, limits: AttachmentLimits) -> Reading:
    """What the office document `data` says.

    Raises:
        Unreadable: it is none, or cannot be read whole within `limits`.
    """
    parts = archive.members(data, limits)
    mains = [name for name in _MAIN if name in parts]
    if len(mains) != 1 or _TYPES not in parts:
        raise Unreadable(Reason.UNKNOWN)
    kind, media_type = _MAIN[mains[0]]
    seen = _Seen(_book(parts, limits) if mains[0] == _BOOK else None)
    for name in sorted(parts, key=_order):
        _part(name, parts[name], seen, limits)
    leftover = "\n".join(seen.book.leftover()) if seen.book is not None else ""
    text = "\n\n".join(filter(None, [*seen.tables, leftover, *seen.texts]))
    if not text.strip() and seen.pictures:
        raise Unreadable(Reason.PICTURES_ONLY)
    text = "\n".join([text, *filter(names.telling, parts)])
    if len(text) > limits.characters:
        raise Unreadable(Reason.TOO_LARGE)
    cleaned = office_clean.cleaned(parts, limits)
    return Reading(kind, media_type, None, text, seen.pictures, cleaned, tuple(sorted(seen.hidden)))


def _order(name: str) -> tuple[bool, int, str]:
    """What is read first comes first; slide 2 before slide 10."""
    return not (name in _MAIN or name.startswith("ppt/slides/")), len(name), name


def _part(name: str, data: bytes, seen: _Seen, limits: AttachmentLimits) -> None:
    lower = name.lower()
    if lower.endswith(_MARKUP):
        _markup(lower, data, seen, limits)
    elif office_clean.is_removed(lower) or lower.endswith(_HARMLESS):
        return  # taken out, or without words
    elif lower.endswith(_PICTURES):
        seen.pictures += 1
    else:
        raise Unreadable(Reason.NESTED)  # programs, embedded files, sound, what nobody knows


def _markup(name: str, data: bytes, seen: _Seen, limits: AttachmentLimits) -> None:
    if office_clean.is_foreign(data):
        raise Unreadable(Reason.MALFORMED)
    shared = sheets.SHARED if name == _STRINGS.lower() else frozenset[str]()
    words = Words(shared, own=name.startswith(_OWN))
    if seen.book is not None and name.startswith("xl/worksheets/") and name.endswith(".xml"):
        words = sheets.Sheet(seen.book, limits)
    text = words.read(data, limits.nesting)
    if isinstance(words, sheets.Sheet):
        seen.tables.append(words.table)
    if words.root in _PROPERTIES and office_clean.is_properties(data):
        return  # metadata: they are taken out, or policy says that they may stay
    seen.texts.append(text)
    seen.hidden |= {said for element, said in _HIDING.items() if element in words.seen}
    if words.states & {"hidden", "veryHidden"}:
        seen.hidden.add("hidden_sheets")


def _book(parts: Mapping[str, bytes], limits: AttachmentLimits) -> sheets.Workbook:
    depth = limits.nesting
    book = sheets.Workbook(epoch=sheets.epoch(parts[_BOOK], depth))
    if _STRINGS in parts:
        book.strings = sheets.Strings().read(parts[_STRINGS], depth)
    if _STYLES in parts:
        book.dated = sheets.Styles().read(parts[_STYLES], depth)
    return book
