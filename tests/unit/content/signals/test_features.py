"""The features and the sum of the small model, against the plain way to compute them."""

from __future__ import annotations

import json
import math
import random
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.signals import classifier, scan
from gateway.content.signals.classifier import BUCKETS, Features, LinearClassifier, stored
from gateway.content.signals.fold import fold
from gateway.content.signals.lexicon import SOFTENERS, load
from gateway.core.signals import MISUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

LEXICON = load()
SETS = Path(__file__).resolve().parents[3] / "data" / "signals"
TEXTS = [
    json.loads(line)["text"]
    for line in (SETS / "development.jsonl").read_text(encoding="utf-8").splitlines()
]
FEATURES = Features(LEXICON)
MODEL = LinearClassifier(LEXICON)
ROWS = zlib.decompress(
    (Path(classifier.__file__).parent / "model.bin").read_bytes().partition(b"\n")[2]
)
CUES = {
    number
    for rule in LEXICON.rules
    if rule.label.startswith("misuse.")
    for group in rule.all
    for number in group
} | {LEXICON.names.index(name) for name in SOFTENERS}
EACH = scan.Scanner([LEXICON.expressions[number] for number in sorted(CUES)])

texts = st.one_of(
    st.text(max_size=600),
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12).map("\n".join),
    st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=200).map(" ".join),
)


def of_window(window: list[bytes]) -> Iterator[bytes | int]:
    """What a window has: what is hashed, or a hash."""
    yield from (before + b" " + word for before, word in zip([b"", *window], window, strict=False))
    for word in window:
        yield word
        if len(word) >= 6:
            yield from (b"<" + word[:4], b"<" + word[:6], word[-4:] + b">")
    data = b" ".join(window)
    names = sorted(
        LEXICON.names[number].encode()
        for place, number in enumerate(sorted(CUES))
        if EACH._each[place].search(data)
    )
    hashes = [zlib.crc32(b"@" + name) for name in names]
    yield from hashes
    few = hashes[:16]
    yield from (one * 31 + other for at, one in enumerate(few) for other in few[at + 1 :])


def plainly(text: str) -> list[set[int]]:
    """The buckets of each window, one feature after the other."""
    words = classifier._WORD.findall(fold(text).data)
    return [
        {
            (zlib.crc32(item) if isinstance(item, bytes) else item) % BUCKETS
            for item in of_window(words[start : start + 60])
        }
        for start in range(0, max(1, len(words)), 50)
    ]


def chances(rows: bytes, windows: list[set[int]]) -> dict[str, float]:
    """The highest chance of each category in any window, one weight after the other."""
    width = len(MISUSE)
    found = {}
    for at, name in enumerate(MISUSE):
        sums = [
            (rows[at] - 128) / 24.0
            + sum(rows[(bucket + 1) * width + at] - 128 for bucket in window)
            * (math.sqrt(min(1.0, 40 / max(1, len(window)))) / 24.0)
            for window in windows
        ]
        found[name] = 1 / (1 + math.exp(-max(-60.0, min(60.0, max(sums)))))
    return found


class TestShortcuts:
    @given(texts)
    @settings(max_examples=150, deadline=None)
    def test_features_are_those_of_the_plain_way(self, text: str) -> None:
        """
        Checksums that go on from one another, and tables of pairs, change no bucket.
        """
        assert list(FEATURES.of(text)) == plainly(text)

    @given(texts)
    @settings(max_examples=100, deadline=None)
    def test_scores_are_those_of_the_plain_way(self, text: str) -> None:
        """
        Summed at once and one by one, the chances are equal to the last bit.
        """
        assert MODEL.scores(text) == chances(ROWS, plainly(text))

    @pytest.mark.parametrize("weight", [9.0, -9.0])
    def test_no_lane_runs_over_into_the_next(self, weight: float) -> None:
        """
        A window with as many features as there can be, each of the largest weight.
        """
        chance = random.Random(3)
        words = ["".join(chance.choices("abcdefghijklmnopq", k=12)) for _ in range(60)]
        rows = {bucket: [weight, *[-weight] * (len(MISUSE) - 1)] for bucket in range(BUCKETS)}
        bias = [0.0] * len(MISUSE)
        told = LinearClassifier(LEXICON, stored(bias, rows)).scores(" ".join(words))

        assert len(FEATURES._cues) + 60 * 5 + 16 * 15 // 2 < classifier._FULL // 255
        assert [score > 0.99 for score in told.values()] == [
            weight > 0,
            *[weight < 0] * (len(MISUSE) - 1),
        ]
