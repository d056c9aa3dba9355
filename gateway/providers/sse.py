"""Reading Server-Sent Events from bytes that arrive in any pieces (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.errors import ProviderGarbage

_LONGEST_EVENT = 4 << 20
_LINE_END = re.compile(rb"\r\n|\n|\r")


class Event(NamedTuple):
    """One event."""

    name: str
    """The ``event`` field, or ``message``."""

    data: bytes


class EventParser:
    """Turns pieces of bytes into events. Comments and unknown fields are passed over."""

    def __init__(self) -> None:
        """An empty parser."""
        self._rest = b""
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[Event]:
        """The events that are complete now.

        Raises:
            ProviderGarbage: one event is larger than 4 MiB.
        """
        text = self._rest + piece
        # A CR at the end may be half of a CR LF.
        usable = len(text) - 1 if text.endswith(b"\r") else len(text)
        last = max(text.rfind(b"\n", 0, usable), text.rfind(b"\r", 0, usable)) + 1
        self._rest = text[last:]
        if len(self._rest) + self._size > _LONGEST_EVENT:
            raise ProviderGarbage("One event is larger than this gateway accepts.")
        return self._lines(text[:last]) if last else []

    def end(self) -> list[Event]:
        """What the last line completes when the stream has ended."""
        text, self._rest = self._rest, b""
        return self._lines(text + b"\n\n") if text or self._data else []

    def _lines(self, text: bytes) -> list[Event]:
        events = []
        lines = _LINE_END.split(text) if b"\r" in text else text.split(b"\n")
        for line in lines[:-1]:
            if line:
                self._field(line)
            elif self._data:
                events.append(Event(self._name or "message", b"\n".join(self._data)))
                self._name, self._data, self._size = "", [], 0
            else:
                self._name = ""
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > _LONGEST_EVENT:
                raise ProviderGarbage("One event is larger than this gateway accepts.")
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
