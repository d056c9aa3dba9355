"""What the simulated provider needs to know of an API's form, and what they share."""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ANSWER_ID = "chatcmpl-sim"
ARGUMENTS = '{"city": "Oslo"}'


class Form(Protocol):
    """One API's form."""

    def said(self, body: dict[str, Any]) -> str:
        """The words of the request that an echo repeats."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer: `text`, or a call of `tool`."""

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream, with usage when it was asked for."""

    def error(self, message: str, kind: str, code: str | None = None) -> dict[str, Any]:
        """An error body."""

    def error_event(self, message: str) -> bytes:
        """An error in the middle of a stream."""


def pieces(text: str, sizes: Sequence[int] = (5,)) -> list[str]:
    """`text` as a model would say it, so many characters at a time, over and over."""
    found, at = [], 0
    for size in cycle(sizes):
        if at >= len(text):
            return found
        found.append(text[at : at + size])
        at += size
    return found


def event(document: dict[str, Any]) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"
