"""Documents that are not decisions, out of every engine: each one is a deny with its own code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.decision import Obligation
from tests.contract.pdp.engines import ACME, ask, codes, echoing, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

DENY = {
    "effect": "deny",
    "revision": "r1",
    "reasons": [{"rule": "X", "code": "x", "params": {}}],
    "obligations": [],
    "advice": [],
}
PERMIT = {**DENY, "effect": "permit", "reasons": []}
DUTY = {"id": "X/y", "type": "y", "params": {}}
MALFORMED: list[tuple[Any, str]] = [
    (None, "policy.undefined"),
    (True, "policy.malformed"),
    ("permit", "policy.malformed"),
    ([PERMIT], "policy.malformed"),
    ({}, "policy.malformed"),
    ({"effect": "permit"}, "policy.malformed"),
    ({**PERMIT, "allow": True}, "policy.malformed"),
    ({**PERMIT, "effect": "allow"}, "policy.malformed"),
    ({**PERMIT, "effect": True}, "policy.malformed"),
    ({**PERMIT, "effect": ["permit"]}, "policy.malformed"),
    ({key: value for key, value in PERMIT.items() if key != "obligations"}, "policy.malformed"),
    ({key: value for key, value in PERMIT.items() if key != "revision"}, "policy.no_revision"),
    ({**PERMIT, "revision": "two\r\nlines"}, "policy.no_revision"),
    ({**PERMIT, "revision": 7}, "policy.no_revision"),
    ({**PERMIT, "reasons": DENY["reasons"]}, "policy.malformed"),
    ({**PERMIT, "reasons": {}}, "policy.malformed"),
    ({**DENY, "reasons": []}, "policy.no_reason"),
    ({**DENY, "reasons": ["x"]}, "policy.malformed"),
    ({**DENY, "reasons": [{"rule": "X", "code": "x"}]}, "policy.malformed"),
    ({**DENY, "reasons": [{"rule": "X", "code": "", "params": {}}]}, "policy.malformed"),
    ({**DENY, "reasons": [{"rule": 1, "code": "x", "params": {}}]}, "policy.malformed"),
    ({**DENY, "reasons": DENY["reasons"] * 101}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": []}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": {"deep": 1}}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": [[1]]}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": None}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": 1.5}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": 2**53}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"größe": 1}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "params": {"n": "x" * 1_001}}]}, "policy.malformed"),
    ({**PERMIT, "obligations": [{**DUTY, "why": "x"}]}, "policy.malformed"),
    ({**PERMIT, "advice": [{"code": "x"}]}, "policy.malformed"),
]


@pytest.fixture(scope="module")
def echo(
    engine: str, shipped: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PolicyDecisionPoint]:
    """Each engine in turn, with a policy that answers what it is told to."""
    with opened(engine, echoing(shipped), tmp_path_factory.mktemp("echo")) as started:
        yield started


class TestOddDecisions:
    def test_a_decision_is_read_as_it_stands(self, echo: PolicyDecisionPoint) -> None:
        """
        The policy under test can permit, so that the denials below mean something.
        """
        decision = ask(echo, {"answer": {**PERMIT, "obligations": [DUTY]}})

        assert decision.permits
        assert decision.obligations == (Obligation("X/y", "y", {}),)
        assert decision.revision == "r1"

    @pytest.mark.parametrize(
        ("answer", "code"), MALFORMED, ids=[str(answer)[:60] for answer, _ in MALFORMED]
    )
    def test_an_odd_decision_is_a_deny(
        self, echo: PolicyDecisionPoint, answer: Any, code: str
    ) -> None:
        """
        Whatever is not exactly a decision is a deny that says so.
        """
        decision = ask(echo, {"answer": answer})

        assert not decision.permits
        assert code in codes(decision)

    def test_silence_is_a_deny(self, echo: PolicyDecisionPoint) -> None:
        """
        An undefined decision, where the engines have nothing to return at all.
        """
        assert codes(ask(echo, {"question": 1})) == ["policy.undefined"]

    def test_an_entrypoint_that_is_not_there_denies(self, echo: PolicyDecisionPoint) -> None:
        """
        A misspelt entrypoint is no permit either.
        """
        assert not echo.decide(ACME, "gateway/decisionn", b"{}").permits  # type: ignore[arg-type]

    def test_sets_come_in_one_order(self, echo: PolicyDecisionPoint) -> None:
        """
        Engines print sets as they like; what is recorded must not depend on it.
        """
        one, other = ({**DUTY, "id": name} for name in ("A/y", "B/y"))
        answers = [{**PERMIT, "obligations": pair} for pair in ([one, other], [other, one])]

        decisions = [ask(echo, {"answer": answer}) for answer in answers]

        assert decisions[0] == decisions[1]
