"""A second opinion on misuse: a linear model over hashed words, parts of words, and cues.

Words alone know only what the tuning set says; cues of the lexicon, alone and in pairs, carry
over to other words and languages. The weights lie in `model.bin`, trained by
``python -m bench.signals_train``. All categories are summed at once: the weights of one feature
are the lanes of one whole number, so reading a word is one lookup and one addition.
"""

from __future__ import annotations

import math
import re
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.content.signals.fold import fold
from gateway.content.signals.lexicon import SOFTENERS
from gateway.content.signals.scan import Scanner
from gateway.core.signals import MISUSE
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.signals.lexicon import Lexicon

BUCKETS = 1 << 15
_MASK = BUCKETS - 1
SCALE = 24.0
"""A weight of 1.0 is stored as this number."""

_ZERO = 128
_LANE = 3
"""Bytes of a lane: room for 65,000 features."""

_MAGIC = b"proviso-signals-3\n"
_WORD = re.compile(rb"[a-z0-9]{2,40}")
_PART, _LONG_WORD = 4, 6
_WINDOW, _STEP = 60, 50
"""Words that are judged together, and how far the window moves: about two sentences."""

_TYPICAL = 40
"""About how many features a short request has."""

_MOST_CUES = 16
"""So many cues of a window are paired: a window full of cues costs no more."""

_POINTS = ((0.8, 60), (0.5, 40), (0.3, 30))
"""What a chance is worth alone. Set so that a model trained on the tuning set only was wrong
about fewer than one in a hundred harmless texts of the development set at 60."""

_AGREES = 20


class Classifier(Protocol):
    """Something that has an opinion on misuse."""

    def scores(self, text: str) -> Mapping[str, float]:
        """How likely each category of `MISUSE` is, 0 to 1. Missing means 0."""


class LinearClassifier:
    """The model that ships."""

    def __init__(self, lexicon: Lexicon, data: bytes | None = None) -> None:
        """With the weights in `data`, or those that ship, for the cues of `lexicon`.

        Raises:
            ConfigurationError: they are not weights of this version.
        """
        raw = data if data is not None else (Path(__file__).parent / "model.bin").read_bytes()
        if not raw.startswith(_MAGIC):
            raise ConfigurationError("The signal model is not of this version.")
        rows = zlib.decompress(raw[len(_MAGIC) :])
        width = len(MISUSE)
        if len(rows) != (BUCKETS + 1) * width:
            raise ConfigurationError("The signal model has not the right size.")
        self._bias = [(value - _ZERO) / SCALE for value in rows[:width]]
        # Two buckets of three say nothing, and one number serves them all.
        packed = cache(_packed)
        self._lanes = [packed(rows[at : at + width]) for at in range(width, len(rows), width)]
        self._features = Features(lexicon)

    def scores(self, text: str) -> Mapping[str, float]:
        """How likely each category is in the worst few sentences of `text`."""
        best = [-math.inf] * len(MISUSE)
        for buckets in self._features.of(text):
            best = [max(pair) for pair in zip(best, self._sums(buckets), strict=True)]
        return {name: _sigmoid(value) for name, value in zip(MISUSE, best, strict=True)}

    def _sums(self, buckets: list[int]) -> list[float]:
        """The weighted sum of each category over these features."""
        lanes = self._lanes
        total = sum([lanes[bucket] for bucket in buckets])
        raw = total.to_bytes(_LANE * len(MISUSE) + 1, "little")
        shift = _ZERO * len(buckets)
        share = gain(len(buckets)) / SCALE
        return [
            bias + (int.from_bytes(raw[at : at + _LANE], "little") - shift) * share
            for bias, at in zip(self._bias, range(0, _LANE * len(MISUSE), _LANE), strict=True)
        ]


def gain(count: int) -> float:
    """How much each of `count` features says.

    Less where there are many, so that a long list of odd words does not add up to a certainty.
    """
    return math.sqrt(min(1.0, _TYPICAL / max(1, count)))


