"""Office documents without who wrote, changed and commented on them, where and with what.

Words and layout stay. Done on the text of the markup, not on a tree of it: a tree would be written
back with other prefixes, which office programs do not forgive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.content.attachments import archive
from gateway.content.attachments.attachment import AttachmentLimits, Unreadable
from gateway.content.attachments.media import gif, jpeg, png

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY = {
    b"coreProperties": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/'
    b'2006/metadata/core-properties"/>',
    b"extended": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    b"custom": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
}
_ROOT = re.compile(rb"<(?:\w+:)?(coreProperties|Properties)\b[^>]*>")
_BEGINNING = 2_048
"""So many bytes are looked at for the first element."""

_TAG = re.compile(rb"""<[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_NAMING = re.compile(
    rb"""(\s(?:\w+:)?(author|initials|userName|userId|providerId))(\s*=\s*)("[^"]*"|'[^']*')"""
)
_NAMING_ON = {
    b"person": re.compile(rb"""(\s(?:\w+:)?(displayName))(\s*=\s*)("[^"]*"|'[^']*')"""),
    b"cmAuthor": re.compile(rb"""(\s(name))(\s*=\s*)("[^"]*"|'[^']*')"""),
    b"author": re.compile(rb"""(\s(name))(\s*=\s*)("[^"]*"|'[^']*')"""),
    b"userInfo": re.compile(rb"""(\s(name))(\s*=\s*)("[^"]*"|'[^']*')"""),
    b"absPath": re.compile(rb"""(\s(url))(\s*=\s*)("[^"]*"|'[^']*')"""),
}
"""Names on elements that hold one: threaded comments, slides' authors, shared workbooks, paths."""

_ANY = re.compile(rb"rsid|[aA]uthor|initials|user|providerId|person|absPath")
"""Something that a markup with names in it has, and few parts have."""

_EDITS = re.compile(rb"""\s\w+:rsid\w*\s*=\s*("[^"]*"|'[^']*')""")
_EDIT_LIST = re.compile(rb"<w:rsids>.*?</w:rsids>", re.DOTALL)
_AUTHOR_TEXT = re.compile(rb"(<(?:\w+:)?author>)[^<]*(</(?:\w+:)?author>)")
_NEUTRAL = {b"initials": b"A", b"url": b""}
_NAME = re.compile(rb"<(?:\w+:)?(\w+)")
_THUMBNAIL = re.compile(rb"<Relationship\b[^>]*/thumbnail[^>]*>")
_FOREIGN = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8|us-ascii)""", re.IGNORECASE)
_PICTURES: dict[str, Callable[[bytes, AttachmentLimits], bytes]] = {
    "png": png.cleaned,
    "jpg": jpeg.cleaned,
    "jpeg": jpeg.cleaned,
    "gif": gif.cleaned,
}
_UNCLEANED = frozenset({"bmp", "tif", "tiff", "emf", "wmf", "svg", "webp", "wdp"})


def is_foreign(part: bytes) -> bool:
    """Whether markup is not written in UTF-8."""
    return part.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")) or bool(
        _FOREIGN.match(part)
    )


def is_removed(name: str) -> bool:
    """Whether the part of this (lower-case) name goes: previews, and what printers are used."""
    return name.startswith("docprops/thumbnail") or "/printersettings/" in name


def is_properties(part: bytes) -> bool:
    """Whether markup is properties of the document, of which nothing is kept."""
    return _ROOT.search(part, 0, _BEGINNING) is not None


def cleaned(parts: Mapping[str, bytes], limits: AttachmentLimits) -> bytes | None:
    """The document without its metadata, or None if a picture in it cannot be cleaned."""
    kept = {}
    for name, data in parts.items():
        lower = name.lower()
        ending = lower.rpartition(".")[2]
        if lower.startswith("docprops/thumbnail"):
            continue
        if is_removed(lower):
            # Sheets refer to their printer's settings, so the part stays, empty of them.
            kept[name] = bytes(len(data))
        elif ending in ("xml", "rels", "vml"):
            kept[name] = _markup(data)
        elif ending in _PICTURES:
            try:
                kept[name] = _PICTURES[ending](data, limits)
            except Unreadable:
                return None
        elif ending in _UNCLEANED:
            return None
        else:
            kept[name] = data
    return archive.packed(kept)


def _markup(data: bytes) -> bytes:
    root = _ROOT.search(data, 0, _BEGINNING)
    if root is not None:
        kind = root[1]
        if kind == b"Properties":
            kind = b"custom" if b"custom-properties" in root[0] else b"extended"
        return _DECLARATION + _EMPTY[kind]
    data = _EDIT_LIST.sub(b"", _THUMBNAIL.sub(b"", data))
    if _ANY.search(data) is None:
        return data
    return _AUTHOR_TEXT.sub(rb"\1Author\2", _TAG.sub(_tag, data))


def _tag(match: re.Match[bytes]) -> bytes:
    tag = match[0]
    if b"=" not in tag:
        return tag
    tag = _NAMING.sub(_neutral, _EDITS.sub(b"", tag))
    name = _NAME.match(tag)
    naming = _NAMING_ON.get(name[1]) if name is not None else None
    return naming.sub(_neutral, tag) if naming is not None else tag


def _neutral(match: re.Match[bytes]) -> bytes:
    return match[1] + match[3] + b'"' + _NEUTRAL.get(match[2], b"Author") + b'"'
