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
from gateway.content.glance import suspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.inspect import Inspector
    from gateway.core.content import Finding

_LONGEST_HELD = 512
_CONTEXT = 256
IN_VIEW = 4_000
"""How many of the newest code points of a text stay in view after they were judged: what is no
finding may need a wider view, such as links, scripts, code, licences and quotations."""

_SIMPLE = re.compile(r"\s?[A-Za-z]?[a-z]{0,24}[.,!?]?\s?")
"""One plain word, as most pieces of a stream are: it can be told at a glance."""

PLAIN = re.compile(_SIMPLE.pattern + r"(?<![A-Z])(?<![A-Z]\n)")
"""The same, where no other one can be part of a name in capitals with it."""

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
        self._pending = ""
        self._view = ""
        self._since: list[str] = []
        """What was let go after `_view`: joined when it is looked at, not for every piece."""

        self._gone = 0
        """Code points before `_view`."""

        self._reported: set[tuple[int, str]] = set()

    @property
    def empty(self) -> bool:
        """Whether nothing is held back."""
        return not self._pending

    def feed(self, piece: str) -> Seen:
        """What may be judged now."""
        if not self._pending and _SIMPLE.fullmatch(piece):
            self.let_go(piece)
            return Seen(piece)
        self._pending += piece
        cut = _held_from(self._pending)
        if len(self._pending) - cut > _LONGEST_HELD:
            cut = len(self._pending)
        return self._judge(cut)

    def end(self) -> Seen:
        """The rest, judged as it stands."""
        return self._judge(len(self._pending))

    def let_go(self, text: str) -> None:
        """Note that `text`, in which nothing can be found, goes on behind what was judged."""
        self._since.append(text)

    def view(self) -> str:
        """The newest of what was judged, at most `IN_VIEW` code points."""
        if self._since:
            line = self._view + "".join(self._since)
            self._since.clear()
            self._view = line[-IN_VIEW:]
            self._gone += len(line) - len(self._view)
        return self._view

    def _judge(self, cut: int) -> Seen:
        text, self._pending = self._pending[:cut], self._pending[cut:]
        if not text:
            return Seen("")
        seen = self._looked_at(text) if suspect(text) else Seen(text)
        self.let_go(text)
        return seen

    def _looked_at(self, text: str) -> Seen:
        """`text` with what is found in it, or reaches into it from what was judged before."""
        view = self.view()
        context = view[-_CONTEXT:]
        line, before = context + text, len(context)
        seen = self._inspector.inspect(line, names=False)
        found = [finding for finding in seen if finding.end > before]
        new = tuple(self._new(found, self._gone + len(view) - before))
        return Seen(text, new, tuple(_spans(found, line, before)))

    def _new(self, found: list[Finding], gone: int) -> Iterator[Finding]:
        """What was not reported before; one that only grew is not new.

        `gone` is the place in the whole text that those of `found` count from.
        """
        for finding in found:
            place = (gone + finding.start, finding.rule)
            if place not in self._reported:
                self._reported.add(place)
                yield finding


def _spans(found: list[Finding], line: str, before: int) -> Iterator[Span]:
    """Where findings stand in the piece that begins in `line` at `before`."""
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
