"""Which rules of the lexicon fire in a text, and how strongly."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.content.signals.fold import Folded, fold
from gateway.content.signals.lexicon import SOFTENERS, Lexicon, Rule
from gateway.content.signals.scan import Scanner
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.known import Known, Texts

Span = tuple[int, int]

WITHIN = 140
"""How many characters the cues of a rule may lie apart: about a sentence."""

_SENTENCES_APART = 1
"""How many sentences may end between them. What two sentences say that stand beside each other may
be one thought; what three say is mostly chance."""

_AT_ONCE = 40
"""So few characters may hold more ends of sentences: "Thanks. Please." is no thought between."""

_END = re.compile(rb"[.!?][\"')\]]*\s|\n\s*[\n*#0-9-]")
"""The end of a sentence, a paragraph or an entry of a list."""

AROUND = 200
"""How far from a rule's first cue a context still counts."""

SOFTENED = 50
"""How many points a harmless context takes off."""

_SEGMENT, _OVERLAP = 4_096, 300
"""A text is read in pieces, so that the cost of a long one grows with its length only."""

_MOST_ANCHORS = 24
"""How many hits of a rule's first cue in one piece are looked at: the first and the last ones.
Text that is nothing but cues would otherwise cost seconds."""

_LONGEST = 400
"""No cue is longer; the search for a near hit starts that far to the left."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a text holds."""

    scores: Mapping[str, int]
    """The highest score of each label."""

    cues: frozenset[int]


class Matcher:
    """A lexicon, ready to read."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile `lexicon`, once."""
        self.lexicon = lexicon
        self._scanner = Scanner(lexicon.expressions, lexicon.triggers)
        self._by_first: dict[int, list[Rule]] = {}
        for rule in lexicon.rules:
            for number in rule.all[0]:
                self._by_first.setdefault(number, []).append(rule)
        self.numbers = lexicon.numbers("")
        """The cues by name."""

        self._softeners = frozenset(self.numbers[name] for name in SOFTENERS)

    def sheets(self, texts: Texts) -> Sheets:
        """For the texts of one request, with what is known of them."""
        return Sheets(self._scanner, texts)

    def read(self, sheet: Sheet) -> Seen:
        """Which labels a text has, and which cues."""
        if sheet.known.seen is None:
            sheet.known.seen = self._read(sheet)
        return sheet.known.seen

    def _read(self, sheet: Sheet) -> Seen:
        scores: dict[str, int] = {}
        for piece in sheet.pieces:
            for number in piece.present:
                for rule in self._by_first.get(number, ()):
                    known = scores.get(rule.label, 0)
                    if known < rule.score:
                        scores[rule.label] = max(known, self._score(rule, number, piece))
        return Seen(scores, frozenset[int]().union(*[piece.present for piece in sheet.pieces]))

    def spans(self, sheet: Sheet, cues: frozenset[int]) -> dict[int, list[Span]]:
        """Where these cues stand in the folded text."""
        found: dict[int, list[Span]] = {}
        if cues.isdisjoint(self.read(sheet).cues):
            return found
        for piece in sheet.pieces:
            start = piece.start
            for number in cues & piece.present:
                spans = found.setdefault(number, [])
                last = spans[-1][1] if spans else 0
                spans += [
                    (start + first, start + end)
                    for first, end in piece.spans(number)
                    if start + first >= last
                ]
        return found

    def _score(self, rule: Rule, first: int, place: _Piece) -> int:
        """The best score of `rule` at any hit of its cue `first`; 0 when it does not fire."""
        for group in rule.all:
            if group.isdisjoint(place.present):
                return 0
        best = 0
        anchors = place.spans(first)
        if len(anchors) > _MOST_ANCHORS:
            anchors = anchors[: _MOST_ANCHORS // 2] + anchors[-_MOST_ANCHORS // 2 :]
        for anchor in anchors:
            if not all(place.joined(group, anchor) for group in rule.all[1:]):
                continue
            if rule.unless and place.near(rule.unless, anchor):
                continue
            soft = rule.soft and place.near(self._softeners, anchor)
            best = max(best, rule.score - SOFTENED if soft else rule.score)
            if best == rule.score:
                break
        return best


class _Piece:
    """One piece of a text and where its cues stand, looked up when first asked for."""

    def __init__(self, scanner: Scanner, start: int, data: bytes, present: frozenset[int]) -> None:
        self.start = start
        self.present = present
        self._scanner = scanner
        self._data = data
        self._spans: dict[int, list[Span]] = {}

    def spans(self, number: int) -> list[Span]:
        known = self._spans.get(number)
        if known is None:
            known = self._spans[number] = self._scanner.spans(number, self._data)
        return known

    def near(self, group: frozenset[int], anchor: Span) -> bool:
        """Whether a cue of `group` stands no further than `AROUND` from `anchor`."""
        return next(self._beside(group, anchor, AROUND), None) is not None

    def joined(self, group: frozenset[int], anchor: Span) -> bool:
        """Whether a cue of `group` stands in the sentence of `anchor` or in one beside it."""
        return any(self._one_thought(span, anchor) for span in self._beside(group, anchor, WITHIN))

    def _beside(self, group: frozenset[int], anchor: Span, within: int) -> Iterator[Span]:
        """Where cues of `group` stand that are no further than `within` from `anchor`."""
        for number in group & self.present:
            spans = self.spans(number)
            at = bisect_left(spans, (anchor[0] - within - _LONGEST, 0))
            while at < len(spans) and spans[at][0] <= anchor[1] + within:
                if spans[at][1] >= anchor[0] - within:
                    yield spans[at]
                at += 1

    def _one_thought(self, one: Span, other: Span) -> bool:
        first, second = sorted((one, other))
        between = self._data[first[1] : second[0]]
        return len(between) <= _AT_ONCE or len(_END.findall(between)) <= _SENTENCES_APART


class Sheet:
    """One text as the lexicon reads it. What was looked up is known to whoever asks next."""

    def __init__(self, scanner: Scanner, text: str, known: Known) -> None:
        """Of `text`, of which something may be `known`."""
        self.text = text
        self.known = known
        self._scanner = scanner

    @cached_property
    def folded(self) -> Folded:
        """The text in the form that cues are written for."""
        return fold(self.text)

    @cached_property
    def pieces(self) -> list[_Piece]:
        """The pieces it is read in, with the cues of each."""
        cut = [(start, data) for start, data in _pieces(self.folded.data) if data]
        present = self.known.present
        if present is None:
            present = tuple(frozenset(self._scanner.present(data)) for _, data in cut)
            self.known.present = present
        return [
            _Piece(self._scanner, start, data, cues)
            for (start, data), cues in zip(cut, present, strict=True)
        ]

    @cached_property
    def places(self) -> list[int] | None:
        """Where each byte of the folded text came from; None when that is the same place."""
        return self.folded.places()


class Sheets:
    """The texts of one request, each looked at once. They are kept no longer than the request."""

    def __init__(self, scanner: Scanner, texts: Texts) -> None:
        """None as yet."""
        self._scanner = scanner
        self._texts = texts
        self._sheets: dict[str, Sheet] = {}

    def of(self, text: str) -> Sheet:
        """That of `text`."""
        sheet = self._sheets.get(text)
        if sheet is None:
            sheet = self._sheets[text] = Sheet(self._scanner, text, self._texts.of(text))
        return sheet


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Overlapping pieces and where each starts."""
    if len(data) <= _SEGMENT + _OVERLAP:
        yield 0, data
        return
    for start in range(0, len(data), _SEGMENT):
        yield start, data[start : start + _SEGMENT + _OVERLAP]
