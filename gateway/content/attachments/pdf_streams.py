"""What the streams of a PDF say that no page shows: drawings nobody calls, words beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.content.attachments.markup import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

_REPLACING = re.compile(
    rb"/(?:ActualText|Alt|E)\s*(?:\(((?:\\.|[^\\()])*)\)|<([0-9A-Fa-f\s]*)>)", re.DOTALL
)
"""Words in a content stream that are read in place of what it shows (ISO 32000-2, 14.9)."""

_LITERAL = re.compile(rb"\(((?:\\.|[^\\()])*)\)", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|\r?\n|(.))", re.DOTALL)
_REMARK = re.compile(rb"^[ \t]*%([^\r\n]{4,})", re.MULTILINE)
_INLINE = re.compile(rb"(?:^|\s)BI\s(?:[^\x00]{0,1000}?\s)?ID\s")
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_OWN_FORM = ("/FunctionType", "/Length1", "/ShadingType", "/N")
"""Keys of streams that are functions, fonts, shadings and colour profiles."""

_CMAP = b"begincmap"
_SAMPLE = 4_096
_ODD = 0.05
"""From this share of signs that no text has, a stream is no text."""


def beside(content: bytes) -> Iterator[str]:
    """The words that stand in a content stream beside those it shows."""
    for match in _REPLACING.finditer(content):
        literal, digits = match.groups()
        yield _said(_literal(literal) if literal is not None else _hexadecimal(digits))
    for remark in _REMARK.finditer(content):
        yield remark[1].decode("latin-1")


def pictures(content: bytes) -> int:
    """How many pictures stand in a content stream itself."""
    return len(_INLINE.findall(content))


def literals(content: bytes) -> str:
    """The strings of a content stream, as far as they are letters by themselves."""
    return " ".join(_said(_literal(match[1])) for match in _LITERAL.finditer(content)).strip()


def words(keys: Container[str], opened: Callable[[], bytes]) -> str:
    """The text that a stream with these keys, of no known kind, is; empty where it is none."""
    if any(key in keys for key in _OWN_FORM):
        return ""
    data = opened()
    sample = data[:_SAMPLE]
    odd = sum(sign < 9 or 13 < sign < 32 or sign == 127 for sign in sample)
    if not sample or _CMAP in data or odd > _ODD * len(sample):
        return ""
    return data.decode("utf-8", "replace")


def in_name(name: str) -> str:
    """A name of the format, where it may be one of a person's or a thing's; else empty."""
    said = name.removeprefix("/")
    return said if telling(said) else ""


def _literal(data: bytes) -> bytes:
    return _ESCAPED.sub(_sign, data)


def _sign(match: re.Match[bytes]) -> bytes:
    number, sign = match.groups()
    if number is not None:
        return bytes([int(number, 8) & 255])
    return b"" if sign is None else _SIGNS.get(sign, sign)


def _hexadecimal(digits: bytes) -> bytes:
    bare = b"".join(digits.split())
    return bytes.fromhex((bare + b"0" * (len(bare) % 2)).decode())


def _said(data: bytes) -> str:
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    return data.decode("latin-1")
