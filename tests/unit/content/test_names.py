"""Names of people, places and organisations: what the tagger sees and what it costs."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.names import memory, tagger
from gateway.content.names.chains import Chain
from gateway.content.names.known import KnownNames
from gateway.content.names.lexicon import CITY, COUNTRY, FIRST, STOP
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.content.names.words import runs, tokens, written
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


def found(text: str) -> list[tuple[str, str]]:
    """Types and texts of the names in `text`, by place."""
    seen = sorted(DETECTOR.find(text), key=lambda item: item.start)
    return [(item.type, text[item.start : item.end]) for item in seen]


SEEN = [
    ("PERSON", "Anna Kowalska", "Please write a polite answer to {}, who wants a refund."),
    ("PERSON", "John Smith", "Hi {},\n\nthanks for your mail.\n\nRegards"),
    ("PERSON", "Maria Fernández", "Nuestra clienta {} quiere cancelar el pedido."),
    ("PERSON", "Jean Dupont", "Notre client {} demande un remboursement."),
    ("PERSON", "Sabine Müller", "Unsere Kollegin {} ist seit Montag krank."),
    ("PERSON", "Pieter de Vries", "Onze klant {} wil zijn geld terug."),
    ("PERSON", "J. Smith", "The motion was filed by {} on behalf of the applicant."),
    ("LOCATION", "Berlin", "I will travel to {} next week."),
    ("LOCATION", "Germany", "She was born in {} and moved away."),
    ("ORGANIZATION", "Nordwind GmbH", "I work at {} and need some advice."),
]

NOTHING = [
    "please summarise the following text in three sentences",
    "How do I reset my password? The Reset button is grey.",
    "Write a Python function that returns the mean of each column.",
    "Das Team bespricht die Kosten, die Qualität und den Preis des Produkts.",
    "Thank you very much. However, I would like to know why.",
]


LETTERS = [
    ("Fleur", "Hi {}, would you help me?"),
    ("Xoblue", "Hallo {}!\n\nbis morgen."),
    ("Trogmar", "See you then.\n\nKind regards,\n{}"),
    ("Wendelgard Ostrich", "Viele Grüße\n{}\n"),
    ("Óscar", "Estimada {}, adjunto el contrato."),
]


class TestLetters:
    @pytest.mark.parametrize(("name", "frame"), LETTERS)
    def test_whom_a_letter_greets_and_who_signs_it(self, name: str, frame: str) -> None:
        """
        The place in a letter tells of a name that no list has.
        """
        assert ("PERSON", name) in found(frame.format(name))

    @pytest.mark.parametrize(
        "text",
        ["Dear All,\nbye", "Hi Mom, we arrived.", "Lieber Kollege, danke.", "Dear Customer,\nwe",
         "Beste Grüße\n", "Thanks,\nSupport Team\n"],
    )  # fmt: skip
    def test_letters_to_nobody_by_name(self, text: str) -> None:
        """
        Colleagues, customers and mothers are greeted without a name.
        """
        assert [item for item in found(text) if item[0] == "PERSON"] == []


class TestSeen:
    @pytest.mark.parametrize(("kind", "name", "frame"), SEEN)
    def test_a_name_is_found_whole(self, kind: str, name: str, frame: str) -> None:
        """
        Names of five languages are found with their type and exact place.
        """
        assert (kind, name) in found(frame.format(name))

    @pytest.mark.parametrize("text", NOTHING)
    def test_prose_without_names_has_none(self, text: str) -> None:
        """
        Capitals alone make no name: nouns, headings and first words stay.
        """
        assert found(text) == []

    def test_the_form_of_address_is_no_part_of_the_name(self) -> None:
        """
        "Mrs" stays in the text, so that it still reads well with a placeholder.
        """
        assert ("PERSON", "Kowalska") in found("I spoke to Mrs Kowalska about it.")

    def test_confidence_is_a_probability(self) -> None:
        """
        Every finding carries a confidence within 0 and 1 that is never quite certain.
        """
        text = " ".join(frame.format(name) for _, name, frame in SEEN)

        assert all(0.4 <= item.confidence <= 0.99 for item in DETECTOR.find(text))


class TestKnownNames:
    def test_parts_of_a_full_name_are_found_elsewhere(self) -> None:
        """
        Once the whole name is known, its parts are names too.
        """
        known = KnownNames(MODEL.entries)
        known.learn("Anna Kowalska", [Finding("PERSON", 0, 13, 0.9, "name.person")])
        text = "so kowalska said Kowalska and ANNA, Anna"
        parts = sorted(text[item.start : item.end] for item in known.find(text))

        assert parts == ["Anna", "Kowalska"]

    def test_a_common_word_is_not_taken_for_a_part(self) -> None:
        """
        "Will" in a name does not make every "Will" a person.
        """
        known = KnownNames(MODEL.entries)
        known.learn("Will Long", [Finding("PERSON", 0, 9, 0.9, "name.person")])

        assert list(known.find("Will it take Long?")) == []

    def test_what_is_found_already_is_not_found_again(self) -> None:
        """
        The parts within a finding are not findings of their own.
        """
        known = KnownNames(MODEL.entries)
        name = Finding("PERSON", 0, 13, 0.9, "name.person")
        known.learn("Anna Kowalska", [name])

        assert list(known.find("Anna Kowalska", [name])) == []


class TestWords:
    @given(st.text(max_size=200))
    @settings(max_examples=300, deadline=None)
    def test_every_word_stands_where_it_is_said_to(self, text: str) -> None:
        """
        Words and places agree for any text, and findings lie within it.
        """
        words, starts = tokens(text)

        assert [text[at : at + len(word)] for word, at in zip(words, starts, strict=True)] == words
        assert all(0 <= item.start < item.end <= len(text) for item in DETECTOR.find(text))

    def test_runs_begin_and_end_with_what_may_be_a_name(self) -> None:
        """
        Small words join capitalised ones, but never begin or end a run.
        """
        assert runs("ogCgCgoCggggC") == [(2, 5), (7, 8), (12, 13)]

    def test_the_lexicon_knows_by_hash(self) -> None:
        """
        Listed words are known whatever their case; a word of no list is not.
        """
        flags = [
            entry.flags for entry in MODEL.lexicon.entries(["JOHN", "Berlin", "germany", "the"])
        ]

        assert [
            bool(flag & bit) for flag, bit in zip(flags, (FIRST, CITY, COUNTRY, STOP), strict=True)
        ]
        assert MODEL.lexicon.entry("qzxvbnmwq") == (0, 0, 0)


class TestArithmetic:
    def test_the_chances_of_a_run_are_those_of_every_path(self) -> None:
        """
        Forward and backward give what summing over all paths of labels gives.
        """
        rng = np.random.default_rng(1)
        steps = rng.normal(size=(4, 4))
        words = rng.random((5, 4)) + 0.1
        chances = Chain(steps).chances(words, [3, 2])
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
        together = chain.chances(words, lengths)
        first = 0
        for length in lengths:
            run = slice(first, first + length)
            first += length

            assert np.allclose(together[run], chain.chances(words[run], [length]))

    def test_a_long_run_of_unlikely_words_keeps_its_chances(self) -> None:
        """
        Chances that would grow too small for a number are still chances.
        """
        chances = Chain(np.full((4, 4), -30.0)).chances(np.full((32, 4), 1e-9), [32])

        assert np.allclose(chances.sum(axis=1), 1)

    def test_what_is_surely_no_name_could_be_none_by_the_rest(self) -> None:
        """
        A word left out at once would be left out whatever all names together had of it.
        """
        assert 1 - tagger._NO_NAME <= tagger._NO_NAME * tagger._WEIGHT_OF_NONE

    @pytest.mark.parametrize("count", [31, 32, 33, 64, 65])
    def test_a_run_longer_than_the_longest_is_judged_whole(self, count: int) -> None:
        """
        Every word of a long run has its chances, in pieces of a bounded length.
        """
        known = MODEL.known(["Zoqwx"] * count)
        places, chances = MODEL.marginals(known, [(0, count)])

        assert places == list(range(count))
        assert np.allclose(chances.sum(axis=1), 1)

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
        model._memory = model._memory.emptied(0)
        first = list(NameDetector(model).find(text))

        assert first == seen == list(NameDetector(model).find(text))

    def test_a_word_whose_slot_is_taken_is_found_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Words that share a slot are each judged by what is known of them.
        """
        monkeypatch.setattr(memory, "_SLOTS", 2)
        model = Model.shipped()
        text = " ".join(frame.format(name) for _, name, frame in SEEN)
        again = [list(NameDetector(model).find(text)) for _ in range(2)]

        assert again == [list(DETECTOR.find(text))] * 2

    def test_nothing_of_a_text_can_be_read_in_it(self) -> None:
        """
        Words are known again by a hash with a key of this process; none is kept.
        """
        model = Model.shipped()
        list(NameDetector(model).find("Anna Xymenova of Qwerhaven, mail @anna_xy or 0171 5550123"))

        assert all(isinstance(known, int) for known in model._memory.rows)
        assert hash("Xymenova") in model._memory.rows

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


class TestBounds:
    @pytest.mark.parametrize(
        "unit", ["Anna Kowalska ", "A", "A ", "\ud800", "of the Of The ", "É\u0301"]
    )
    def test_a_megabyte_in_one_line_comes_back(self, unit: str) -> None:
        """
        Whatever a line of a megabyte holds, it is seen in bounded time.
        """
        began = time.process_time()
        for _ in DETECTOR.find(unit * (1_000_000 // len(unit))):
            pass

        assert time.process_time() - began < 20
