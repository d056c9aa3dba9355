"""Reading Server-Sent Events from bytes that arrive in any pieces (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.errors import ProviderGarbage

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_EVENT = 4 << 20
_PLAIN = re.compile(rb"\ndata: ([^\n]+)\n(?=\n)")
_NAMED = b"\nevent: "
_LINE_END = re.compile(rb"\r\n|\n|\r")

DONE = b"[DONE]"
"""What ends a stream in OpenAI's APIs."""


def with_more(events: list[bytes]) -> Iterable[tuple[bytes, bool]]:
    """Each event, and whether another one has come with it that is not the end."""
    return zip(events, [*map(DONE.__ne__, events[1:]), False], strict=False)


class EventParser:
    """Turns pieces of bytes into the data of events.

    What events are called is passed over with comments and unknown fields: every API whose events
    have names says them in the data as well.
    """

    def __init__(self) -> None:
        """An empty parser."""
        self._rest: list[bytes] = []
        self._held = 0
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The events that are complete now.

        Raises:
            ProviderGarbage: one event is larger than 4 MiB.
        """
        if not self._rest:
            if not self._data and piece.endswith((b"\n\n", b"\n\r\n")):
                return self._whole(piece)
        elif b"\n" not in piece and b"\r" not in piece and not self._rest[-1].endswith(b"\r"):
            # A long line in many pieces is joined once, not at every piece.
            self._hold(piece)
            return []
        else:
            piece = b"".join((*self._rest, piece))
            self._rest.clear()
            self._held = 0
        # A CR at the end may be half of a CR LF.
        usable = len(piece) - 1 if piece.endswith(b"\r") else len(piece)
        last = max(piece.rfind(b"\n", 0, usable), piece.rfind(b"\r", 0, usable)) + 1
        if last < len(piece):
            self._hold(piece[last:])
        return self._read(piece[:last]) if last else []

    def end(self) -> list[bytes]:
        """What the last line completes when the stream has ended."""
        text = b"".join(self._rest)
        self._rest.clear()
        return self._lines(text + b"\n\n") if text or self._data else []

    def _hold(self, piece: bytes) -> None:
        self._rest.append(piece)
        self._held += len(piece)
        if self._held + self._size > _LONGEST_EVENT:
            raise ProviderGarbage("One event is larger than this gateway accepts.")

    def _read(self, lines: bytes) -> list[bytes]:
        """The events of whole lines, of which the last may belong to one that goes on."""
        whole = 0 if self._data else lines.rfind(b"\n\n") + 1
        if not whole:
            return self._lines(lines)
        return self._whole(lines[: whole + 1]) + self._lines(lines[whole + 1 :])

    def _whole(self, piece: bytes) -> list[bytes]:
        """The events of a piece that ends with one, as nearly every piece does."""
        text = b"\n" + (piece.replace(b"\r\n", b"\n") if b"\r" in piece else piece)
        found = _PLAIN.findall(text)
        # Every line is one of them, the empty one behind it, or a name.
        plain = text.count(b"\n") == 1 + 2 * len(found) + text.count(_NAMED)
        if plain and b"\r" not in text and len(piece) <= _LONGEST_EVENT:
            return found
        return self._lines(piece)

    def _lines(self, text: bytes) -> list[bytes]:
        events = []
        lines = _LINE_END.split(text) if b"\r" in text else text.split(b"\n")
        for line in lines[:-1]:
            if line:
                self._field(line)
            elif self._data:
                events.append(b"\n".join(self._data))
                self._data, self._size = [], 0
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            value = value.removeprefix(b" ")
            self._data.append(value)
            self._size += len(value)
            if self._size > _LONGEST_EVENT:
                raise ProviderGarbage("One event is larger than this gateway accepts.")
