"""Inspecting a text while it arrives, without waiting for its end (promise P9).

Plain prose flows at once. A run of text that may still grow into something a
detector sees (digits, signs, capitals, a key's opening line) is held until it is
whole, and at most `_LONGEST_HELD` code points. What was released stays in view as
context, so a value split over pieces is still seen as one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gateway.content.detectors.secret import is_plain_word
from gateway.content.patterns import suspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.inspect import Inspector
    from gateway.core.content import Finding

_LONGEST_HELD = 512
_CONTEXT = 256
_SIMPLE = re.compile(r"\s?[A-Za-z]?[a-z]{0,24}[.,!?]?\s?")
"""One plain word, as most pieces of a stream are: it can be told at a glance."""

_BEGIN = "-----BEGIN"
_DASHES = "-----"


class Span(NamedTuple):
    """A finding that reaches into a piece of text."""

    type: str
    start: int
    """Where it begins in the piece; negative when it began before it."""

    end: int
    value: str
    """The whole of it, for a comparison; never kept, never logged."""


class Seen(NamedTuple):
    """A piece of text that may be judged now, and what is in it."""

    text: str
    findings: tuple[Finding, ...] = ()
    """Those that were not reported before."""

    spans: tuple[Span, ...] = ()
    """Every finding that reaches into the piece, also one that was reported and has only grown."""


class OutputWindow:
    """One text of an answer on its way through inspection."""

    def __init__(self, inspector: Inspector) -> None:
        """Judged by `inspector`."""
        self._inspector = inspector
        self._context = ""
        self._pending = ""
        self._gone = 0
        self._reported: set[tuple[int, str]] = set()

    def feed(self, piece: str) -> Seen:
        """What may be judged now."""
        if not self._pending and _SIMPLE.fullmatch(piece):
            self._remember(piece)
            return Seen(piece)
        self._pending += piece
        cut = _held_from(self._pending)
        if len(self._pending) - cut > _LONGEST_HELD:
            cut = len(self._pending)
        return self._judge(cut)

    def end(self) -> Seen:
        """The rest, judged as it stands."""
        return self._judge(len(self._pending))

    def _judge(self, cut: int) -> Seen:
        text, self._pending = self._pending[:cut], self._pending[cut:]
        if not text:
            return Seen("")
        found: list[Finding] = []
        if suspect(text):
            found = self._found(text)
        seen = Seen(text, tuple(self._new(found)), tuple(self._spans(found, text)))
        self._remember(text)
        return seen

    def _remember(self, text: str) -> None:
        line = self._context + text
        self._context = line[-_CONTEXT:]
        self._gone += len(line) - len(self._context)

    def _found(self, text: str) -> list[Finding]:
        """What reaches into `text`; places are those of the context with the text behind it."""
        line, before = self._context + text, len(self._context)
        found = self._inspector.inspect(line, names=False)
        return [finding for finding in found if finding.end > before]

    def _new(self, found: list[Finding]) -> Iterator[Finding]:
        """What was not reported before; one that only grew is not new."""
        for finding in found:
            place = (self._gone + finding.start, finding.rule)
            if place not in self._reported:
                self._reported.add(place)
                yield finding

    def _spans(self, found: list[Finding], text: str) -> Iterator[Span]:
        line, before = self._context + text, len(self._context)
        for finding in found:
            value = line[finding.start : finding.end]
            yield Span(finding.type, finding.start - before, finding.end - before, value)


def _held_from(text: str) -> int:
    """Where the tail begins that may still grow into a finding."""
    begin = text.rfind(_BEGIN)
    if begin >= 0 and _DASHES not in text[begin + len(_BEGIN) :]:
        return begin
    cut = len(text)
    # Tokens from the end: digit groups and codes are often written with single blanks in them.
    while cut > 0:
        start = _token_start(text, cut)
        if not _may_grow(text[start:cut], at_end=cut == len(text)):
            return cut
        cut = start
        if cut > 0:
            cut -= 1
            if cut == 0 or text[cut - 1].isspace():
                return cut + 1  # two blanks end any number
    return cut


def _token_start(text: str, end: int) -> int:
    start = end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    return start


def _may_grow(token: str, *, at_end: bool) -> bool:
    """Whether a token may be part of a value that is not complete yet."""
    if not token:
        return at_end
    if is_plain_word(token):
        return False
    if at_end:
        return True
    # Behind a blank only what numbers and codes are made of goes on: "DE89 3704", "AB 12".
    return any(sign.isdigit() for sign in token) or (token.isupper() and len(token) <= 4)
