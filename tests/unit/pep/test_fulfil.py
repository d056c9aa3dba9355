"""What obligations do to a request and an answer, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.decision import Decision, Effect, Obligation
from gateway.pep.fulfil import force_stateless, replace_identifiers
from gateway.pep.obligations import ON_OUTPUT, ON_REQUEST, owed, screen

GOOD: dict[str, dict[str, Any]] = {
    "force_stateless": {"names": ["store", "background"]},
    "label": {"labels": ["ai_generated"]},
    "mark": {"level": "add"},
    "pseudonymise": {"types": ["PERSON"]},
    "record_rights": {},
    "redact": {"types": ["SECRET"]},
    "replace_identifiers": {"names": ["user", "metadata"]},
    "retain": {"days": 183},
    "strip_metadata": {"kinds": ["image"]},
}


def a_permit(*obligations: Obligation) -> Decision:
    return Decision(Effect.PERMIT, "r1", obligations=obligations)


def owing(kind: str, **params: Any) -> Obligation:
    return Obligation(f"X/{kind}", kind, params)


class TestScreen:
    def test_every_kind_has_a_well_formed_example(self) -> None:
        """
        What is tested here is every obligation the gateway knows, and nothing else.
        """
        assert GOOD.keys() == ON_REQUEST.keys()
        assert ON_OUTPUT.keys() < ON_REQUEST.keys()

    @pytest.mark.parametrize("kind", GOOD)
    def test_a_well_formed_obligation_leaves_the_permit(self, kind: str) -> None:
        """
        A permit with an obligation we can keep is a permit.
        """
        assert screen(a_permit(owing(kind, **GOOD[kind]))).permits

    @pytest.mark.parametrize("kind", GOOD)
    @pytest.mark.parametrize(
        "params",
        [
            {"other": 1},
            {"types": []},
            {"types": "PERSON"},
            {"types": ["PERSON"], "more": 1},
            {"types": ["PERSON"], "style": "novel"},
            {"types": ["PERSON"], "style": ["surrogate"]},
            {"types": ["PERSON"], "restored": "always"},
            {"style": "surrogate"},
            {"names": ["model"]},
            {"labels": ["seen_by_nobody"]},
            {"level": "off"},
            {"level": ["add"]},
            {"days": 0},
            {"days": True},
            {"kinds": ["novel"]},
        ],
        ids=str,
    )
    def test_a_malformed_one_voids_it(self, kind: str, params: dict[str, Any]) -> None:
        """
        What cannot be read cannot be kept (AuthZEN obligations draft).
        """
        decision = screen(a_permit(owing(kind, **params)))

        assert not decision.permits
        assert decision.reasons[0].code == "obligation.malformed"

    def test_an_unknown_one_voids_it(self) -> None:
        """
        An obligation nobody here can carry out is no permit.
        """
        assert screen(a_permit(owing("sing"))).reasons[0].code == "obligation.unknown"

    def test_what_left_cannot_be_called_back_by_the_answer(self) -> None:
        """
        On an output only what can still be done is understood.
        """
        decision = screen(a_permit(owing("pseudonymise", types=["PERSON"])), ON_OUTPUT)

        assert decision.reasons[0].code == "obligation.unknown"


class TestSum:
    def test_obligations_of_all_rules_add_up(self) -> None:
        """
        Sets are joined, the longer time counts, and order means nothing.
        """
        several = (
            owing("pseudonymise", types=["PERSON"]),
            owing("pseudonymise", types=["EMAIL_ADDRESS"]),
            owing("retain", days=183),
            owing("retain", days=30),
            owing("record_rights"),
        )

        total = owed(several)

        assert total == owed(several[::-1])
        assert total.pseudonymised == {"PERSON", "EMAIL_ADDRESS"}
        assert total.retain_days == 183
        assert total.rights_record


class TestStateless:
    def test_what_would_be_kept_is_not_asked_for(self) -> None:
        """
        Storage is switched off, other parameters of the kind go.
        """
        body = {"model": "m", "store": True, "background": True, "temperature": 0}

        sent = force_stateless.apply(body, frozenset({"store", "background"}))

        assert sent == {"model": "m", "store": False, "temperature": 0}

    def test_a_request_that_keeps_nothing_is_left_alone(self) -> None:
        """
        Nothing is added that a provider might not know.
        """
        body = {"model": "m"}

        assert force_stateless.apply(body, frozenset({"store"})) is body


class TestIdentifiers:
    def test_names_become_pseudonyms(self) -> None:
        """
        The value the client sent is the one that is hashed, also where a placeholder stands now.
        """
        given = {"user": "jane@firm.eu", "metadata": {"user_id": "j1", "topic": "tax"}}
        body = {"user": "[EMAIL_ADDRESS_1]", "metadata": {"user_id": "j1", "topic": "tax"}}

        sent = replace_identifiers.apply(
            body, given, frozenset({"user", "metadata.user_id"}), lambda value: f"p({value})"
        )

        assert sent == {
            "user": "p(jane@firm.eu)",
            "metadata": {"user_id": "p(j1)", "topic": "tax"},
        }

    def test_what_is_not_named_is_left_alone(self) -> None:
        """
        Only the parameters the obligation names are replaced.
        """
        body = {"user": "jane", "safety_identifier": "x"}

        sent = replace_identifiers.apply(
            body, body, frozenset({"safety_identifier"}), lambda _value: "p"
        )

        assert sent == {"user": "jane", "safety_identifier": "p"}


class TestPseudonymise:
    def test_where_two_disagree_it_is_a_placeholder(self) -> None:
        """
        In whatever order they come: a placeholder fails visibly.
        """
        reads_well = owing("pseudonymise", types=["EMAIL_ADDRESS", "PERSON"], style="surrogate")
        plain = owing("pseudonymise", types=["PERSON"])
        for order in ((reads_well, plain), (plain, reads_well)):
            total = owed(order)

            assert total.pseudonymised == {"EMAIL_ADDRESS", "PERSON"}
            assert total.surrogates == {"EMAIL_ADDRESS"}

    def test_the_whole_request_comes_back_only_where_all_say_so(self) -> None:
        """
        One that says nothing of it means the conversation alone.
        """
        wide = owing("pseudonymise", types=["PERSON"], restored="request")
        narrow = owing("pseudonymise", types=["EMAIL_ADDRESS"])

        assert owed((wide, wide)).whole_request
        assert not owed((wide, narrow)).whole_request
        assert not owed((narrow, wide)).whole_request
