"""The tagger's inner loops: the chain, what words say in sum, and the memory of words."""

from __future__ import annotations

import re
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.names import tagger
from gateway.content.names.arithmetic import Chain, Memory, likely
from gateway.content.names.model import Model
from gateway.content.names.reading import Table, written
from gateway.content.names.tagger import NameDetector

if TYPE_CHECKING:
    from gateway.core.content import Finding

MODEL = Model.shipped()
DETECTOR = NameDetector(MODEL)
OTHER = Model.shipped()
"""One whose memory tests empty."""

WORDS = [
    "Anna", "Kowalska", "of", "the", "Dear", "Hi", "Regards,", "Berlin", "GmbH", "van", "O'Neil",
    "Jean-Luc", "d'Arc", "@me", "#tag", "2019", "https://example.org", "U.S.", "J.", "anna",
    "BERLIN", "\u0130stanbul", "Stra\u00dfe", "Zoqwx-Berlin", "qzxvb", "\n", ".", "-", "(",
]  # fmt: skip


class TestArithmetic:
    def test_the_chances_of_a_run_are_those_of_every_path(self) -> None:
        """
        Forward and backward give what summing over all paths of labels gives.
        """
        rng = np.random.default_rng(1)
        steps = rng.normal(size=(4, 4))
        words = rng.random((5, 4)) + 0.1
        chances = Chain(steps).chances(words, [(2, 5), (9, 11)])
        for first, length in ((0, 3), (3, 2)):
            expected = np.zeros((length, 4))
            for path in np.ndindex(*(4,) * length):
                told = np.array([0, *path, 0])
                weight = np.exp(steps[told[:-1], told[1:]].sum())
                weight *= np.prod([words[first + at, label] for at, label in enumerate(path)])
                for at, label in enumerate(path):
                    expected[at, label] += weight
            expected /= expected.sum(axis=1, keepdims=True)

            assert np.allclose(chances[first : first + length], expected)

    @given(st.lists(st.integers(1, 32), min_size=1, max_size=12))
    @settings(max_examples=100, deadline=None)
    def test_runs_side_by_side_are_what_they_are_alone(self, lengths: list[int]) -> None:
        """
        Whatever stands beside it, a run has the chances that it has by itself.
        """
        rng = np.random.default_rng(sum(lengths))
        chain = Chain(rng.normal(size=(4, 4)))
        words = rng.random((sum(lengths), 4)) + 0.1
        together = chain.chances(words, [(0, length) for length in lengths])
        first = 0
        for length in lengths:
            run = slice(first, first + length)
            first += length

            assert np.allclose(together[run], chain.chances(words[run], [(0, length)]))

    def test_a_long_run_of_unlikely_words_keeps_its_chances(self) -> None:
        """
        Chances that would grow too small for a number are still chances.
        """
        chances = Chain(np.full((4, 4), -30.0)).chances(np.full((32, 4), 1e-9), [(0, 32)])

        assert np.allclose(chances.sum(axis=1), 1)

    def test_runs_that_are_not_of_the_words_are_an_error(self) -> None:
        """
        Nothing outside of what was given is read.
        """
        with pytest.raises(ValueError, match="as many words"):
            Chain(np.zeros((4, 4))).chances(np.ones((3, 4)), [(0, 2)])

    @given(st.dictionaries(st.integers(1, 2**32 - 1), st.integers(-9, 9), min_size=1, max_size=50))
    @settings(max_examples=100, deadline=None)
    def test_a_word_says_what_its_attributes_say_in_sum(self, said: dict[int, int]) -> None:
        """
        Of attributes that are nowhere, nothing.
        """
        keys = np.array(sorted(said), dtype=np.uint32)
        rows = np.array([[said[key]] * 35 for key in sorted(said)], dtype=np.float32)
        table = Table(keys, rows)
        absent = next(key for key in range(60) if key not in said)
        sums = table.sums([[*map(int, keys), absent], [], [int(keys[0])]])

        assert sums[:, 0].tolist() == [sum(said.values()), 0, said[min(said)]]

    def test_what_is_surely_no_name_could_be_none_by_the_rest(self) -> None:
        """
        A word left out at once would be left out whatever all names together had of it.
        """
        assert 1 - tagger._NO_NAME <= tagger._NO_NAME * tagger._WEIGHT_OF_NONE

    @pytest.mark.parametrize("count", [1, 64, 5_000])
    def test_a_run_is_judged_whole_however_long_it_is(self, count: int) -> None:
        """
        Every word of a run has its chances.
        """
        likely = MODEL.likely(MODEL.known(["Zoqwx"] * count), [(0, count)], 1.0)

        assert [place for place, *_ in likely] == list(range(count))
        assert all(0 < none < 1 and 0 < most < 1 for _, none, _, most, _ in likely)

    @given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.floats(0, 1))
    @settings(max_examples=100, deadline=None)
    def test_likely_are_words_that_may_be_none_with_their_best_type(
        self, lengths: list[int], most: float
    ) -> None:
        """
        Of both labels of a type in sum; where two are alike, of the first.
        """
        rows = np.random.default_rng(sum(lengths)).integers(0, 4, (sum(lengths), 7)) / 4
        firsts = [10 * at for at in range(len(lengths))]
        runs = [(first, first + length) for first, length in zip(firsts, lengths, strict=True)]
        places = [place for run in runs for place in range(*run)]
        expected = []
        for place, row in zip(places, rows.tolist(), strict=True):
            by_type = [row[1] + row[2], row[3] + row[4], row[5] + row[6]]
            best = by_type.index(max(by_type))
            if row[0] <= most:
                expected.append((place, row[0], best, by_type[best], row[1 + 2 * best]))

        assert likely(rows, runs, most) == expected

    def test_threads_see_the_same(self) -> None:
        """
        Several threads may teach the memory of words at once.
        """
        model = Model.shipped()
        texts = [
            f"Hello Person{chr(97 + at)} Smith of Berlin, ask Mr Jones{at}." for at in range(200)
        ]
        alone = [list(DETECTOR.find(text)) for text in texts]
        answers: list[list[list[Finding]]] = []

        def work() -> None:
            detector = NameDetector(model)
            answers.append([list(detector.find(text)) for text in texts])

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == [alone] * 4

    def test_a_full_memory_forgets_and_goes_on(self) -> None:
        """
        More distinct words than are remembered give the same findings.
        """
        detector = NameDetector(Model.shipped())
        for at in range(6):
            words = " ".join(
                f"Xq{chr(97 + at)}{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}"
                for i in range(4_000)
            )
            list(detector.find(words))

        assert ("PERSON", "John Smith") in [
            (item.type, "Hi John Smith, thanks"[item.start : item.end])
            for item in detector.find("Hi John Smith, thanks")
        ]


