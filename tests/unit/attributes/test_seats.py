"""Where an organisation is established."""

from __future__ import annotations

import pytest

from gateway.attributes.parameters import Parameters
from gateway.attributes.seats import seat
from gateway.attributes.standing import standing
from gateway.errors import InvalidRequest


class TestSeat:
    @pytest.mark.parametrize(
        ("written", "read"),
        [("EU", "EU"), ("de", "EU"), (" FR ", "EU"), ("GR", "EU"), ("EL", "EU"), ("NO", "EEA"),
         ("eea", "EEA"), ("GB", "UK"), ("UK", "UK"), ("US", "US"), ("CH", "CH")],
    )  # fmt: skip
    def test_a_member_state_is_the_union(self, written: str, read: str) -> None:
        """
        Whoever writes DE means a seat in the Union, and its rules are asked.
        """
        assert seat(written) == read

    @pytest.mark.parametrize("written", ["Germany", "", "E", "EUR", "D3"])
    def test_what_is_no_code_is_refused(self, written: str) -> None:
        """
        It is not guessed at.
        """
        with pytest.raises(InvalidRequest, match="two letters"):
            seat(written)


class TestStanding:
    RULES = (("AI-02", "Literacy", {"loosening": "configuration"}), ("IP-02", "Training", {}))

    @pytest.mark.parametrize(
        ("seats", "asked"), [([], True), (["EU"], True), (["US", "EU"], True), (["US"], False)]
    )
    def test_rules_of_the_union_are_asked_of_who_is_there(
        self, seats: list[str], asked: bool
    ) -> None:
        """
        And of whom nobody knows where they are. The policies decide alike.
        """
        policy = Parameters(self.RULES).effective([], [])
        rules = standing(self.RULES, policy, {"ai_02"}, seats)

        assert [(rule.id, rule.asked) for rule in rules] == [("AI-02", asked), ("IP-02", True)]
        assert rules[1].why == "cannot be switched off"
