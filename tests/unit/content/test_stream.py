"""Inspecting while text arrives: nothing slips through, and prose is not held."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.inspect import Inspector
from gateway.content.stream import OutputWindow
from tests.unit.content.test_detectors import SEEN
from tests.unit.content.test_restore import split

INSPECTOR = Inspector()


def run(pieces: list[str]) -> tuple[str, str, list[str]]:
    """What was released before the first finding, in all, and the types found."""
    window, before, released, found = OutputWindow(INSPECTOR), "", "", []
    for piece in pieces:
        text, findings, _ = window.feed(piece)
        released += text
        found += [item.type for item in findings]
        if not found:
            before += text
    text, findings, _ = window.end()
    found += [item.type for item in findings]
    if not found:
        before += text
    return before, released + text, found


class TestNothingSlipsThrough:
    @given(st.sampled_from(SEEN), st.lists(st.integers(min_value=0), max_size=25))
    @settings(max_examples=400, deadline=None)
    def test_a_value_split_anywhere_is_found_first(
        self, planted: tuple[str, str], cuts: list[int]
    ) -> None:
        """
        P9: however a value is split over chunks, it is reported before any of it could be whole.
        """
        kind, value = planted
        text = f"Here you are, my friend: {value} and so on."
        before, released, found = run(split(text, cuts))

        assert found[:1] == [kind]
        assert value not in before
        assert value.split()[-1] not in before
        assert released == text

    @pytest.mark.parametrize(("kind", "value"), SEEN)
    def test_letter_by_letter_is_reported_once(self, kind: str, value: str) -> None:
        """
        One value is one finding, however slowly it comes.
        """
        _, released, found = run(list(f"so {value} then"))

        assert found == [kind]
        assert released == f"so {value} then"


class TestProseFlows:
    @pytest.mark.parametrize(
        "piece", ["Hello", " world,", " it's", ' "fine"', " naïve", "\n\n", "I"]
    )
    def test_plain_words_are_not_held(self, piece: str) -> None:
        """
        The first token is not held: prose goes out as it comes.
        """
        assert OutputWindow(INSPECTOR).feed(piece)[0] == piece

    @given(st.text(max_size=80), st.lists(st.integers(min_value=0), max_size=10))
    @settings(max_examples=200, deadline=None)
    def test_no_text_is_lost_or_invented(self, text: str, cuts: list[int]) -> None:
        """
        Whatever the text and the split, the same text comes out.
        """
        assert run(split(text, cuts))[1] == text

    def test_holding_is_bounded(self) -> None:
        """
        P10: an endless run of signs is judged as it stands after 512 code points.
        """
        window = OutputWindow(INSPECTOR)
        released = sum(len(window.feed("=" * 100)[0]) for _ in range(20))

        assert released >= 2_000 - 512
