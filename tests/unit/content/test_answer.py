"""Where the words of an answer stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.content.answer import places

keys = st.sampled_from(
    ["role", "type", "finish_reason", "content", "arguments", "logprobs", "data", "index", "new"]
)
leaves = st.one_of(
    st.sampled_from(["assistant", "stop", "text", "Hello", "", None, True, 7, 4111111111111111]),
    st.floats(allow_nan=False),
)
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=20,
)


class TestPlaces:
    @given(documents)
    def test_what_every_answer_says_is_all_that_is_left_out(self, document: Any) -> None:
        """
        Of the telling places none is missing, wherever it stands, and no other is among them.
        """
        every = [place for place in places(document) if place.telling]

        assert places(document, telling=True) == every

    @pytest.mark.parametrize(
        ("name", "usual"),
        [("finish_reason", "stop"), ("finishReason", "STOP"), ("stop_reason", "end_turn")],
    )
    def test_why_an_answer_ended_is_no_word_of_the_model(self, name: str, usual: str) -> None:
        """
        In each API the usual reasons are not searched, and anything else said there is.
        """
        assert places({name: usual}, telling=True) == []
        assert [place.text for place in places({name: "Anna"}, telling=True)] == ["Anna"]
