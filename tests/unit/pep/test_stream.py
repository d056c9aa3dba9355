"""One text of a streamed answer: what is told at one look comes out as what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.content.hidden import Repetition
from gateway.content.inspect import Inspector
from gateway.content.placeholders import Name
from gateway.content.restore import Restorer
from gateway.content.signals.reader import SignalReader
from gateway.content.stream import OutputWindow
from gateway.content.surrogates.stand_in import Surrogate
from gateway.pep.field import _TELLING, Field

if TYPE_CHECKING:
    from gateway.core.content import Finding
    from gateway.core.signals import OutputSignals

INSPECTOR, READER = Inspector(), SignalReader()
TABLE = {Name("EMAIL_ADDRESS", 1): "jane@acme.example", Name("PERSON", 1): "Jane"}
SURROGATES = (
    Surrogate("Robin", "Jane", loose=False),
    Surrogate("robin@example.com", "jane@acme.example", loose=False),
    Surrogate("+1 202-555-0147", "+49 30 901820", loose=True),
)
RESTORERS = (Restorer({}), Restorer(TABLE), Restorer(TABLE, SURROGATES))

words = st.sampled_from(
    ["Hello ", "the ", " figures", ". ", "", " ", "a", "I", "I\n", "A", "EMAIL", "_ADDRESS_1",
     "[PER", "SON_1]", "Rob", "in", "Robins ", "robin@", "example.com ", "20", "2-555", "\n",
     "licence ", "Licensed", "Relicence", "gpl", "Agpl.", "Gpl ", "copyright ", "Copyright",
     "l\u2019\u00e9t\u00e9 ", "it's", "so and so", "A\nB ", "on.\n\nI", "\u0434\u0430 ", "'EMAIL",
     "<b>", "\u201cso\u201d", "DE89 3704 0044 ", "0532 0130 00 ", "f\u00fcr ", "peter@x.example "]
)  # fmt: skip
letters = st.text(alphabet="aAbcegGinlLoprsty .,!?\n", max_size=8)
texts = st.lists(st.one_of(words, letters), max_size=24)


def a_field(restorer: Restorer, canaries: tuple[str, ...] = ()) -> Field:
    """A text of which nothing has come."""
    window, stream = OutputWindow(INSPECTOR), restorer.stream(json=False)
    return Field([], window, stream, Repetition(frozenset()), READER, canaries, None)


def looked_at(field: Field, piece: str) -> tuple[str, tuple[Finding, ...], OutputSignals | None]:
    """What comes out of a piece, and what is seen in it."""
    seen = field.window.feed(piece)
    return field.restorer.feed(seen.text), seen.findings, field.signals(seen.text)


class TestAPlainWord:
    @given(texts, st.sampled_from(RESTORERS))
    @example([" figures", "", "Rob"], RESTORERS[2])
    @settings(max_examples=400, deadline=None)
    def test_it_comes_out_as_if_it_were_looked_at(
        self, pieces: list[str], restorer: Restorer
    ) -> None:
        """
        P9: whatever comes before and after it, a piece that is told at one look is one of which
        inspection, restoring and the wider view make nothing, and leaves them as they would be.
        """
        quick, slow = a_field(restorer), a_field(restorer)
        for piece in pieces:
            told = (piece, (), None) if quick.passes(piece) else looked_at(quick, piece)
            assert told == looked_at(slow, piece)
        ends = [field.restorer.feed(field.window.end().text) for field in (quick, slow)]

        assert ends[0] == ends[1]
        assert quick.restorer.end() == slow.restorer.end()
        assert quick.window.view() == slow.window.view()

    @pytest.mark.parametrize("word", ["figures ", " the", ". ", "I ", "", "So,"])
    def test_most_words_are_told(self, word: str) -> None:
        """
        The words and signs that answers are made of are not looked at twice.
        """
        assert a_field(RESTORERS[2]).passes(word)

    @given(letters)
    @settings(max_examples=400, deadline=None)
    def test_what_tells_of_a_licence_never_passes(self, piece: str) -> None:
        """
        What the wider view is opened for is not passed over, in any case and inside any word.
        """
        for word in (piece, f"{piece}gpl", f"Gpl{piece}", f"licens{piece}", f"Copyright{piece}"):
            assert not (_TELLING.search(word) and a_field(RESTORERS[0]).passes(word))

    def test_where_a_canary_is_looked_for_nothing_passes(self) -> None:
        """
        A mark can be spelled in plain letters.
        """
        assert not a_field(RESTORERS[0], ("CANARY-abcdefgh",)).passes("the ")
