"""JSON in a string, read past its escapes and changed as JSON."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.content import json_text

values = st.recursive(
    st.one_of(st.text(), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


class TestEscapes:
    @given(values, st.booleans())
    def test_the_document_stays_the_same(self, value: Any, ascii_only: bool) -> None:
        """
        Letters for their numbers change nothing of what a document says.
        """
        text = json.dumps(value, ensure_ascii=ascii_only)

        assert json.loads(json_text.unescaped(text)) == value

    @given(values, st.lists(st.integers(1, 7), min_size=1))
    def test_pieces_say_what_the_whole_says(self, value: Any, cuts: list[int]) -> None:
        """
        Wherever a document is cut, no escape goes on in part.
        """
        text, pieces, escapes, at = json.dumps(value), "", json_text.Escapes(), 0
        for cut in cuts * (len(text) // len(cuts) + 1):
            pieces += escapes.feed(text[at : at + cut])
            at += cut

        assert pieces + escapes.end() == json_text.unescaped(text)

    def test_what_a_backslash_hides_is_none(self) -> None:
        """
        Behind an escaped backslash a number is letters.
        """
        assert json_text.unescaped(r'"\\u0034 \u0034 \u0022"') == r'"\\u0034 4 \u0022"'

    def test_places_stay(self) -> None:
        """
        A line's end is two blanks, as it is two signs.
        """
        assert json_text.blanked(r'"a\n4 \\n"') == r'"a  4 \\n"'


class TestReplaced:
    @given(values, st.integers(0, 60), st.integers(1, 30))
    def test_what_is_replaced_leaves_a_document(self, value: Any, start: int, size: int) -> None:
        """
        Whatever span of a document a mark stands in for, it is still one.
        """
        text = json.dumps({"a": value})
        end = min(len(text), start + size)
        if start >= end:
            return
        # A detector's span begins and ends with a letter or digit, never with a sign of JSON's.
        if not (text[start].isdigit() and text[end - 1].isdigit()):
            return
        if json_text.unescaped(text) != text:
            return
        start, end, instead = json_text.replaced(text, start, end, "[X]", inside=False)

        json.loads(text[:start] + instead + text[end:])

    def test_a_number_becomes_a_string(self) -> None:
        """
        All of it, with its sign and what is behind the point.
        """
        text = '{"a":-4111.5}'
        start, end, instead = json_text.replaced(text, 6, 10, "[X]", inside=False)

        assert text[:start] + instead + text[end:] == '{"a":"[X]"}'
