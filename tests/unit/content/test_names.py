"""Names of people, places and organisations: what the tagger sees and what it costs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.names.known import KnownNames
from gateway.content.names.model import Model
from gateway.content.names.reading import CITY, COUNTRY, FIRST, STOP
from gateway.content.names.tagger import NameDetector
from gateway.content.names.words import tokens
from gateway.core.content import Finding

MODEL = Model.shipped()
DETECTOR = NameDetector(MODEL)


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
