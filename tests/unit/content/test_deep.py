"""The deep tier: asked where the tagger is unsure, bounded in time, never silent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.deep import DeepTier, Limits
from gateway.content.inspect import Inspector, data_class, summarise
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.core.content import DETECTOR_FAILED, DETECTOR_SKIPPED, DataClass, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = NameDetector(Model.shipped())
UNSURE = "Ask Brumvald tomorrow."
SURE = "The weather in the garden is fine today."


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


class Slow:
    """Finds the word Brumvald, takes its time, and fails when told to."""

    name = "slow"

    def __init__(self, clock: Hand, takes: float = 0.1, error: Exception | None = None) -> None:
        self.clock = clock
        self.takes = takes
        self.error = error
        self.asked: list[str] = []

    def find(self, text: str, seconds: float) -> Iterator[Finding]:
        assert seconds > 0
        self.asked.append(text)
        self.clock.seconds += self.takes
        if self.error is not None:
            raise self.error
        at = text.find("Brumvald")
        while at >= 0:
            yield Finding("PERSON", at, at + 8, 0.85, "deep.slow.person")
            at = text.find("Brumvald", at + 1)


def a_tier(
    takes: float = 0.1, error: Exception | None = None, **limits: bool | float
) -> tuple[Inspector, Slow, list[str]]:
    """An inspector with a deep tier, its detector, and what it reported."""
    clock = Hand()
    detector = Slow(clock, takes, error)
    told: list[str] = []
    tier = DeepTier(detector, NAMES, Limits(**limits), clock, told.append)  # type: ignore[arg-type]
    return Inspector([], NAMES, deep=tier), detector, told


def seen(inspector: Inspector, *texts: str) -> list[list[tuple[str, str]]]:
    """Types and words found in each text of one conversation."""
    conversation = inspector.conversation()
    return [
        [(item.type, text[item.start : item.end]) for item in conversation.inspect(text)]
        for text in texts
    ]


class TestAsking:
    def test_only_unsure_sentences_are_asked_about(self) -> None:
        """
        What the tagger is sure of, either way, costs nothing.
        """
        inspector, detector, told = a_tier()
        found = seen(inspector, f"{SURE} {UNSURE} {SURE}", SURE)

        assert detector.asked == [f"{UNSURE} "]
        assert found == [[("PERSON", "Brumvald")], []]
        assert told == ["found"]

    def test_places_stay_through_disguise(self) -> None:
        """
        The detector sees the normalised text; its findings stand in the text as it was.
        """
        inspector, _, _ = a_tier()

        assert seen(inspector, "\u200bAsk Brum\u200bvald tomorrow.") == [
            [("PERSON", "Brum\u200bvald")]
        ]

    def test_lone_surrogates_do_not_reach_it(self) -> None:
        """
        Neither JSON nor spaCy takes them.
        """
        inspector, detector, _ = a_tier()

        assert seen(inspector, "\ud800 Ask Brumvald tomorrow.") == [[("PERSON", "Brumvald")]]
        detector.asked[0].encode()

    def test_a_text_is_asked_about_once(self) -> None:
        """
        The next call resends the conversation: its turns come out the same, without being asked.
        """
        inspector, detector, _ = a_tier()

        assert seen(inspector, UNSURE) == seen(inspector, UNSURE)
        assert len(detector.asked) == 1

    def test_answers_are_not_asked_about(self) -> None:
        """
        In a model's output names are the caller's own.
        """
        inspector, detector, _ = a_tier()

        assert inspector.inspect(UNSURE, names=False) == ()
        assert detector.asked == []

    def test_long_texts_go_in_pieces(self) -> None:
        """
        A line without an end is cut, and no piece is larger than what is sent together.
        """
        inspector, detector, _ = a_tier(seconds=60.0)
        found = seen(inspector, "Ask Brumvald tomorrow, " * 2_000)

        assert max(map(len, detector.asked)) <= 4_100
        assert len(found[0]) >= 1_900

    @given(st.text(st.sampled_from("AB b.\n\u200b\ud800é"), max_size=60))
    def test_any_text(self, text: str) -> None:
        """
        Whatever the text, findings are within it.
        """
        inspector, _, _ = a_tier()
        found = inspector.conversation().inspect(f"{text} Ask Brumvald tomorrow. {text}")

        assert all(0 <= item.start < item.end <= 2 * len(text) + 24 for item in found)


class TestFailing:
    @pytest.mark.parametrize("error", [RuntimeError("x"), MemoryError(), TimeoutError()])
    def test_a_failure_is_a_failed_detection(self, error: Exception) -> None:
        """
        P2: what it could not look at is restricted, and policy refuses it.
        """
        inspector, _, told = a_tier(error=error)
        found = inspector.conversation().inspect(UNSURE)

        assert [(item.type, item.rule) for item in found] == [(DETECTOR_FAILED, "deep.slow")]
        assert data_class(summarise(found), DataClass.PUBLIC) is DataClass.RESTRICTED
        assert told == ["failed"]

    def test_going_on_without_is_said(self) -> None:
        """
        Where the operator chose so, the other findings stand, and one says what is missing.
        """
        inspector, _, told = a_tier(error=RuntimeError(), refuse=False)
        found = inspector.conversation().inspect(f"Jane Miller here. {UNSURE}")

        assert {item.type for item in found} == {"PERSON", DETECTOR_SKIPPED}
        assert data_class(summarise(found), DataClass.PUBLIC) is DataClass.CONFIDENTIAL
        assert data_class(summarise(found[-1:]), DataClass.PUBLIC) is DataClass.PUBLIC
        assert told == ["failed"]

    def test_the_budget_is_the_requests(self) -> None:
        """
        Texts draw on one budget; past it nothing is asked, and each text says so.
        """
        inspector, detector, told = a_tier(takes=0.6, seconds=1.0)
        found = seen(inspector, UNSURE, f"{UNSURE} Now.", f"{UNSURE} Then.")

        assert [item[0][0] for item in found] == ["PERSON", DETECTOR_FAILED, DETECTOR_FAILED]
        assert len(detector.asked) == 2
        assert told == ["found", "failed", "failed"]

    def test_a_failure_is_not_remembered(self) -> None:
        """
        The next request asks again.
        """
        inspector, detector, _ = a_tier(error=RuntimeError())
        seen(inspector, UNSURE)
        detector.error = None

        assert seen(inspector, UNSURE) == [[("PERSON", "Brumvald")]]

    def test_places_outside_of_the_text_are_a_failure(self) -> None:
        """
        A detector that lies about places is not believed.
        """
        inspector, detector, _ = a_tier()
        detector.find = lambda text, seconds: [Finding("PERSON", 5, 999, 1.0, "x")]  # type: ignore[assignment,method-assign,return-value]

        assert seen(inspector, UNSURE)[0][0][0] == DETECTOR_FAILED
