r"""One way of writing for every text, so that a value cannot hide in how it is written.

Unicode compatibility forms (UAX #15, NFKC), invisible characters (UTS #39), digits of other
scripts, look-alike letters within a Latin word, HTML entities, percent-encoding (RFC 3986) and
``\u`` escapes (RFC 8259) are undone; Base64 (RFC 4648) is decoded beside the text. Every place
of the result maps back to the text as it was. Plain text is not touched and costs next to nothing.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from base64 import b64decode
from bisect import bisect_right
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from gateway.content.glance import long_run
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U00013430-\U00013438"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_PART = re.compile(f"[{_UNSEEN}]+|[^{_UNSEEN}]+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_COMBINING = re.compile(r"[\u0300-\u036f\u20d0-\u20ff]")
_ASCII = bytes(range(128))
_RUN = re.compile(r"[^\x00-\x7f]+")
_ESCAPE = re.compile(
    # A set at the very beginning lets everything else be skipped at once.
    r"[%&\\](?:(?<=%)[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*"
    r"|(?<=&)(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}[0-9]{0,2});"
    r"|(?<=\\)u[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4})*)"
)
_LOOKALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422"
        "\u0423\u0425\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u0501"
        "\u051b\u051d\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1"
        "\u03a4\u03a5\u03a7\u03bf\u03b9\u03bd",
        "ABESIJKMHOPCTYXaesijopcyxdqwABEZHIKMNOPTYXoiv",
        strict=True,
    )
)
"""Cyrillic and Greek letters that are drawn like Latin ones (UTS #39, the everyday part)."""

_LOOKALIKE = re.compile("[" + "".join(_LOOKALIKES) + "]")
_LATIN = re.compile(r"[A-Za-z0-9]")
_MIXED = re.compile(r"[^\s]{1,256}")
_CONTROL_ESCAPE = re.compile(r"\\+[bfnrt](?=\w)")
_SHORTEST_BLOB = 20
_BLOB = re.compile(rf"[A-Za-z0-9+/_\-]{{{_SHORTEST_BLOB},}}={{0,2}}")
_LINES = re.compile(rf"(?:[A-Za-z0-9+/]{{64,76}}\r?\n)+[A-Za-z0-9+/]+={{0,2}}|{_BLOB.pattern}")
"""The same, and in lines as mails (RFC 2045, 6.8) and keys (RFC 7468) have it."""

_DEEPEST = 3
_SHORT = 4
"""Runs of so few characters (quotes, umlauts, dots) come again and are remembered."""


@dataclass(frozen=True, slots=True)
class View:
    """A text in one way of writing, and where each of its places was."""

    text: str
    firsts: tuple[int, ...] = ()
    """Where in `text` each stretch begins; empty when the text is as it was."""

    origins: tuple[tuple[int, int], ...] = ()
    """For each stretch where it was, and where it ended there."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that a span of this view stands for, whole escapes."""
        if not self.firsts:
            return start, end
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        stretch = bisect_right(self.firsts, at) - 1
        begin, end = self.origins[stretch]
        offset = at - self.firsts[stretch]
        following = self.firsts[stretch + 1] if stretch + 1 < len(self.firsts) else len(self.text)
        if following - self.firsts[stretch] == end - begin:  # unchanged, or letter for letter
            return begin + offset, begin + offset + 1
        return begin, end


@dataclass(frozen=True, slots=True)
class Blob:
    """Text that was encoded as a whole: where it stands, and what it says."""

    start: int
    end: int
    text: str


def view(text: str) -> View:
    """`text` in one way of writing."""
    seen = View(text)
    if text.isascii() and not _may_escape(text):
        return seen
    for _ in range(_DEEPEST):
        edits = list(_edits(seen.text))
        if not edits:
            break
        seen = _rewritten(seen, edits)
    return seen


def apart(text: str) -> str:
    r"""`text` with blanks for the line breaks of JSON (``\n``, RFC 8259), as long as it was.

    Their letter would be the first one of the value behind them. Whether it is none of a word,
    such as behind the backslash of a path, cannot be told: what is read so is read beside `text`.
    """
    if "\\" not in text:
        return text
    return _CONTROL_ESCAPE.sub(lambda match: " " * len(match[0]), text)


def blobs(text: str) -> Iterator[Blob]:
    """The Base64 runs of `text` that hold text themselves."""
    if len(text) < _SHORTEST_BLOB or not long_run(text, _SHORTEST_BLOB):
        return
    for match in _LINES.finditer(text):
        said = _decoded("".join(match[0].split()))
        if said is not None:
            yield Blob(match.start(), match.end(), said)
        elif "\n" in match[0]:
            yield from _single(text, match.start(), match.end())


def _single(text: str, start: int, end: int) -> Iterator[Blob]:
    """The runs in lines that make nothing together."""
    for match in _BLOB.finditer(text, start, end):
        said = _decoded(match[0])
        if said is not None:
            yield Blob(match.start(), match.end(), said)


def _decoded(run: str) -> str | None:
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        said = data.decode("utf-16-le" if _is_wide(data) else "utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    readable = sum(sign.isprintable() or sign in "\r\n\t" for sign in said)
    return said if readable >= 0.95 * len(said) else None


def _is_wide(data: bytes) -> bool:
    """Whether these are letters of two bytes, as commands for Windows are encoded."""
    return len(data) % 2 == 0 and data[1::2].count(0) * 4 > len(data)


def _edits(text: str) -> Iterator[tuple[int, int, str]]:
    """What is written otherwise: (start, end, as it should be), in order, not overlapping."""
    found: list[tuple[int, int, str]] = []
    if _may_escape(text):
        found += _escapes(text)
    if not text.isascii():
        signs = _beyond_ascii(text)
        if _odd(signs):
            found += _characters(text)
        if _LOOKALIKE.search(signs):
            found += _lookalikes(text)
    end = 0
    for edit in sorted(found):
        if edit[0] >= end:
            yield edit
            end = edit[1]


def _may_escape(text: str) -> bool:
    return "%" in text or "&" in text or "\\u" in text


def _escapes(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ESCAPE.finditer(text):
        said = _unescaped(match[0])
        if said is not None and said != match[0]:
            yield match.start(), match.end(), said


def _unescaped(escape: str) -> str | None:
    if escape[0] == "&":
        return unescape(escape)
    if escape[0] == "%":
        try:
            return unquote_to_bytes(escape).decode("utf-8")
        except UnicodeDecodeError:
            return None
    units = b"".join(int(part, 16).to_bytes(2, "big") for part in escape.split("\\u")[1:])
    return units.decode("utf-16-be", "replace")


def _characters(text: str) -> Iterator[tuple[int, int, str]]:
    """Invisible characters, compatibility forms and foreign digits."""
    for match in _RUN.finditer(text):
        run, first = match[0], match.start()
        if _COMBINING.match(run):
            first = max(0, first - 1)
            run = text[first : match.end()]
        elif _written(run) == run:
            continue
        for part in _PART.finditer(run):
            plain = _written(part[0])
            if plain != part[0]:
                yield first + part.start(), first + part.end(), plain


def _beyond_ascii(text: str) -> str:
    """The characters of `text` that are not ASCII, in their order."""
    data = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return data.decode("utf-8", "surrogatepass")


def _odd(signs: str) -> bool:
    """Whether anything among these signs beyond ASCII may be written otherwise.

    Side by side some may seem to belong together that do not in the text; never the other way.
    """
    found = _INVISIBLE.search(signs) or _FOREIGN_DIGIT.search(signs) or _COMBINING.search(signs)
    return bool(found) or not unicodedata.is_normalized("NFKC", signs)


def _written(run: str) -> str:
    return _plain(run) if len(run) <= _SHORT else _plain.__wrapped__(run)


@lru_cache(maxsize=4_096)
def _plain(run: str) -> str:
    # A mark that belongs to no letter there is, such as a stroke through it, is drawn over it.
    plain = _COMBINING.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", run)))
    if any(sign.isdecimal() and not sign.isascii() for sign in plain):
        return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)
    return plain


def _lookalikes(text: str) -> Iterator[tuple[int, int, str]]:
    """Cyrillic and Greek letters in words that are Latin otherwise."""
    for word in _MIXED.finditer(text):
        if not word[0].isascii() and _LATIN.search(word[0]):
            for match in _LOOKALIKE.finditer(word[0]):
                first = word.start() + match.start()
                yield first, first + 1, _LOOKALIKES[match[0]]


def _rewritten(seen: View, edits: list[tuple[int, int, str]]) -> View:
    """The view with these edits made, its places still those of the first text."""
    pieces: list[str] = []
    firsts: list[int] = []
    origins: list[tuple[int, int]] = []
    length = 0

    def add(piece: str, start: int, end: int) -> None:
        nonlocal length
        if end > start:
            if piece:
                firsts.append(length)
                origins.append(seen.original(start, end))
            pieces.append(piece)
            length += len(piece)

    at = 0
    for start, end, plain in edits:
        for first, last in _unchanged(seen, at, start):
            add(seen.text[first:last], first, last)
        add(plain, start, end)
        at = end
    for first, last in _unchanged(seen, at, len(seen.text)):
        add(seen.text[first:last], first, last)
    return View("".join(pieces), tuple(firsts), tuple(origins))


def _unchanged(seen: View, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span cut where an earlier rewriting began or ended, so that its places stay exact."""
    while start < end:
        stretch = bisect_right(seen.firsts, start)
        last = min(end, seen.firsts[stretch]) if stretch < len(seen.firsts) else end
        yield start, last
        start = last
