"""The detector of names: people, places and organisations, with a confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.content.names.model import LABELS, TYPES, Model
from gateway.content.names.words import runs, tokens
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gateway.content.names.words import Tokens

LEAST = {"PERSON": 0.40, "LOCATION": 0.45, "ORGANIZATION": 0.45}
"""The confidence a name of each type needs."""

_RULES = {kind: f"name.{kind.lower()}" for kind in TYPES}


class _Name(NamedTuple):
    type: str
    first: int
    last: int
    confidence: float


class NameDetector:
    """Finds names by a tagger."""

    name = "names"

    def __init__(self, model: Model) -> None:
        """With the weights of `model`."""
        self._model = model

    def find(self, text: str) -> Iterator[Finding]:
        """Each name with the confidence that it is one."""
        found = tokens(text)
        spans = runs(map(self._model.kind, found.words))
        if not spans:
            return
        for first, chances in self._model.marginals(found.words, spans):
            for item in _names(first, chances):
                yield _finding(item, found)


def _finding(item: _Name, found: Tokens) -> Finding:
    last = item.last - 1
    end = found.starts[last] + len(found.words[last])
    return Finding(item.type, found.starts[item.first], end, item.confidence, _RULES[item.type])


def _names(first: int, chances: NDArray[np.float64]) -> Iterator[_Name]:
    """The names of one run: words in a row that are likelier in one than outside of it."""
    begins, insides = chances[:, 1::2], chances[:, 2::2]
    by_type = begins + insides
    best = by_type.argmax(axis=1).tolist()
    likely = (by_type.max(axis=1) > chances[:, 0] * 0.8).tolist()
    start: int | None = None
    for place in range(len(best) + 1):
        inside = place < len(best) and likely[place]
        if start is not None and (
            not inside or best[place] != best[start] or begins[place, best[start]] > 0.5
        ):
            kind = TYPES[best[start]]
            confidence = float(by_type[start:place, best[start]].mean())
            if confidence >= LEAST[kind]:
                yield _Name(kind, first + start, first + place, round(confidence, 3))
            start = None
        if inside and start is None:
            start = place
