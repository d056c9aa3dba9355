"""Mails and pages saved as mails (RFC 5322, 2045, 2557): what their encoded parts say."""

from __future__ import annotations

import email
import re
from email.errors import HeaderParseError
from email.header import decode_header
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_ENCODED = re.compile(
    r"^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)|^[\w-]+:.*=\?[\w-]+\?[bq]\?",
    re.IGNORECASE | re.MULTILINE,
)

_CODES = {
    "base64": re.compile(r"[A-Za-z0-9+/\s]*+=?+\s*+=?+\s*+"),
    "quoted-printable": re.compile(r"[\x00-\x7f]*"),
}
"""What a part that is encoded so is written with."""

_BOUNDARY = re.compile(r"boundary", re.IGNORECASE)
_MOST_BOUNDARIES = 32
_MOST_LINES, _MOST_WORDS = 200_000, 500


def opened(text: str) -> tuple[str, int] | None:
    """What a mail says once decoded, and how many parts of it are no text; None if it is none.

    Raises:
        Unreadable: it has too many lines, words in code, or mails in mails.
    """
    if _ENCODED.search(text) is None:
        return None
    # The parser looks at every line once for each mail that it stands in.
    if len(_BOUNDARY.findall(text)) > _MOST_BOUNDARIES:
        raise Unreadable(Reason.NESTED)
    if text.count("\n") > _MOST_LINES:
        raise Unreadable(Reason.TOO_LARGE)
    pieces: list[str] = []
    others = 0
    for part in email.message_from_string(text).walk():
        pieces += _around(part)
        if part.is_multipart():
            continue
        if part.get_content_maintype() == "text":
            pieces += _words(part)
        else:
            others += 1
    return "\n".join(piece for piece in pieces if piece.strip()), others


def _words(part: Message) -> Iterator[str]:
    """What a part says, and its lines as they stand where they are not all its code."""
    written = str(part.get_payload())
    code = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    form = _CODES.get(code)
    if form is None or form.fullmatch(written) is None:
        yield written
    if form is not None:
        data = part.get_payload(decode=True)
        yield _decoded(bytes(data or b""), part.get_content_charset() or "utf-8")


def _around(part: Message) -> Iterator[str]:
    """The headers of a part, and what stands before and behind the parts in it."""
    for name, value in part.items():
        yield f"{name}: {_header(str(value))}"
    yield from filter(None, (part.preamble, part.epilogue))


def _header(value: str) -> str:
    if value.count("=?") > _MOST_WORDS:
        raise Unreadable(Reason.TOO_LARGE)  # taking it apart takes the square of them
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset or "latin-1")
        for piece, charset in pieces
    )


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except (LookupError, ValueError):
        return data.decode("latin-1")
