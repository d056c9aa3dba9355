"""Forms with a file, in memory and within a limit: nothing of an upload is written to disk."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Any

from flask import request
from werkzeug.formparser import FormDataParser

from gateway.errors import InvalidRequest, TooLarge

if TYPE_CHECKING:
    from flask import Blueprint

LARGEST_FILE = 25_000_000
LARGEST_TEXT = 1_000_000
_AROUND = 10_000
"""Bytes of boundaries and small fields beside the file."""

_MOST_PARTS = 8


class _InMemory(FormDataParser):
    """Keeps files where they came: Werkzeug's own parser writes those over 500 KB to a disk."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.stream_factory = _in_memory


def _in_memory(*_arguments: Any, **_named: Any) -> IO[bytes]:
    return io.BytesIO()


def bound(routes: Blueprint) -> None:
    """Set the limits for every request to `routes`, before anything reads its body."""

    @routes.before_request
    def limits() -> None:
        if (request.content_length or 0) > LARGEST_FILE + _AROUND:
            raise TooLarge(f"The limit is {LARGEST_FILE} bytes.")
        request.max_content_length = LARGEST_FILE + _AROUND
        request.max_form_memory_size = LARGEST_TEXT
        request.max_form_parts = _MOST_PARTS
        request.form_data_parser_class = _InMemory


def the_file(name: str = "file") -> bytes | None:
    """The bytes of the file in the form; None when there is none, or an empty one.

    Raises:
        InvalidRequest: there are several.
        TooLarge: it is over the limit.
    """
    found = request.files.getlist(name)
    if len(found) > 1:
        raise InvalidRequest("Send one file at a time.", param=name)
    data = found[0].stream.read(LARGEST_FILE + 1) if found else b""
    if len(data) > LARGEST_FILE:
        raise TooLarge(f"The limit is {LARGEST_FILE} bytes.")
    return data or None
