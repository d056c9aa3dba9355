"""Once "Anna Kowalska" was seen, "Kowalska" and "Anna" are names wherever else they stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import field
from typing import TYPE_CHECKING

from gateway.content.names.reading import COMMON, STOP
from gateway.core.content import Finding
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateway.content.names.lexicon import Entry

RULE = "name.part"
_PERSON = "PERSON"
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_SURE = 0.6
_SHORTEST = 3
_MOST = 500
_DISCOUNT = 0.9


def repeated(text: str, findings: Iterable[Finding]) -> bool:
    """Whether a word of the persons found in `text` stands in it more than once."""
    return any(
        text.count(word) > 1
        for item in findings
        if item.type == _PERSON
        for word in _WORD.findall(text, item.start, item.end)
        if len(word) >= _SHORTEST
    )


@dataclass
class KnownNames:
    """The words of the names seen so far in one text or one conversation."""

    entries: Callable[[Sequence[str]], list[Entry]]
    """What the lexicon says of words."""

    parts: dict[str, float] = field(default_factory=dict)
    """Each word with the confidence of the name it came from."""

    def learn(self, text: str, findings: Iterable[Finding]) -> None:
        """Remember the words of the persons found in `text`, if they are no common words."""
        for item in findings:
            if item.type != _PERSON or item.confidence < _SURE or len(self.parts) >= _MOST:
                continue
            words = [
                word
                for word in _WORD.findall(text[item.start : item.end])
                if len(word) >= _SHORTEST and word[0].isupper()
            ]
            for word, entry in zip(words, self.entries(words), strict=True):
                if not entry.flags & (COMMON | STOP):
                    self.parts[word] = max(self.parts.get(word, 0.0), item.confidence)

    def find(self, text: str, besides: Sequence[Finding] = ()) -> Iterator[Finding]:
        """Where these words stand, other than in the findings `besides` (which do not overlap)."""
        present = [part for part in self.parts if part in text]
        if not present:
            return
        taken = sorted((item.start, item.end) for item in besides)
        for part in present:
            confidence = round(self.parts[part] * _DISCOUNT, 3)
            at = text.find(part)
            while at >= 0:
                end = at + len(part)
                if not _overlaps(taken, at, end) and _is_word(text, at, end):
                    yield Finding(_PERSON, at, end, confidence, RULE)
                at = text.find(part, end)


def _is_word(text: str, start: int, end: int) -> bool:
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of these spans, which do not overlap each other, shares a character."""
    after = bisect_left(taken, (end, 0))
    return after > 0 and taken[after - 1][1] > start
