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
IN_VIEW = 4_000
"""How many of the newest code points of a text stay in view after they were judged: what is no
finding may need a wider view, such as links, scripts, code, licences and quotations."""

_LETTERS = (
    "a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0400-\u0481\u048a-\u052f"
    "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
)
"""What words are made of, in the scripts most are written in; only A to Z can begin a name."""

_MARKS = "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u2022\u00ab\u00bb\u2039\u203a"
"""Dashes, quotation marks, dots and bullets of typesetters: no value has one of them."""

_SIMPLE = re.compile(
    rf"\s?[\"'(\[*`{_MARKS}]{{0,3}}[A-Za-z]?[{_LETTERS}]{{0,24}}(?:['\u2019][{_LETTERS}]{{1,24}})?"
    rf"[.,:!?;)\]\"'*`{_MARKS}]{{0,3}}\s?"
    rf"|\s?[!-/:-@\[-`{{-~{_MARKS}]{{1,3}}\s"
)
"""One plain word in its punctuation, or a sign or a few between blanks, as most pieces of a stream
are: nothing can be found in it, where it stands alone or all of the word is one."""

PLAIN = re.compile(
    rf"\s?['\u2019]?[A-Za-z]?[{_LETTERS}]{{0,24}}(?:['\u2019][{_LETTERS}]{{1,24}})?[.,!?]?\s?"
    r"(?<![A-Z])(?<![A-Z]\n)"
)
"""A plain word that has no bracket in it, and of which no part can be one of a name in capitals."""

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
        self._word = ""
        """What was let go of the word that more may follow of."""

        self._odd = False
        """Whether something may be in that word: then all of it is looked at."""

    def feed(self, piece: str) -> Seen:
        """What may be judged now."""
        if self.passes(piece):
            return Seen(piece)
        self._pending += piece
        cut = _held_from(self._pending)
        if len(self._pending) - cut > _LONGEST_HELD:
            cut = len(self._pending)
        return self._judge(cut)

    def end(self) -> Seen:
        """The rest, judged as it stands."""
        return self._judge(len(self._pending))

    def passes(self, piece: str) -> bool:
        """Whether nothing can be found in `piece`, which then has gone on as it came."""
        if self._pending or not _SIMPLE.fullmatch(piece):
            return False
        if not piece:
            return True
        word = piece
        if (self._word or self._odd) and not piece[0].isspace():
            word = self._word + piece
            if self._odd or not _SIMPLE.fullmatch(word):
                return False
        self._since.append(piece)
        self._word, self._odd = "" if piece[-1].isspace() else word, False
        return True

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
        follows = not text[0].isspace()
        odd = (self._odd and follows) or suspect(self._word + text if follows else text)
        seen = self._looked_at(text) if odd else Seen(text)
        self._since.append(text)
        self._stands(text, odd=odd)
        return seen

    def _stands(self, text: str, *, odd: bool) -> None:
        """Note which word `text` leaves open; `odd` says whether anything may be in it."""
        last = text.rsplit(None, 1)[-1] if not text[-1].isspace() else ""
        word = self._word + text if len(last) == len(text) else last
        self._odd = odd and bool(last) and not _SIMPLE.fullmatch(word)
        self._word = "" if self._odd else word

    def _looked_at(self, text: str) -> Seen:
        """`text` with what is found in it, or reaches into it from what was judged before."""
        view = self.view()
        context = view[-_CONTEXT:]
        line, before = context + text, len(context)
        seen = self._inspector.look(line)
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
    held = cut = len(text)
    # Tokens from the end: digit groups and codes are often written with single blanks in them.
    while cut > 0:
        token = "" if text[cut - 1].isspace() else text[:cut].rsplit(None, 1)[-1]
        if not _may_grow(token, at_end=cut == len(text)):
            return held
        cut -= len(token)
        held = cut
        if cut > 0:
            cut -= 1
            if cut == 0 or text[cut - 1].isspace():
                return held  # two blanks end any number
    return held


def _may_grow(token: str, *, at_end: bool) -> bool:
    """Whether a token may be part of a value that is not complete yet."""
    if not token:
        return at_end
    if _SIMPLE.fullmatch(token) or is_plain_word(token):
        return False
    if at_end:
        return True
    # Behind a blank only what numbers and codes are made of goes on: "DE89 3704", "AB 12".
    return any(sign.isdigit() for sign in token) or (token.isupper() and len(token) <= 4)
