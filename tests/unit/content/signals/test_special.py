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

SOMETHING_ELSE = [
    "My colleague's account is disabled. Can you unlock it?",
    "Anna's office is in the left wing of the building.",
    "Our intern wants non-alcoholic drinks and visual aids at the party.",
    "My boss acted in good faith and has catholic tastes in music.",
    "Anna found a race condition. The merge operation was a stroke of luck.",
    "My colleague diagnosed the fault. The network diagnostics say it is the printer.",
    "My boss converted to PDF what Sarah sent. The book is coming out in May.",
    "My colleague asks about the team outing on Friday.",
    "My manager spoke with conviction about genetic algorithms and the SSH fingerprint.",
    "Anna works for the judiciary of a European Union member state in Islamabad.",
    "Our tenant votes for green tiles.",
    "Meine Kollegin sucht einen Drucker und ist Gläubigerin der Firma.",
    "Mein Chef konvertiert die Datei. Wir glauben, dass sie vollständig ist.",
    "Mein Nachbar wählt die grünen Fliesen und die linke Spalte.",
    "Unser Praktikant bestellt Flusskrebse. Frau Weber malt die linke Wand grün.",
    "Mein Kollege prüft den Fingerabdruck des Zertifikats.",
    "Ma collègue est membre du comité et membre de l'équipe.",
    "Mon collègue change les pneus d'hiver à l'arrêt de bus.",
    "Ma voisine convertit le fichier. Mon chef a acheté une enceinte Bluetooth.",
    "Mon client attend l'assurance maladie pour l'opération de maintenance.",
    "Mon frère a un chien de race et mange des religieuses au chocolat.",
    "Mijn collega is lid van de sportvereniging.",
    "Mijn baas heeft een geloofwaardig plan. Mijn buurman zei: ik geloof het wel.",
    "Mi marido no come judías. Mi madre prepara una ensalada de judías verdes.",
    "Mi colega trabaja en el ámbito judicial y viaja a Roma.",
    "Mi jefa dijo que fue embarazoso. Mi cliente está afiliado a la seguridad social.",
]
"""Beside a person, but not of one: homonyms in one language, or words of another one."""

THE_THING_ITSELF = [
    ("health", "My colleague is disabled and needs a wheelchair."),
    ("health", "Our driver had a stroke and Anna had surgery."),
    ("health", "The disabled job applicant: our candidate needs a ramp."),
    ("health", "Meine Kollegin hat eine Suchterkrankung."),
    ("health", "Mein Chef ist HIV-positiv."),
    ("health", "Mein Nachbar ist süchtig nach Tabletten, seine Sucht kostet ihn die Stelle."),
    ("health", "Ma collègue est enceinte."),
    ("health", "Mon chef est en arrêt depuis lundi."),
    ("health", "Mijn collega is hivpositief."),
    ("health", "Mi colega está embarazada."),
    ("belief", "Our intern converted to Islam."),
    ("belief", "My neighbour lost his faith."),
    ("belief", "Sarah was baptised last year."),
    (
        "belief",
        "Meine Kollegin ist streng gläubig, ihr Glaube und ihr christlicher Glauben zählen.",
    ),
    ("belief", "Ma voisine est convertie au christianisme."),
    ("belief", "Mijn buurman praat over zijn geloof."),
    ("belief", "Mi jefa es judía."),
    ("belief", "Mis amigas: mi vecina y sus primas son judías."),
    ("politics", "Mein Nachbar wählt die Grünen."),
    ("politics", "Meine Chefin ist Mitglied der Linken."),
    ("politics", "My neighbour votes green and leans to the left wing."),
    ("politics", "Mon chef vote pour les Verts et est membre du parti."),
    ("politics", "Mijn baas is lid van de SP."),
    ("politics", "Mi vecino está afiliado al PSOE."),
    ("union", "My colleague is a union representative."),
    ("union", "Mon collègue est au syndicat."),
    ("sex_life", "My brother is coming out to his parents."),
    ("ethnicity", "My boss asked about her race."),
    ("biometric", "We stored my colleague's fingerprint."),
    ("biometric", "Reconnaissance de l'iris de ma collègue."),
]
"""The same words where they mean what the law means."""


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

    @pytest.mark.parametrize("text", SOMETHING_ELSE)
    def test_a_word_that_means_something_else_is_not(self, text: str) -> None:
        """
        A colour, a bean, a switched-off account: what stands beside the word says so.
        """
        assert told(text) == SpecialCategories()

    @pytest.mark.parametrize(("category", "text"), THE_THING_ITSELF)
    def test_the_same_word_in_its_own_sense_is(self, category: str, text: str) -> None:
        """
        Nothing of what the narrower words were for is lost.
        """
        assert category in told(text).special

    @pytest.mark.parametrize(
        ("text", "name"), [("Christian sent the file.", 9), ("Iris Krebs asks for tea.", 10)]
    )
    def test_how_somebody_is_called_is_no_category(self, text: str, name: int) -> None:
        """
        A first or last name that is also a word of belief or illness.
        """
        assert told(text, Finding("PERSON", 0, name, 0.9, "ner")) == SpecialCategories()

    def test_a_name_hides_no_category_beside_it(self) -> None:
        """
        Christian may be one.
        """
        text = "Christian is a Christian."

        assert told(text, Finding("PERSON", 0, 9, 0.9, "ner")).special == ("belief",)

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
