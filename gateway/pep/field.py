"""One text of an answer that arrives in pieces, and what has been seen of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.content.json_text import blanked
from gateway.content.stream import PLAIN

if TYPE_CHECKING:
    from gateway.content.hidden import Repetition
    from gateway.content.json_text import Escapes
    from gateway.content.restore import StreamRestorer
    from gateway.content.signals.reader import SignalReader
    from gateway.content.stream import OutputWindow, Seen
    from gateway.core.content import Finding
    from gateway.core.signals import OutputSignals

_LICENCE = re.compile(r"[lcg](?:icen[cs]|opyright|pl)", re.IGNORECASE)
_TELLING = re.compile(rf"[<>(){{}};`\"\u201d\u00bb]|://|{_LICENCE.pattern}", re.IGNORECASE)
"""What is in every piece that can complete what needs a wider view than a finding: links, scripts,
code, licences, quotations. Among plain words it is those about licences alone."""


class Field:
    """One text of the answer that arrives in pieces, such as the content of choice 0."""

    def __init__(
        self,
        received: list[str],
        window: OutputWindow,
        restorer: StreamRestorer,
        repetition: Repetition,
        reader: SignalReader,
        canaries: tuple[str, ...],
        escapes: Escapes | None,
    ) -> None:
        """What came of it is added to `received`; `escapes` are those of a text of JSON."""
        self.received = received
        self.delivered: list[str] = []
        self.seen: Seen | None = None
        """The newest piece, where it is more than a plain word."""

        self.window = window
        self.restorer = restorer
        self.repetition = repetition
        self._reader = reader
        self._canaries = canaries
        self.escapes = escapes

    def repeats(self, text: str) -> tuple[Finding, ...]:
        """How much is repeated with what was judged of the text."""
        return self.repetition.feed(text if self.escapes is None else blanked(text))

    def signals(self, judged: str) -> OutputSignals | None:
        """What the text holds up to here, where the piece could have added anything to it."""
        if not judged or not (self._canaries or _TELLING.search(judged)):
            return None
        return self._reader.read_output(self.window.view(), self._canaries, judged)

    def passes(self, piece: str) -> bool:
        """Whether a piece goes on as it came: a plain word, of which all else makes nothing.

        Its repetition alone is still to be looked at.
        """
        if self._canaries or not PLAIN.fullmatch(piece) or _LICENCE.search(piece):
            return False
        restorer = self.restorer
        if not (restorer.idle or restorer.leaves(piece)):
            return False
        if not self.window.passes(piece, plain=True):
            return False
        if not restorer.idle:
            restorer.went(piece)
        return True