class TestMemory:
    @given(st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=60).map(" ".join))
    @settings(max_examples=150, deadline=None)
    def test_what_was_met_before_changes_no_finding(self, text: str) -> None:
        """
        A model that has met these words, and one that has met none of them, find the same.
        """
        model = OTHER
        seen = list(DETECTOR.find(text))
        model._memory = model._emptied(0)
        first = list(NameDetector(model).find(text))

        assert first == seen == list(NameDetector(model).find(text))

    @given(st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=40), st.data())
    @settings(max_examples=150, deadline=None)
    def test_each_word_is_found_with_what_is_known_of_it(
        self, words: list[str], data: st.DataObject
    ) -> None:
        """
        Whatever place another word has taken, and only while there is room: names may stand where
        words may be in one, with three at most between those that may only stand within.
        """
        memory = Memory(20)
        kinds = bytes(data.draw(st.sampled_from(b"CCggggo")) for _ in words)
        kept = memory.keep(
            words, kinds, bytes(len(words)), np.zeros((len(words), 35), dtype=np.float32)
        )
        known, others = memory.find(words)
        runs = [match.span() for match in re.finditer(rb"C(?:g{0,3}C)*", kinds)]

        assert kept == (len(words) <= 20)
        assert len(memory) == len(words) * kept
        assert others == ([] if kept else list(range(len(words))))
        assert not kept or known.runs() == runs

    def test_runs_begin_and_end_with_what_may_be_a_name(self) -> None:
        """
        Small words join capitalised ones, but never begin or end a run.
        """
        kinds = b"ogCgCgoCggggC"
        words = [f"word{at}" for at in range(len(kinds))]
        memory = Memory(len(kinds))
        memory.keep(words, kinds, kinds, np.zeros((len(kinds), 35), dtype=np.float32))

        assert memory.find(words)[0].runs() == [(2, 5), (7, 8), (12, 13)]

    def test_a_word_kept_twice_stays_as_it_was(self) -> None:
        """
        Two threads may meet a word at once; the second adds nothing.
        """
        memory = Memory(4)
        none = np.zeros((1, 35), dtype=np.float32)
        memory.keep(["Anna"], b"C", b"\0", none)
        memory.keep(["Anna"], b"o", b"\0", none)

        assert len(memory) == 1
        assert memory.find(["Anna"])[0].runs() == [(0, 1)]

    def test_a_word_that_is_not_known_can_be_put_nowhere(self) -> None:
        """
        What nothing is known of is an error, not the first word's traits.
        """
        known, _ = Memory(4).find(["Anna"])

        with pytest.raises(KeyError):
            known.put([0], ["Anna"])

    def test_nothing_of_a_text_can_be_read_in_it(self) -> None:
        """
        Words are known again by a hash with a key of this process; none is kept.
        """
        model = Model.shipped()
        list(NameDetector(model).find("Anna Xymenova of Qwerhaven, mail @anna_xy or 0171 5550123"))

        assert "Xymenova" in model._memory
        assert "@anna_xy" not in model._memory

    def test_no_word_is_held(self) -> None:
        """
        Once a text is done with, its words are gone.
        """
        word = "Anna-Xymenova"
        before = sys.getrefcount(word)
        model = Model.shipped()
        model.known([word])

        assert word in model._memory
        assert sys.getrefcount(word) == before

    @pytest.mark.parametrize(
        ("word", "form"),
        [("@anna_xy", "@w"), ("#berlin", "#w"), ("https://example.org/anna", "://"),
         ("www.example.org", "://"), ("0171", "0000"), ("5550123", "000000"), ("12:30", "00:00"),
         ("Anna", "Anna"), ("and/or", "://"), ("@", "@w")],
    )  # fmt: skip
    def test_numbers_and_addresses_are_not_met_as_they_are(self, word: str, form: str) -> None:
        """
        What a handle, an address or a number says is left out before it is looked up.
        """
        assert written(word) == form
