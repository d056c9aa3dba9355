"""What was found in earlier turns, joined with what is found now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.content import DataClass
from gateway.core.stored import joined_data, joined_signals, raised_data
from gateway.pdp.bundle import shipped_folder

EXAMPLE = json.loads((shipped_folder() / "schemas" / "examples" / "request.json").read_text())
CLASSES = [item.label for item in DataClass]


def data(**more: Any) -> dict[str, Any]:
    """The section of a request in which nothing was found, changed."""
    return {**EXAMPLE["data"], **more}


def signals(**more: Any) -> dict[str, Any]:
    """The same of signals."""
    return {**EXAMPLE["signals"], **more}


def finding(kind: str, count: int, confidence: int) -> dict[str, Any]:
    """One line of the section."""
    return {"type": kind, "count": count, "confidence": confidence}


FOUND = st.fixed_dictionaries(
    {
        "class": st.sampled_from(CLASSES),
        "criminal": st.booleans(),
        "people": st.integers(0, 100),
        "special": st.lists(st.sampled_from(["health", "belief", "union"]), unique=True).map(
            sorted
        ),
        "special_removable": st.booleans(),
    }
).map(lambda more: data(**more))


class TestData:
    @given(FOUND, FOUND)
    def test_nothing_gets_less(self, now: dict[str, Any], earlier: dict[str, Any]) -> None:
        """
        A conversation is at least as sensitive as each of its turns.
        """
        both = joined_data(now, earlier)

        assert both.keys() == now.keys()
        for one in (now, earlier):
            assert DataClass.parse(both["class"]) >= DataClass.parse(one["class"])
            assert both["people"] >= one["people"]
            assert both["criminal"] >= one["criminal"]
            assert set(both["special"]) >= set(one["special"])
            assert one["special_removable"] or not one["special"] or not both["special_removable"]

    @given(FOUND)
    def test_a_turn_joined_with_itself_is_itself(self, now: dict[str, Any]) -> None:
        """
        Going on in the same vein changes nothing.
        """
        removable = now["special_removable"] and bool(now["special"])

        assert joined_data(now, now) == {**now, "special_removable": removable}

    def test_of_one_type_the_higher_numbers_count(self) -> None:
        """
        Lists are sorted by name, as a question must have them.
        """
        now = data(findings=[finding("PERSON", 1, 90), finding("URL", 2, 50)])
        earlier = data(findings=[finding("EMAIL_ADDRESS", 1, 99), finding("PERSON", 5, 40)])

        assert joined_data(now, earlier)["findings"] == [
            finding("EMAIL_ADDRESS", 1, 99), finding("PERSON", 5, 90), finding("URL", 2, 50),
        ]  # fmt: skip

    @pytest.mark.parametrize("level", ["none", "low", "medium", "high", "very_high"])
    def test_the_higher_risk_counts(self, level: str) -> None:
        """
        Of who may be recognised.
        """
        risky = data(reid={"level": level, "drivers": ["age"]})
        other = data(reid={"level": "low", "drivers": ["place"]})
        both = joined_data(other, risky)["reid"]

        assert both["level"] == ("low" if level == "none" else level)
        assert both["drivers"] == ["age", "place"]

    def test_what_is_declared_is_said_now(self) -> None:
        """
        It is the caller's word about this request.
        """
        assert (
            joined_data(data(declared_class=""), data(declared_class="restricted"))[
                "declared_class"
            ]
            == ""
        )

    def test_an_answer_can_raise_it(self) -> None:
        """
        What a model brought in belongs to the conversation; nothing is lowered by it.
        """
        seen = {"findings": [finding("SECRET", 1, 100)], "secrets": [{"kind": "secret.aws"}]}
        raised = raised_data(data(), DataClass.RESTRICTED, seen)
        again = raised_data(raised, DataClass.PUBLIC, {"findings": [], "secrets": []})

        assert (raised["class"], raised["secrets"]) == ("restricted", seen["secrets"])
        assert again == raised


class TestSignals:
    def test_parts_of_a_question_make_the_whole(self) -> None:
        """
        Who is described in one turn and judged in the next is described and judged.
        """
        misuse = {"category": "fraud", "score": 70}
        described = {"traits": 4, "special": True, "about_self": False}
        earlier = signals(
            misuse=[misuse], person_description=described, domain_hint="employment", minor=True,
            real_person={"named": True, "likeness": False, "consent": True},
        )  # fmt: skip
        both = joined_signals(signals(), earlier)

        assert both.keys() == signals().keys()
        assert both["misuse"] == [misuse]
        assert both["person_description"] == described
        assert (both["domain_hint"], both["minor"]) == ("employment", True)
        assert both["real_person"] == {"named": True, "likeness": False, "consent": False}

    def test_about_oneself_only_while_it_is_about_nobody_else(self) -> None:
        """
        What describes another person is not excused by a turn about oneself.
        """
        own = signals(person_description={"traits": 2, "special": False, "about_self": True})
        other = signals(person_description={"traits": 1, "special": False, "about_self": False})

        assert joined_signals(own, signals())["person_description"]["about_self"] is True
        assert joined_signals(own, other)["person_description"]["about_self"] is False

    def test_the_stronger_sign_of_an_injection_counts(self) -> None:
        """
        With where it came from.
        """
        tool = {"score": 80, "source": "tool"}

        assert joined_signals(signals(), signals(injection=tool))["injection"] == tool
