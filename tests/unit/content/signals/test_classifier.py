"""The small model: what it takes, what it gives, and how both opinions become one."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from gateway.content.signals.classifier import (
    BUCKETS,
    Features,
    LinearClassifier,
    combined,
    gain,
    stored,
)
from gateway.content.signals.fields import SpokenField
from gateway.content.signals.lexicon import load
from gateway.content.signals.reader import SignalReader
from gateway.core.signals import MISUSE
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

LEXICON = load()
MALWARE = MISUSE.index("malware")


def knowing(word: str) -> LinearClassifier:
    """A model that knows one word: it means malware."""
    (buckets,) = Features(LEXICON).of(word)
    row = [0.0] * len(MISUSE)
    row[MALWARE] = 5.0
    return LinearClassifier(LEXICON, stored([-4.0] * len(MISUSE), dict.fromkeys(buckets, row)))


class TestModel:
    def test_weights_survive_being_stored(self) -> None:
        """
        What was trained is what is read: one known word, one category, no other.
        """
        scores = knowing("zzyzx").scores("zzyzx")

        assert scores["malware"] > 0.9
        assert all(score < 0.1 for name, score in scores.items() if name != "malware")
        assert knowing("zzyzx").scores("lentil soup")["malware"] < 0.1

    def test_the_worst_part_of_a_long_text_counts(self) -> None:
        """
        A request at the end of a long text is not diluted.
        """
        assert knowing("zzyzx").scores("lentil " * 3_000 + "zzyzx")["malware"] > 0.5

    def test_no_text_is_no_opinion(self) -> None:
        """
        Empty text and text without letters score as nothing.
        """
        model = LinearClassifier(LEXICON)

        assert max(model.scores("").values()) < 0.3
        assert max(model.scores("!!! ???").values()) < 0.3

    @pytest.mark.parametrize("data", [b"", b"something else", b"proviso-signals-0\nxx"])
    def test_other_weights_are_refused(self, data: bytes) -> None:
        """
        Weights of another version would be noise.
        """
        with pytest.raises(ConfigurationError):
            LinearClassifier(LEXICON, data)

    def test_weights_of_another_size_are_refused(self) -> None:
        """
        The header alone is not trusted.
        """
        head = stored([0.0] * len(MISUSE), {}).partition(b"\n")[0] + b"\n"

        with pytest.raises(ConfigurationError):
            LinearClassifier(LEXICON, head + zlib.compress(b"\x80" * 10))

    def test_features_are_the_same_in_every_process(self) -> None:
        """
        No seed of the process goes into them; the shipped weights depend on it.
        """
        assert [sorted(window) for window in Features(LEXICON).of("ab cd")] == [
            sorted({zlib.crc32(word) % BUCKETS for word in (b"ab", b" ab", b"cd", b"ab cd")})
        ]

    def test_many_features_say_less_each(self) -> None:
        """
        A long list of odd words is no certainty.
        """
        assert gain(10) == 1.0
        assert gain(160) == pytest.approx(0.5)


class TestBothOpinions:
    @pytest.mark.parametrize(
        ("rule", "chance", "score"),
        [(0, 0.1, 0), (0, 0.35, 30), (0, 0.6, 40), (0, 0.99, 60), (70, 0.0, 70), (70, 1.0, 90)],
    )
    def test_the_model_alone_reaches_sixty(self, rule: int, chance: float, score: int) -> None:
        """
        Alone it raises suspicion; with a rule it adds to it; it never lowers a score.
        """
        assert combined({"fraud": rule}, {"fraud": chance}).get("fraud", 0) == score

    def test_any_classifier_can_be_plugged_in(self) -> None:
        """
        The port asks for nothing but scores.
        """

        class Worried:
            def scores(self, text: str) -> Mapping[str, float]:
                return {"violence": 1.0}

        told = SignalReader(Worried()).read([SpokenField("Good morning.", "user")])

        assert told.as_input()["misuse"] == [{"category": "violence", "score": 60}]
