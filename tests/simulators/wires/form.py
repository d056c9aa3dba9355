"""What the simulated provider needs to know of an API's form, and what they share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def pieces(text: str) -> list[str]:
    """`text` as a model would say it, five characters at a time."""
    return [text[at : at + 5] for at in range(0, len(text), 5)]


def event(document: dict[str, Any]) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"
