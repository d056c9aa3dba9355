"""The inspector as a whole: profiles, conversations, budgets, bounds."""

from __future__ import annotations

import time

from gateway.content.inspect import CIRCUMSTANCES, Inspector, data_class, summarise
from gateway.content.pseudonyms import protect
from gateway.core.content import DETECTOR_FAILED, DataClass, Finding
from tests.unit.content.inspecting import inspect_request

INSPECTOR = Inspector()
NAMED = "Anna Kowalska of Berlin wrote to jane@acme.example on 3 May 2021."


class TestProfiles:
    def test_what_leaves_is_looked_at_for_names(self) -> None:
        """
        A request is searched for names, places and dates as well as for shapes.
        """
        kinds = {item.type for item in INSPECTOR.inspect(NAMED)}

        assert {"PERSON", "LOCATION", "EMAIL_ADDRESS", "DATE_TIME"} <= kinds

    def test_what_comes_back_is_looked_at_for_what_identifies_by_itself(self) -> None:
        """
        In an answer only what has an identifying shape is looked for; the same text, both ways.
        """
        kinds = {item.type for item in INSPECTOR.inspect(NAMED, names=False)}

        assert kinds == {"EMAIL_ADDRESS"}


class TestConversations:
    def test_a_name_is_known_in_what_follows(self) -> None:
        """
        A part of a name is found after the whole name was, and not before.
        """
        texts = ["ok Kowalska xx", "Please write to Anna Kowalska.", "ok Kowalska xx"]
        conversation = Inspector().conversation()
        found = [
            [text[item.start : item.end] for item in conversation.inspect(text)] for text in texts
        ]

        assert found[1] == ["Anna Kowalska"]
        assert found[2] == ["Kowalska"]

    def test_earlier_turns_come_out_the_same(self) -> None:
        """
        What is found in a turn does not depend on later ones.
        """
        turns = [
            {"role": "user", "content": "What did Kowalska say?"},
            {"role": "user", "content": "I mean Anna Kowalska of Berlin."},
            {"role": "user", "content": "Kowalska, again."},
        ]
        inspector = Inspector()
        kinds = frozenset({"PERSON", "LOCATION"})
        sent = [
            protect(
                inspect_request({"messages": turns[:count]}, inspector), kinds, frozenset()
            ).body
            for count in (1, 2, 3)
        ]

        assert sent[0]["messages"] == sent[1]["messages"][:1] == sent[2]["messages"][:1]
        assert sent[1]["messages"] == sent[2]["messages"][:2]


class TestCircumstances:
    def test_a_place_alone_raises_no_class(self) -> None:
        """
        A place, an organisation, a date or an address on the web identifies nobody by itself.
        """
        alone = summarise(Finding(kind, 0, 1, 1.0, "x") for kind in CIRCUMSTANCES)

        assert data_class(alone, DataClass.PUBLIC) is DataClass.PUBLIC

    def test_an_unknown_kind_does(self) -> None:
        """
        A kind nobody listed, such as a tenant's own, is taken to identify.
        """
        unknown = summarise([Finding("SOMETHING_NEW", 0, 1, 1.0, "x")])

        assert data_class(unknown, DataClass.PUBLIC) is DataClass.CONFIDENTIAL


class TestBudget:
    def test_a_detector_over_its_budget_has_failed(self) -> None:
        """
        P2: a text that took too long to look at counts as not looked at.
        """

        class Slow:
            name = "slow"

            def find(self, text: str) -> list[Finding]:
                clock.append(clock[-1] + 60.0)
                return []

        clock = [0.0]
        found = Inspector([Slow()], clock=lambda: clock[-1]).inspect("anything")

        assert [(item.type, item.start, item.end) for item in found] == [(DETECTOR_FAILED, 0, 8)]

    def test_five_megabytes_in_one_line_are_bounded(self) -> None:
        """
        A line of five megabytes, with findings all over, comes back with all of them.
        """
        unit = "write to jörg@acme.example or Anna Kowalska" + " and so on and on" * 25 + "; "
        line = unit * (5_000_000 // len(unit) + 1)
        began = time.process_time()
        found = INSPECTOR.inspect(line[:5_000_000])

        assert time.process_time() - began < 60
        assert sum(item.type == "EMAIL_ADDRESS" for item in found) >= 5_000_000 // len(unit)
