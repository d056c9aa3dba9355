"""Special categories: only beside a person, in four languages, with the place to cut."""

from __future__ import annotations

import pytest

from gateway.content.signals.fields import SpokenField
from gateway.content.signals.reader import SignalReader
from gateway.core.content import Finding
from gateway.core.signals import SpecialCategories

READER = SignalReader()

ABOUT_SOMEBODY = [
    ("health", "My colleague has been off with depression since May."),
    ("health", "I was diagnosed with multiple sclerosis."),
    ("health", "Meine Kollegin ist schwanger."),
    ("health", "Mon collègue est en arrêt maladie."),
    ("health", "Mijn collega heeft kanker."),
    ("health", "Mi colega tiene cáncer."),
    ("belief", "Our intern is Muslim and asks for a prayer room."),
    ("belief", "Unser Praktikant ist katholisch."),
    ("politics", "Mein Nachbar ist Mitglied der CDU."),
    ("union", "Is my colleague a trade union member?"),
    ("union", "Notre stagiaire est syndiqué."),
    ("ethnicity", "Mijn baas is van Turkse afkomst."),
    ("sex_life", "Sarah told the team. She is gay."),
    ("genetic", "Peter's genetic test shows BRCA1."),
    ("biometric", "We stored Anna's fingerprint at the gate."),
]

ABOUT_NOBODY = [
    "HR policy text on sick leave",
    "Explain how cancer screening works.",
    "Today's depression has nothing to do with the weather in the Atlantic.",
    "Alzheimer's disease: write an overview.",
    "Schreibe eine Richtlinie zur Krankmeldung.",
    "Qu'est-ce que la liberté de religion ?",
    "Vat de studie over diabetes in Europa samen.",
    "I have to write our HR policy on long-term sick leave and return to work.",
    "My colleague asks when lunch is. The canteen is closed. We ate. The talk was on cancer.",
]


def told(text: str, *findings: Finding) -> SpecialCategories:
    """What is told of one text."""
    return READER.special([SpokenField(text, "user")], [findings])[0]


class TestSpecialCategories:
    @pytest.mark.parametrize(("category", "text"), ABOUT_SOMEBODY)
    def test_beside_a_person_it_is_special(self, category: str, text: str) -> None:
        """
        A cue in the sentence of a person, or the next one, is that person's data.
        """
        assert category in told(text).special

    @pytest.mark.parametrize("text", ABOUT_NOBODY)
    def test_without_a_person_it_is_not(self, text: str) -> None:
        """
        A subject is nobody's data; nor is a cue sentences away from the person.
        """
        assert told(text) == SpecialCategories()

    def test_a_finding_makes_the_link(self) -> None:
        """
        A name that only another detector knows links as well.
        """
        text = "Zyxwa has asthma."

        assert told(text) == SpecialCategories()
        assert told(text, Finding("PERSON", 0, 5, 0.9, "ner")).special == ("health",)

    def test_criminal_matters_are_told_apart(self) -> None:
        """
        Article 10 is another article than 9.
        """
        found = told("Our new tenant has a criminal record.")

        assert found.criminal
        assert found.special == ()

    @pytest.mark.parametrize(
        "text", ["Summarise Anna's cancer leave.", "Müllers Kollege — Frau Weiß hat Diabetes."]
    )
    def test_the_place_is_that_of_the_text_as_written(self, text: str) -> None:
        """
        Letters with marks do not shift what is cut.
        """
        _, spans = READER.special([SpokenField(text, "user")])

        assert {text[item.start : item.end].lower() for item in spans[0]} <= {"cancer", "diabetes"}
        assert {item.type for item in spans[0]} == {"SPECIAL_HEALTH"}
        assert all(item.rule == "special.health" for item in spans[0])

    def test_few_short_cues_can_be_cut(self) -> None:
        """
        Up to three can be; a text full of them is about them.
        """
        few = told("Anna's cancer and her surgery.")
        many = told("Anna's cancer, surgery, chemotherapy, depression and medication.")

        assert few.removable
        assert not many.removable
        assert not told("nothing here").removable

    def test_every_field_is_read(self) -> None:
        """
        All of it would leave, so all of it counts, whoever said it.
        """
        said = [SpokenField("Hello", "user"), SpokenField("Anna's cancer", "tool")]
        found, spans = READER.special(said)

        assert found.special == ("health",)
        assert [len(each) for each in spans] == [0, 1]
