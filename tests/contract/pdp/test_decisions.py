"""What every engine must answer; embedded Rego, an OPA server, and either behind the cache."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.decision import Obligation
from gateway.pdp import bundle as bundles
from gateway.pep.ports import Entrypoint
from tests.contract.pdp.engines import (
    ACME,
    OUTPUT,
    REQUEST,
    ask,
    changed,
    codes,
    opened,
    with_module,
    without,
    without_rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint


def paths(document: dict[str, Any], before: str = "") -> list[str]:
    """The dotted paths of every attribute."""
    found = []
    for key, value in document.items():
        found.append(before + key)
        if isinstance(value, dict):
            found += paths(value, f"{before}{key}.")
    return found


LENIENT = frozenset(bundles.load().data["proviso"]["lenient"])
"""Attributes that only packs that warn read: without one, that is told, and no more."""


@pytest.fixture(scope="module")
def formed(
    engine: str, shipped: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PolicyDecisionPoint]:
    """Each engine behind the form of the question, as the gateway asks it."""
    with opened(engine, shipped, tmp_path_factory.mktemp("formed"), formed=True) as started:
        yield started


class TestAnswers:
    def test_a_clean_request_is_permitted(self, pdp: PolicyDecisionPoint, shipped: Bundle) -> None:
        """
        Nothing to object to: a permit, attributed to the bundle that was asked.
        """
        decision = ask(pdp, REQUEST)

        assert decision.permits
        assert decision.reasons == ()
        assert decision.obligations == ()
        assert decision.revision == shipped.revision

    def test_a_clean_output_is_permitted(self, pdp: PolicyDecisionPoint) -> None:
        """
        The second entrypoint answers in the same form.
        """
        assert ask(pdp, OUTPUT).permits

    def test_a_permit_says_what_is_owed(self, pdp: PolicyDecisionPoint) -> None:
        """
        Direct identifiers and a single lesser token: a permit with two obligations.
        """
        findings = [
            {"type": "EMAIL_ADDRESS", "count": 2, "confidence": 95},
            {"type": "IBAN_CODE", "count": 1, "confidence": 99},
            {"type": "SECRET", "count": 1, "confidence": 95},
        ]
        seen = {"findings": findings, "secrets": [{"kind": "secret.jwt"}]}

        decision = ask(pdp, changed(REQUEST, {"data": seen}))

        assert decision.permits
        assert decision.obligations == (
            Obligation(
                "IP-06/pseudonymise", "pseudonymise", {"types": ["EMAIL_ADDRESS", "IBAN_CODE"]}
            ),
            Obligation("IP-07/redact", "redact", {"types": ["SECRET"]}),
        )

    def test_a_refusal_names_every_objection_in_one_order(self, pdp: PolicyDecisionPoint) -> None:
        """
        All rules speak, sorted by rule, so that both engines leave the same record.
        """
        situation = {
            "subject": {"acknowledgements": {"accepted": 0}},
            "terms": {"trains_on_input": "unknown", "unknown_facts": ["trains_on_input"]},
        }

        decision = ask(pdp, changed(REQUEST, situation))

        assert not decision.permits
        version = REQUEST["subject"]["acknowledgements"]["required"]
        assert [(item.rule, item.code, item.kind.value) for item in decision.reasons] == [
            ("ET-08", "acknowledgement.required", "deny"),
            ("IP-01", "terms.unknown", "deny"),
            ("IP-02", "data_terms.training", "route"),
        ]
        assert [item.params for item in decision.reasons] == [
            {"version": version},
            {"tier": "openai/api-default", "facts": "trains_on_input"},
            {"tier": "openai/api-default"},
        ]

    def test_the_same_question_has_the_same_answer(self, pdp: PolicyDecisionPoint) -> None:
        """
        Decisions are pure: asked twice, told once, also from the cache.
        """
        assert ask(pdp, REQUEST) == ask(pdp, REQUEST)

    def test_it_is_ready(self, pdp: PolicyDecisionPoint) -> None:
        """
        An engine that runs the shipped policies can judge.
        """
        assert pdp.ready()


class TestIncompleteQuestions:
    @pytest.mark.parametrize("path", sorted(set(paths(REQUEST)) - LENIENT))
    def test_a_request_without_an_attribute_is_denied(
        self, formed: PolicyDecisionPoint, path: str
    ) -> None:
        """
        A rule that reads what is not there says nothing, and silence must not permit.
        """
        assert not ask(formed, without(REQUEST, path), Entrypoint.REQUEST).permits

    @pytest.mark.parametrize("path", sorted(set(paths(OUTPUT)) - LENIENT))
    def test_an_output_without_an_attribute_is_withheld(
        self, formed: PolicyDecisionPoint, path: str
    ) -> None:
        """
        The same for the question about an output.
        """
        assert not ask(formed, without(OUTPUT, path), Entrypoint.OUTPUT).permits

    @pytest.mark.parametrize("path", sorted(LENIENT & set(paths(REQUEST))))
    def test_what_only_warnings_read_is_told_to_be_missing(
        self, formed: PolicyDecisionPoint, path: str
    ) -> None:
        """
        The question is not incomplete; the attribute is named in the advice.
        """
        decision = ask(formed, without(REQUEST, path), Entrypoint.REQUEST)

        assert "input.incomplete" not in codes(decision)
        assert ("attribute.missing", {"missing": path}) in [
            (item.code, item.params) for item in decision.advice
        ]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"data": {"findings": "none"}},
            {"data": {"secrets": {"kind": "x"}}},
            {"data": {"findings": [{"count": 1}]}},
            {"data": {"secrets": [{}]}},
            {"data": {"unscanned": [{"count": 1}]}},
            {"data": {"class": 0}},
            {"tenant": {"demo": "yes"}},
            {"subject": {"kind": "robot"}},
            {"subject": {"acknowledgements": {"accepted": "9"}}},
            {"terms": {"unknown_facts": None}},
            {"version": 1},
            {"phase": "output"},
        ],
        ids=str,
    )
    def test_a_value_of_another_kind_is_denied(
        self, formed: PolicyDecisionPoint, wrong: dict[str, Any]
    ) -> None:
        """
        Engines compare values of different types differently, so none is let through.
        """
        assert not ask(formed, changed(REQUEST, wrong), Entrypoint.REQUEST).permits

    @pytest.mark.parametrize(
        "question",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"permit"',
            b"\xff\xfe",
            b'{"answer": "\\ud800"}',
            b"[" * 100_000 + b"]" * 100_000,
            b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        ],
        ids=lambda question: repr(question[:20]),
    )
    def test_what_is_no_question_is_denied(self, pdp: PolicyDecisionPoint, question: bytes) -> None:
        """
        Broken JSON, lone surrogates and deep nesting are denied, and the next one is answered.
        """
        assert not pdp.decide(ACME, Entrypoint.REQUEST, question).permits
        assert ask(pdp, REQUEST).permits


class TestGuard:
    def test_a_missing_rule_permits_nothing(
        self, engine: str, shipped: Bundle, tmp_path: Path
    ) -> None:
        """
        With one required rule's file gone, a clean request is denied and the engine is not ready.
        """
        broken = without_rule(shipped, "rules", "ip_07", required=True)
        with opened(engine, broken, tmp_path) as pdp:
            decision = ask(pdp, REQUEST)

            assert codes(decision) == ["policy.rule_missing"]
            assert decision.reasons[0].params == {"missing": "ip_07"}
            assert not pdp.ready()

    def test_no_rules_permit_nothing(self, engine: str, shipped: Bundle, tmp_path: Path) -> None:
        """
        The vacuous truth: without rules there are no objections, and still no permit.
        """
        data = changed(shipped.data, {"proviso": {"required": {"request": [], "output": []}}})
        with opened(engine, replace(shipped, data=data), tmp_path) as pdp:
            assert codes(ask(pdp, REQUEST)) == ["policy.no_rules"]
            assert codes(ask(pdp, OUTPUT)) == ["policy.no_rules"]
            assert not pdp.ready()

    def test_a_rule_that_says_true_instead_of_why_denies(
        self, engine: str, shipped: Bundle, tmp_path: Path
    ) -> None:
        """
        `deny := true` yields no reason to iterate over; it must not read as silence.
        """
        blunt = "package gateway.rules.ip_07\n\ndeny := true\n"
        broken = with_module(shipped, "gateway/rules/ip_07.rego", blunt)
        with opened(engine, broken, tmp_path) as pdp:
            assert not ask(pdp, REQUEST).permits

    def test_an_error_in_a_rule_denies(self, engine: str, shipped: Bundle, tmp_path: Path) -> None:
        """
        A built-in that fails under `not` would be true in an engine that is not strict.
        """
        faulty = (
            "package gateway.rules.ip_07\n\n"
            "default calm := false\n\ncalm if not to_number(input.phase) == 1\n\n"
            "deny contains input.phase if calm == false\n"
        )
        broken = with_module(shipped, "gateway/rules/ip_07.rego", faulty)
        with opened(engine, broken, tmp_path) as pdp:
            assert codes(ask(pdp, REQUEST)) == ["policy.unavailable"]

    def test_a_bundle_of_no_revision_decides_nothing(
        self, engine: str, shipped: Bundle, tmp_path: Path
    ) -> None:
        """
        A decision that cannot be attributed to a policy is no evidence.
        """
        data = changed(shipped.data, {"proviso": {"revision": ""}})
        with opened(engine, replace(shipped, data=data), tmp_path) as pdp:
            assert codes(ask(pdp, REQUEST)) == ["policy.no_revision"]
