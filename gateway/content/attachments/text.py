"""Plain text and tables of separated values: whatever has no binary format, if it truly is text.

Sole importer of charset_normalizer.
"""

from __future__ import annotations

import codecs
import re

from gateway.content.attachments import mail as mails
from gateway.content.attachments.attachment import (
    PICTURED,
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    Unreadable,
)
from gateway.content.attachments.sniff import TABLE, TEXT

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 << 10
"""So many bytes are looked at to guess how the rest is written."""

_EMBEDDED = re.compile(
    r"data:(?:application|audio|font|image|video)/[\w.+-]{1,128}(?:;[\w.=+-]{1,128}){0,4};base64,"
    r"[\w+/=%-]+(?:\s+[A-Za-z\d+/]{60,}=*)*"
)
"""A file that stands in a text, as in SVG and pages (RFC 2397)."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Signs that no text has. Of what is left, line ends, tabs, form feeds and escapes may be."""


def reading(data: bytes, kind: Kind, name: str, limits: AttachmentLimits) -> Reading:
    """The text of `data`, which is its own cleaned form where nothing else is in it.

    Pictures, sounds and files that stand in it are not looked at: they are counted, and no part
    of the text.

    Where a picture or a sound was promised, it is no readable one; its text is read all the same.

    Raises:
        Unreadable: it is no text.
    """
    text = _decoded(data)
    if _CONTROL.search(text):
        raise Unreadable(Reason.UNKNOWN)
    if len(text) > limits.characters:
        raise Unreadable(Reason.TOO_LARGE)
    if kind in PICTURED:
        return Reading(kind, TEXT.media_type, Reason.MISMATCH, text)
    media = TABLE if name.lower().endswith((".csv", ".tsv")) else TEXT
    mail = mails.opened(text)
    said, parts = (text, 0) if mail is None else mail
    said, embedded = _EMBEDDED.subn("", said)
    others = parts + embedded
    cleaned = None if others else data
    return Reading(media.kind, media.media_type, None, said, others, cleaned)


def is_utf8(data: bytes) -> bool:
    """Whether `data` is UTF-8, as nearly all text is, and nothing else is by chance."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as(data, encoding)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _as(data, _guessed(data[:_SAMPLE]))


def _guessed(sample: bytes) -> str:
    # Here, because it takes 2 MB, and nearly all text is UTF-8 or bears a mark.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    guess = from_bytes(sample).best()
    if guess is None:
        raise Unreadable(Reason.UNKNOWN)
    return guess.encoding


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise Unreadable(Reason.UNKNOWN) from error
