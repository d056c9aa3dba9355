"""Inspecting while text arrives: nothing slips through, and prose is not held."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content import stream
from gateway.content.dictionaries import Dictionary, DictionaryDetector
from gateway.content.inspect import Inspector
from gateway.content.stream import OutputWindow
from tests.unit.content.test_detectors import IN_CONTEXT, SEEN
from tests.unit.content.test_restore import split

if TYPE_CHECKING:
    from uuid import UUID

INSPECTOR = Inspector()
OF_LETTERS = [
    ("SECRET", "sk-" + "abcdefgh" * 4),
    ("SECRET", "postgres://bob:hunter@db.internal"),
    ("IP_ADDRESS", "face::cafe:babe"),
    ("SECRET", "password: abcDefghi"),
    ("SECRET", "the passphrase is correct-horse-battery"),
]
"""What is found though no piece of it need look like anything."""

CONTEXTS = [frame.format(value) for kind, value, frame in IN_CONTEXT if kind != "ADDRESS"]
"""Not those that go on with plain words behind their number, as French addresses do."""

BITS = st.sampled_from(
    ["Hello ", " the", "l\u2019\u00e9t\u00e9 ", "it's ", "(so) ", "\u201eja\u201c ", "12 ", "1.",
     "- ", " | ", "## ", "\n", " \u2013 ", "a", "B", "x_y", "f(x): ", "{}", "**so** ", "50 %",
     "password ", "is: ", "secret=", "e.g. ", "www.", "a@b", ".de ", "aa:", "::", "+49 ", "30 ",
     "901820", "DE89 ", *(value for _, value in SEEN + OF_LETTERS), *CONTEXTS]
)  # fmt: skip


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

    @given(st.uuids(version=4), st.lists(st.integers(min_value=0), max_size=25))
    @settings(max_examples=400, deadline=None)
    def test_an_id_split_anywhere_is_no_number(self, value: UUID, cuts: list[int]) -> None:
        """
        No piece of a UUID is judged before the whole is there, of which no part is a number.
        """
        text = f"Call {value} for the file, then go on."
        _, released, found = run(split(text, cuts))

        assert found == []
        assert released == text


class Thorough(OutputWindow):
    """One to which nothing is plain: it looks at every piece that is let go."""

    def passes(self, piece: str) -> bool:
        """Nothing does."""
        return False


def types_found(window: OutputWindow, pieces: list[str]) -> list[str]:
    """The types found, in order, each time."""
    seen = [*(window.feed(piece) for piece in pieces), window.end()]
    return [finding.type for one in seen for finding in one.findings]


class TestWhatIsPlain:
    @given(st.sampled_from(OF_LETTERS), st.lists(st.integers(min_value=0), max_size=25))
    @settings(max_examples=300, deadline=None)
    def test_what_is_made_of_plain_words_is_found_as_well(
        self, planted: tuple[str, str], cuts: list[int]
    ) -> None:
        """
        P9: a value of letters may come in pieces of which each is a plain word or a few signs.
        """
        kind, value = planted
        _, released, found = run(split(f"Here: {value} and so on.", cuts))

        assert found[:1] == [kind]
        assert released == f"Here: {value} and so on."

    @given(st.lists(BITS, max_size=10), st.lists(st.integers(min_value=0), max_size=25))
    @settings(max_examples=300, deadline=None)
    def test_nothing_is_missed_that_looking_at_everything_finds(
        self, bits: list[str], cuts: list[int]
    ) -> None:
        """
        P9: what passes unseen is what nothing would have been found in.
        """
        pieces = split("".join(bits), cuts)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stream, "suspect", bool)
            thorough = types_found(Thorough(INSPECTOR), pieces)

        assert set(types_found(OutputWindow(INSPECTOR), pieces)) == set(thorough)

    def test_its_letters_are_letters(self) -> None:
        """
        No digit, sign or invisible character is taken for a part of a plain word.
        """
        taken = [
            sign for sign in map(chr, range(0x10000)) if re.fullmatch(f"[{stream._LETTERS}]", sign)
        ]

        assert all(re.fullmatch(r"[^\W\d_A-Z]", sign) for sign in taken)
        assert len(taken) > 30_000

    @pytest.mark.parametrize(
        "piece",
        ["l\u2019\u00e9quipe ", " \u201edie", "Stra\u00dfe", " (vor", "- ", " \u2013 ", "zu viel",
         "Note:", "\u0431\u0443\u0434\u0435\u0442 ", "**so**", " = ", "end.\n\nThen", "don't"],
    )  # fmt: skip
    def test_it_passes_at_once(self, piece: str) -> None:
        """
        What real answers are made of: accents, quotation marks, lists and several words at once.
        """
        assert OutputWindow(INSPECTOR).passes(piece)

    @given(st.text(alphabet="aA\u00e9'\u2019.,!? \n(-1", max_size=8))
    @settings(max_examples=300, deadline=None)
    def test_words_without_a_bracket_are_among_them(self, piece: str) -> None:
        """
        What is known to be plain need not be told to be simple.
        """
        if stream.PLAIN.fullmatch(piece):
            assert OutputWindow(INSPECTOR).passes(piece)

    @pytest.mark.parametrize(
        "piece", ["4", "a@", "DE", "aB", "x=", "-----", "a.b", "\u200bso", "-B"]
    )
    def test_anything_else_does_not(self, piece: str) -> None:
        """
        A digit, a capital in the middle, a sign at a word: each may be the beginning of a value.
        """
        assert not OutputWindow(INSPECTOR).passes(piece)


OWN = INSPECTOR.beside(
    [DictionaryDetector([Dictionary("projects", "CODE_NAME", ("Falcon", "Blue Heron"))])]
)


class TestTermsOfATenant:
    @given(
        st.sampled_from(["Falcon", "Blue Heron"]), st.lists(st.integers(min_value=0), max_size=25)
    )
    @settings(max_examples=200, deadline=None)
    def test_a_term_of_plain_words_is_found(self, term: str, cuts: list[int]) -> None:
        """
        P9: a tenant's terms are plain words, and are found in a stream as in a whole answer.
        """
        text = f"We call it {term}, or so."
        pieces = split(text, cuts)
        window = OutputWindow(OWN)
        seen = [*(window.feed(piece) for piece in pieces), window.end()]

        assert [finding.type for one in seen for finding in one.findings] == ["CODE_NAME"]
        assert "".join(one.text for one in seen) == text

    @given(st.lists(st.integers(min_value=0), max_size=25))
    @settings(max_examples=100, deadline=None)
    def test_the_beginning_of_a_longer_word_is_none(self, cuts: list[int]) -> None:
        """
        A word is known when it has ended, however it is cut.
        """
        assert not types_found(OutputWindow(OWN), split("We saw Falconry, and Blue Herons.", cuts))


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
