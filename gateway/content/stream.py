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
from gateway.content.json_text import blanked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.inspect import Inspector
    from gateway.core.content import Finding


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

_WORD = rf"[A-Za-z]?[{_LETTERS}]{{0,24}}(?:['\u2019][{_LETTERS}]{{1,24}})?"
_PROSE = rf"[\"'(\[*`{_MARKS}]{{0,3}}{_WORD}[.,:!?;)\]\"'*`{_MARKS}]{{0,3}}"
_TOKEN = rf"(?>[!-/:-@\[-`{{-~{_MARKS}]{{1,3}}(?=\s)|{_PROSE})"
_SIMPLE = re.compile(rf"\s*{_TOKEN}(?:\s+{_TOKEN})*+")
"""Plain words in their punctuation, and signs between blanks, as most pieces of a stream are.
Nothing can be found in them where they begin a word, or go on with one that is of the kind."""

_BARE = rf"(?>['\u2019]?{_WORD}[.,!?]?)"
PLAIN = re.compile(rf"\s*{_BARE}(?:\s+{_BARE})*+(?<![A-Z])(?<![A-Z]\n)")
"""Plain words without a bracket, of whose end nothing can be part of a name in capitals."""

_NO_WORD = re.compile(r"[0-9@=+/\\$%&^~|{}<]")
"""What no plain word has in it."""

_BLANK = re.compile(r"\s")
_DIGIT = re.compile(r"[0-9]")
_LONG_WORD = 64
_HELD = Seen("")
"""Nothing may go on."""

_BEGIN = "-----BEGIN"
_DASHES = "-----"


class OutputWindow:
    """One text of an answer on its way through inspection."""

    def __init__(self, inspector: Inspector, *, json: bool = False) -> None:
        """Judged by `inspector`; `json` is text of JSON, whose escapes are whole in each piece."""
        self._inspector = inspector
        self._json = json
        self._pending = ""
        self._view = ""
        self._since: list[str] = []
        """What was let go after `_view`: joined when it is looked at, not for every piece."""

        self._gone = 0
        """Code points before `_view`."""

        self._reported: set[tuple[int, str]] = set()
        self._word = ""
        """What was let go of the word that more may follow of."""

        self._open = False
        """Whether the last word held back can be no plain one, whatever follows of it."""

        self._odd = False
        """Whether something may be in that word: then all of it is looked at."""

    def feed(self, piece: str) -> Seen:
        """What may be judged now."""
        if self.passes(piece):
            return Seen(piece)
        if self._open and not _BLANK.search(piece):
            self._pending += piece
            if len(self._pending) <= _LONGEST_HELD:
                return _HELD
        else:
            self._pending += piece
        cut = _held_from(self._pending)
        if self._inspector.plain:
            # A term is known when its last word has ended.
            cut = min(cut, _last_word(self._pending))
        if len(self._pending) - cut > _LONGEST_HELD:
            cut = len(self._pending)
        return self._judge(cut)

    def end(self) -> Seen:
        """The rest, judged as it stands."""
        return self._judge(len(self._pending))

    def passes(self, piece: str, *, plain: bool = False) -> bool:
        """Whether nothing can be found in `piece`, which then has gone on as it came.

        With `plain` it is known that `PLAIN` matches it, so that it is simple.
        """
        if self._pending or self._inspector.plain or not (plain or _SIMPLE.fullmatch(piece)):
            return False
        if not piece:
            return True
        word = piece
        if (self._word or self._odd) and not piece[0].isspace():
            word = self._word + piece
            if self._odd or not _SIMPLE.fullmatch(word):
                return False
        self._since.append(piece)
        if piece[-1].isspace():
            word = ""
        elif len(word) > _LONG_WORD:
            word = word.rsplit(None, 1)[-1]
        self._word, self._odd = word, False
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
        self._open = _is_open(self._pending)
        if not text:
            return _HELD
        follows = not text[0].isspace()
        odd = self._inspector.plain or (self._odd and follows)
        odd = odd or suspect(self._word + text if follows else text)
        seen = self._looked_at(text) if odd else Seen(text)
        self._since.append(text)
        self._stands(text, odd=odd)
        return seen

    def _stands(self, text: str, *, odd: bool) -> None:
        """Note which word `text` leaves open; `odd` says whether it was looked at."""
        last = "" if text[-1].isspace() else text.rsplit(None, 1)[-1]
        goes_on = len(last) == len(text)
        word = self._word + text if goes_on else last
        self._odd = odd and ((self._odd and goes_on) or not _SIMPLE.fullmatch(word))
        self._word = "" if self._odd else word

    def _looked_at(self, text: str) -> Seen:
        """`text` with what is found in it, or reaches into it from what was judged before."""
        view = self.view()
        context = view[-_CONTEXT:]
        line, before = context + text, len(context)
        if self._json:
            line = blanked(line)
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


def _is_open(held: str) -> bool:
    """Whether the last word of what is held back can be no plain one, whatever follows of it."""
    if not held or held[-1].isspace():
        return False
    return _NO_WORD.search(held.rsplit(None, 1)[-1]) is not None


def _last_word(text: str) -> int:
    """Where the last word of `text` begins, which may go on."""
    if not text or not text[-1].isalnum():
        return len(text)
    return len(text) - len(text.rsplit(None, 1)[-1])


def _held_from(text: str) -> int:
    """Where the tail begins that may still grow into a finding."""
    begin = text.rfind(_BEGIN)
    if begin >= 0 and _DASHES not in text[begin + len(_BEGIN) :]:
        return begin
    held = cut = len(text)
    # Tokens from the end: digit groups and codes are often written with single blanks in them.
    while cut > 0:
        token = _token(text, cut)
        at_end = cut == len(text)
        if not _may_grow(token, at_end=at_end) and not (at_end and _ends_value(text, token)):
            return held
        cut -= len(token)
        held = cut
        if cut > 0:
            cut -= 1
            if cut == 0 or text[cut - 1].isspace():
                return held  # two blanks end any number
    return held


def _token(text: str, end: int) -> str:
    """The token that ends there; empty behind a blank."""
    return "" if text[end - 1].isspace() else text[:end].rsplit(None, 1)[-1]


def _ends_value(text: str, token: str) -> bool:
    """Whether the word `token` at the end of `text` may be the rest of a value: a town, a month.

    It goes on with its number, so that it is looked at once and whole.
    """
    before = len(text) - len(token) - 1
    return before > 0 and token[-1].isalpha() and _DIGIT.search(_token(text, before)) is not None


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
