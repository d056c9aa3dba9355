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
from itertools import chain
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
_LANE = 18
"""Bits of a lane: room for 1,028 features, twice as many as a window can have."""

_LANES = range(0, _LANE * len(MISUSE), _LANE)
_FULL = (1 << _LANE) - 1

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

_SURE = 60.0
"""Further on, chances are no different."""

_LEAST = _POINTS[-1][0]
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
        first, *others = map(self._sums, self._features.of(text))
        best = list(map(max, first, *others)) if others else first
        return {
            name: _sigmoid(bias + value)
            for name, bias, value in zip(MISUSE, self._bias, best, strict=True)
        }

    def _sums(self, buckets: set[int]) -> list[float]:
        """The weighted sum of each category over these features, without its bias."""
        total = sum(map(self._lanes.__getitem__, buckets))
        shift = _ZERO * len(buckets)
        share = gain(len(buckets)) / SCALE
        return [((total >> lane & _FULL) - shift) * share for lane in _LANES]


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
        ordered = sorted(wanted, key=lambda number: lexicon.names[number].encode())
        cues = [zlib.crc32(b"@" + lexicon.names[number].encode()) for number in ordered]
        self._cues = [cue & _MASK for cue in cues]
        self._pairs = [[(one * 31 + other) & _MASK for other in cues] for one in cues]
        """By the cue whose name comes first, and the other one."""

        self._scanner = Scanner(
            [lexicon.expressions[number] for number in ordered],
            [lexicon.triggers[number] for number in ordered],
        )

    def of(self, text: str) -> Iterator[set[int]]:
        """The buckets of each window of `text`; one window at least."""
        words = _WORD.findall(fold(text).data)
        own, pairs = _of_words(words)
        for start in range(0, max(1, len(words)), _STEP):
            end = start + _WINDOW
            window = words[start:end]
            found = set(pairs[start + 1 : end])
            found.update(*map(own.__getitem__, set(window)))
            if window:
                # It follows nothing: what stood before the window is not judged with it.
                found.add(zlib.crc32(b" " + window[0]) & _MASK)
            self._add_cues(found, b" ".join(window))
            yield found

    def _add_cues(self, found: set[int], window: bytes) -> None:
        """The buckets of the cues in `window`, and of their pairs, in the order of their names."""
        cues = sorted(self._scanner.present(window))
        found.update(map(self._cues.__getitem__, cues))
        del cues[_MOST_CUES:]
        for at, one in enumerate(cues, 1):
            found.update(map(self._pairs[one].__getitem__, cues[at:]))


def _of_words(words: list[bytes]) -> tuple[dict[bytes, tuple[int, ...]], list[int]]:
    """The buckets of each word, and the bucket of each word with the one before it."""
    own, after, codes = {}, {}, {}
    crc32 = zlib.crc32
    for word in set(words):
        code = codes[word] = crc32(word)
        after[word] = b" " + word
        own[word] = _of_word(word, code)
    # A checksum goes on from that of the word before as if both were written in one.
    before = map(codes.__getitem__, words[:-1])
    pairs = map(crc32, map(after.__getitem__, words), chain((0,), before))
    return own, [code & _MASK for code in pairs]


def _of_word(word: bytes, code: int) -> tuple[int, ...]:
    """The buckets of a word with this checksum and, where it is long, of its parts."""
    crc32 = zlib.crc32
    if len(word) < _LONG_WORD:
        return (code & _MASK,)
    return (
        code & _MASK,
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
    """Both opinions as one score, 1 to 100, of each category that either sees.

    The model alone reaches 60 at most; where a rule fired, its agreement adds to the rule's
    score.
    """
    scores = {}
    for category in MISUSE:
        score, chance = by_rule.get(category, 0), by_model.get(category, 0.0)
        if score or chance >= _LEAST:
            alone = next((points for least, points in _POINTS if chance >= least), 0)
            agreed = min(100, score + round(_AGREES * chance)) if score else 0
            scores[category] = max(agreed, alone)
    return scores


def _packed(row: bytes) -> int:
    return sum(weight << lane for weight, lane in zip(row, _LANES, strict=True))


def _row(weights: list[float]) -> bytes:
    return bytes(max(0, min(255, round(weight * SCALE) + _ZERO)) for weight in weights)


def _sigmoid(value: float) -> float:
    bounded = value if -_SURE < value < _SURE else math.copysign(_SURE, value)
    return 1 / (1 + math.exp(-bounded))
