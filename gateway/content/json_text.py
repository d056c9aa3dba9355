r"""JSON in a string, such as a tool's arguments: read past its escapes, and changed as JSON.

``\u0034`` is a 4 for whoever reads the document, so it is one for the detectors as well (RFC 8259,
section 7). Places stay the same in everything here, but for `unescaped`.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_UNFINISHED = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_MARKS = re.compile(r'\\.|"', re.DOTALL)
_PIECE = re.compile(r'"|(?:\\.|[^"\\])+|\\', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")
_OF_NUMBERS = frozenset("0123456789.eE+-")
_BLANKS = frozenset({"\\b", "\\f", "\\n", "\\r", "\\t"})


def unescaped(text: str) -> str:
    r"""The same JSON with letters and signs for their numbers, where they need none."""
    return _ESCAPE.sub(_letter, text) if "\\u" in text else text


def blanked(text: str) -> str:
    r"""`text` with blanks for its escaped ones, so that what follows ``\n`` begins a word."""
    return _ESCAPE.sub(_blank, text) if "\\" in text else text


def read(text: str) -> str:
    """What a text of JSON says, for detectors."""
    return blanked(unescaped(text)) if "\\" in text else text


def within(text: str, inside: bool) -> bool:  # noqa: FBT001 - where the text before it ended
    """Whether `text` ends in a string, where it begins in one or does not."""
    return inside ^ (_MARKS.findall(text).count('"') % 2 == 1) if '"' in text else inside


class Escapes:
    """Text of JSON that arrives in pieces; an escape is whole before it goes on."""

    def __init__(self) -> None:
        """At the beginning of the text."""
        self._held = ""
        self._inside = False

    def feed(self, piece: str) -> str:
        """What may go on, `unescaped`."""
        text = self._held + piece
        if "\\" not in text:
            return text
        end = _unfinished(text)
        self._held = text[end:]
        return unescaped(text[:end])

    def goes_on(self, text: str) -> bool:
        """Note that `text` goes on, which `feed` gave; whether it begins in a string."""
        before = self._inside
        self._inside = within(text, before)
        return before

    def end(self) -> str:
        """The rest, an escape that is none."""
        text, self._held = self._held, ""
        return text


def replaced(text: str, start: int, end: int, mark: str, *, inside: bool) -> tuple[int, int, str]:
    """Where from and where to `mark` stands in for what is in this span, and how it is written.

    `inside` is whether `text` begins in a string. A number becomes a string. Where the span is in
    several strings the mark is in each of them, so that the document stays one.
    """
    quoted = within(text[:start], inside)
    if not quoted:
        while start > 0 and text[start - 1] in _OF_NUMBERS:
            start -= 1
    if _unfinished(text[:end]) == end - 1:
        end += 1
    pieces = []
    for piece in _PIECE.findall(text[start:end]):
        if piece == '"':
            quoted = not quoted
            pieces.append(piece)
        elif quoted:
            pieces.append(mark)
        else:
            pieces.append(_NUMBER.sub(f'"{mark}"', piece))
    if not quoted:
        while end < len(text) and text[end] in _OF_NUMBERS:
            end += 1
    return start, end, "".join(pieces)


def _unfinished(text: str) -> int:
    """Where an escape begins that the end of `text` cuts; its length where none is cut."""
    found = _UNFINISHED.search(text)
    if found is None:
        return len(text)
    before = text[: found.start()]
    odd = (len(before) - len(before.rstrip("\\"))) % 2
    return len(text) if odd else found.start()


def _letter(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    number = int(match[1], 16)
    # What may stand in a string as it is, and is no half of a letter.
    if number < 0x20 or number in (0x22, 0x5C) or 0xD800 <= number <= 0xDFFF:
        return match[0]
    return chr(number)


def _blank(match: re.Match[str]) -> str:
    return "  " if match[0] in _BLANKS else match[0]
