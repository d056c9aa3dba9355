"""Scoring spans: half of a span's characters must agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[int, int, str]


@dataclass
class Score:
    """Counts of one type on one set."""

    gold: int = 0
    found: int = 0
    predicted: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """Share of the predictions that are right."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold spans that are found."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.gold + other.gold,
            self.found + other.found,
            self.predicted + other.predicted,
            self.right + other.right,
        )


def scores(pairs: Iterable[tuple[Iterable[Span], Iterable[Span]]]) -> dict[str, Score]:
    """Scores by type of (gold, predicted) spans, a text at a time."""
    found: dict[str, Score] = defaultdict(Score)
    for gold, predicted in pairs:
        gold_by, predicted_by = _by_type(gold), _by_type(predicted)
        for kind in set(gold_by) | set(predicted_by):
            wanted, got = gold_by[kind], predicted_by[kind]
            score = found[kind]
            score.gold += len(wanted)
            score.predicted += len(got)
            score.found += sum(_covered(span, got) for span in wanted)
            score.right += sum(_covered(span, wanted) for span in got)
    return dict(found)


def _by_type(spans: Iterable[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        found[span[2]].append(span)
    return found


def _covered(span: Span, by: list[Span]) -> bool:
    shared = sum(max(0, min(span[1], other[1]) - max(span[0], other[0])) for other in by)
    return 2 * shared >= span[1] - span[0]
