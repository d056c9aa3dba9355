"""Whether what remains of a conversation still points at one person."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.names import corpora
from bench.reidentification import area_under_curve
from gateway.content.directory import Directory, Employee
from gateway.content.inspect import Inspector
from gateway.content.known import Texts
from gateway.content.names.model import Model
from gateway.content.reidentification import LEVELS, Assessor, Risk

LEXICON = Model.shipped().lexicon
ASSESSOR = Assessor(LEXICON)
INSPECTOR = Inspector()
STAFF = Directory(
    [
        Employee("Head of Compliance", "Legal", "Tromsø", date(2019, 3, 1)),
        Employee("Engineer", "IT", "Oslo", date(2020, 1, 1)),
        Employee("Engineer", "IT", "Tromsø", date(2015, 1, 1)),
        *[Employee("Clerk", "Sales", "Oslo", date(2000 + at, 1, 1)) for at in range(8)],
        *[Employee("Driver", "Logistics", "Bergen", None) for _ in range(60)],
    ]
)


def risk(*texts: str, directory: Directory | None = None) -> Risk:
    """The risk of these texts with what our detectors find in them."""
    return ASSESSOR.assess(texts, [INSPECTOR.inspect(text) for text in texts], directory)


ABOUT = ("she", "Her", "[PERSON_1]", "nurse", "cancer", "43 years old")
OTHER = ("soup", "since 2019", "joined in 2015", "Finnish", "Tromsø", "engineering", "theirs")


class TestWhomItIsAbout:
    @given(st.lists(st.lists(st.sampled_from([*ABOUT, *OTHER]), max_size=6), max_size=3))
    @settings(max_examples=150, deadline=None)
    def test_looking_for_it_late_changes_nothing(self, said: list[list[str]]) -> None:
        """
        Words for a person are looked for only where something was told; the answer is the same.
        """
        texts = [" , ".join(words) for words in said]
        somebody = any(word in ABOUT for words in said for word in words)
        for directory in (None, STAFF):
            told = ASSESSOR.assess(texts, [()] * len(texts), directory)
            known = ASSESSOR.assess(texts, [()] * len(texts), directory, about_person=True)

            assert told == known if somebody else told.level == "none"


class TestWhatIsRemembered:
    @given(st.lists(st.sampled_from([(), (0,), (1,), (0, 1)]), min_size=1, max_size=6))
    @settings(max_examples=60, deadline=None)
    def test_a_text_with_other_findings_says_other_things(
        self, kept: list[tuple[int, ...]]
    ) -> None:
        """
        The same text at another place, or with other findings, is judged as by who never saw it.
        """
        text = "She moved from Tromsø to Passau in the spring."
        found = [item for item in INSPECTOR.inspect(text) if item.type == "LOCATION"]
        findings = [[found[at] for at in which] for which in kept]
        texts = [text] * len(kept)

        assert len(found) == 2
        known = Texts()
        for told, seen in ((texts, findings), (texts[:1], findings[-1:])):
            assert ASSESSOR.assess(told, seen, known=known) == ASSESSOR.assess(told, seen)

    def test_no_year_of_a_text_is_kept(self) -> None:
        """
        What is offered in place of a date is part of it, and is made anew.
        """
        known, text = Texts(), "She was born on 3 May 1987 in Tromsø."
        findings = INSPECTOR.inspect(text)
        first = ASSESSOR.assess([text], [findings], known=known)
        kept = known.of(text)

        assert "1987" in [phrase.instead for phrase in first.phrases]
        assert kept.cues is not None
        assert "1987" not in repr(kept)
        assert ASSESSOR.assess([text], [findings], known=known) == first


class TestEstimates:
    @pytest.mark.parametrize(
        ("text", "levels"),
        [
            ("Please translate this text into French.", ("none",)),
            ("Acme GmbH opened a plant in Lyon on 3 May 2021.", ("none",)),
            ("A 40-year-old man from Germany asked for help.", ("none", "low")),
            (
                "our head of compliance in Tromsø, a 43-year-old Finnish woman, has breast cancer",
                ("high", "very_high"),
            ),
            (
                "Unsere einzige Ingenieurin in Passau ist schwanger und 34 Jahre alt.",
                ("high", "very_high"),
            ),
            (
                "Notre collègue de Brest, 58 ans, délégué syndical, est en arrêt maladie",
                ("medium", "high"),
            ),
            ("[PERSON_1] asked about the invoice of [DATE_TIME_1].", ("none",)),
            ("Write to jane.doe@acme.example, she is our lawyer.", ("very_high",)),
        ],
    )
    def test_the_level_follows_what_is_said(self, text: str, levels: tuple[str, ...]) -> None:
        """
        Few and broad facts are no risk, many and specific ones are, in every language.
        """
        assert risk(text).level in levels

    def test_facts_add_up_over_the_conversation(self) -> None:
        """
        What one message leaves open, the next one closes.
        """
        first = "My colleague works as a nurse in Passau."
        second = "She is 61 and has twins; she started on 3 May 2001 and is in the works council."

        assert LEVELS.index(risk(first, second).level) > LEVELS.index(risk(first).level)

    def test_facts_of_one_kind_count_once(self) -> None:
        """
        Naming two illnesses is not twice as telling as naming one.
        """
        one = risk("She has diabetes.")
        two = risk("She has diabetes and depression.")

        assert one.bits == two.bits

    def test_the_phrases_are_pointed_at(self) -> None:
        """
        Each driver comes with its place and what could be said instead.
        """
        text = "She is our head of legal in Tromsø, born on 3 May 1980."
        found = {text[item.start : item.end]: item.instead for item in risk(text).phrases}

        assert found["Tromsø"] == "region"
        assert found["3 May 1980"] == "1980"
        assert found["head of"] == "kind of work"

    def test_what_was_replaced_does_not_count(self) -> None:
        """
        A placeholder says that a person is meant and nothing more.
        """
        open_ = risk("Anna Kowalska, head of sales in Passau, has cancer.")
        masked = risk("[PERSON_1], [TEXT_1] in [LOCATION_1], has cancer.")

        assert LEVELS.index(masked.level) < LEVELS.index(open_.level)


class TestDirectory:
    @pytest.mark.parametrize(
        ("text", "people", "level"),
        [
            ("our head of compliance is ill", 1, "very_high"),
            ("an engineer in Oslo", 1, "very_high"),
            ("an engineer asked me", 2, "high"),
            ("the engineer who joined in 2015", 1, "very_high"),
            ("somebody in Sales in Oslo", 8, "medium"),
            ("a driver in Bergen", 60, "low"),
        ],
    )
    def test_people_who_fit_are_counted(self, text: str, people: int, level: str) -> None:
        """
        Where there is a staff directory the answer is a count, not an estimate.
        """
        found = ASSESSOR.assess([text], [()], STAFF)

        assert (found.people, found.level) == (people, level)

    def test_whom_it_does_not_know_is_estimated(self) -> None:
        """
        A driver in Oslo is none of its people, so that the estimate decides.
        """
        found = ASSESSOR.assess(["She is a driver in Oslo and has diabetes."], [()], STAFF)

        assert (found.people, found.level) == (0, risk("She is a driver and has diabetes.").level)

    @pytest.mark.parametrize(
        "text",
        [
            "Our head of compliance travels to Bergen.",
            "Our head of compliance has spoken to IT, who joined in 1987.",
        ],
    )
    def test_what_nobody_is_does_not_hide_a_role_that_few_have(self, text: str) -> None:
        """
        A town or a year of something else fits nobody; one person has the role all the same.
        """
        found = ASSESSOR.assess([text], [()], STAFF)

        assert (found.people, found.level) == (0, "very_high")

    def test_a_place_of_work_alone_is_about_nobody(self) -> None:
        """
        Naming a town in which few people work says nothing of any of them.
        """
        assert ASSESSOR.assess(["Which hotels are there in Tromsø?"], [()], STAFF).level == "none"

    def test_a_quarter_of_a_million_people_are_counted_at_once(self) -> None:
        """
        As many people as may be listed are indexed in seconds, and asked in milliseconds.
        """
        began = time.process_time()
        many = Directory(
            [Employee(f"Role {at % 900}", f"Unit {at % 40}", "Oslo") for at in range(250_000)]
        )
        built = time.process_time()
        people = many.fitting(["the Role 17 of Unit 17 in Oslo"] * 20, []).people
        asked = time.process_time()

        assert people == sum(at % 900 == 17 and at % 40 == 17 for at in range(250_000))
        assert built - began < 10
        assert asked - built < 0.5

    def test_a_text_about_nobody_in_it_is_estimated(self) -> None:
        """
        When no value of the directory is named, the estimate decides.
        """
        assert ASSESSOR.assess(["Translate this."], [()], STAFF) == Risk("none")


class TestCalibration:
    def test_specificity_agrees_with_people(self) -> None:
        """
        On TAB's training cases the bits of a span tell what people chose to mask from the rest.
        """
        place = corpora.folder()
        if place is None:
            pytest.skip("the labelled texts are not at hand")

        assert area_under_curve(place, LEXICON) > 0.80