class Features:
    """What the model looks at in a text."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the cues that misuse rules and contexts use, by name."""
        wanted = {
            number
            for rule in lexicon.rules
            if rule.label.startswith("misuse.")
            for group in rule.all
            for number in group
        }
        wanted |= {number for name, number in lexicon.numbers("").items() if name in SOFTENERS}
        named = sorted(
            (lexicon.names[number].encode(), place) for place, number in enumerate(sorted(wanted))
        )
        self._order = {place: rank for rank, (_, place) in enumerate(named)}
        self._cues = [zlib.crc32(b"@" + name) for name, _ in named]
        self._scanner = Scanner(
            [lexicon.expressions[number] for number in sorted(wanted)],
            [lexicon.triggers[number] for number in sorted(wanted)],
        )

    def of(self, text: str) -> Iterator[list[int]]:
        """The buckets of each window of `text`; one window at least."""
        words = _WORD.findall(fold(text).data)
        own = {word: _of_word(word) for word in set(words)}
        pairs = _of_pairs(words)
        for start in range(0, max(1, len(words)), _STEP):
            end = start + _WINDOW
            window = words[start:end]
            found = set(pairs[start + 1 : end])
            found.update(*[own[word] for word in set(window)])
            # The first word of a window follows nothing: what stood before is not judged with it.
            found.update(_of_pairs(window[:1]), self._of_cues(b" ".join(window)))
            yield list(found)

    def _of_cues(self, window: bytes) -> Iterator[int]:
        """The buckets of the cues in `window`, and of their pairs, in the order of their names."""
        ranks = sorted(self._order[place] for place in self._scanner.present(window))
        single = [self._cues[rank] for rank in ranks]
        yield from (bucket & _MASK for bucket in single)
        for at, one in enumerate(single[:_MOST_CUES]):
            for other in single[at + 1 : _MOST_CUES]:
                yield (one * 31 + other) & _MASK


def _of_pairs(words: list[bytes]) -> list[int]:
    """The bucket of each word with the one before it."""
    crc32 = zlib.crc32
    return [
        crc32(before + b" " + word) & _MASK
        for before, word in zip([b"", *words], words, strict=False)
    ]


def _of_word(word: bytes) -> tuple[int, ...]:
    """The buckets of a word and, where it is long, of its parts."""
    crc32 = zlib.crc32
    if len(word) < _LONG_WORD:
        return (crc32(word) & _MASK,)
    return (
        crc32(word) & _MASK,
        crc32(b"<" + word[:_PART]) & _MASK,
        crc32(b"<" + word[: _PART + 2]) & _MASK,
        crc32(word[-_PART:] + b">") & _MASK,
    )


def stored(bias: list[float], rows: Mapping[int, list[float]]) -> bytes:
    """Weights in the form that `LinearClassifier` loads."""
    flat = bytearray(_row(bias))
    empty = bytes([_ZERO]) * len(MISUSE)
    for bucket in range(BUCKETS):
        flat += _row(rows[bucket]) if bucket in rows else empty
    return _MAGIC + zlib.compress(bytes(flat), 9)


def combined(by_rule: Mapping[str, int], by_model: Mapping[str, float]) -> dict[str, int]:
    """Both opinions as one score, 0 to 100.

    The model alone reaches 60 at most; where a rule fired, its agreement adds to the rule's
    score.
    """
    scores = {}
    for category, score in by_rule.items():
        chance = by_model.get(category, 0.0)
        alone = next((points for least, points in _POINTS if chance >= least), 0)
        agreed = min(100, score + round(_AGREES * chance)) if score else 0
        scores[category] = max(agreed, alone)
    return scores


def _packed(row: bytes) -> int:
    lanes = bytearray(_LANE * len(row))
    lanes[::_LANE] = row
    return int.from_bytes(lanes, "little")


def _row(weights: list[float]) -> bytes:
    return bytes(max(0, min(255, round(weight * SCALE) + _ZERO)) for weight in weights)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
