"""One pass over a text that tells whether anything more is to be done with it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.glance import long_run, numeric, suspect


class TestSuspect:
    @pytest.mark.parametrize(
        "text",
        ["", "The figures look good, and the team is happy. So are we!", "a. B", "Das (ganz neu)?"],
    )
    def test_prose_is_not_suspect(self, text: str) -> None:
        """
        Sentences of plain words hold no value, so that nothing more is done with them.
        """
        assert not suspect(text)

    @pytest.mark.parametrize("text", ["7", "a@b", "AB", "aB", "a.b", "é(中", "²;ⅷ", "x\n/"])
    def test_what_values_are_made_of_is(self, text: str) -> None:
        """
        Digits, telling signs, two capitals, and marks between letters of any script.
        """
        assert suspect(text)


class TestNumeric:
    @given(st.text(alphabet="aZ09/:\u00b2\u0663 ", max_size=8))
    def test_it_sees_the_ten_digits(self, text: str) -> None:
        """
        Digits of other scripts, and signs beside these, are none.
        """
        assert numeric(text) == bool(re.search("[0-9]", text))


class TestLongRun:
    @given(st.text(alphabet="aZ09+/_- é\u0161", max_size=30), st.integers(1, 8))
    def test_it_sees_runs_of_at_least_that_length(self, text: str, length: int) -> None:
        """
        What could be Base64, and nothing shorter or with another letter in it.
        """
        assert long_run(text, length) == bool(re.search(rf"[A-Za-z0-9+/_\-]{{{length}}}", text))
