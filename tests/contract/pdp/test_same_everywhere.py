"""Promise P8: the embedded engine and an OPA server decide alike, on any input."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.cli.policy_test import Results
from gateway.pdp import bundle as bundles
from gateway.pdp import opa_program, submission
from gateway.pdp.examine import STAGES
from gateway.pdp.opa_program import OpaProgram
from gateway.pep.ports import Entrypoint
from tests.contract.pdp.engines import (
    ACME,
    OPA,
    OUTPUT,
    REQUEST,
    needs_opa,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

_POLICIES = bundles.shipped_folder()

words = st.sampled_from(
    [
        *("public", "internal", "confidential", "SECRET", "PERSON", "EMAIL_ADDRESS", "no"),
        *("opt_out", "unknown", "person", "workload", "secret.jwt", "secret.private_key"),
        *("detector.failed", "Ü", ""),
    ]
)
scalars = st.one_of(words, st.booleans(), st.integers(-2, 10_000), st.none())
members = st.dictionaries(st.sampled_from(["type", "kind", "count", "confidence"]), scalars)
values = st.one_of(scalars, st.lists(st.one_of(members, words), max_size=3), members)


def paths(document: dict[str, Any], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where every attribute is."""
    found = []
    for key, value in document.items():
        found.append((*before, key))
        if isinstance(value, dict):
            found += paths(value, (*before, key))
    return found


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A question in which up to three attributes are something else, or missing."""
    base = draw(st.sampled_from([REQUEST, OUTPUT]))
    question: dict[str, Any] = orjson.loads(orjson.dumps(base))
    for path in draw(st.lists(st.sampled_from(paths(base)), max_size=3)):
        holder: Any = question
        for part in path[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if not isinstance(holder, dict):
            continue
        if draw(st.integers(0, 3)) == 0:
            holder.pop(path[-1], None)
        else:
            holder[path[-1]] = draw(values)
    return question


def said(decision: Decision) -> tuple[Any, ...] | None:
    """What is compared; None when the engine gave up, which our adapters turn into deny.

    A value of the wrong type raises in one engine and has no value in the other. Both deny.
    """
    if any(reason.code == "policy.unavailable" for reason in decision.reasons):
        return None
    return (decision.effect, decision.reasons, decision.obligations, decision.advice)


@pytest.mark.opa
@needs_opa
class TestSameDecision:
    @pytest.fixture(scope="module")
    @staticmethod
    def both(
        shipped: Bundle, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[tuple[PolicyDecisionPoint, PolicyDecisionPoint]]:
        """Both engines with the policies that ship, behind the form as in the gateway."""
        folder = tmp_path_factory.mktemp("same")
        with (
            opened("embedded", shipped, folder, formed=True) as embedded,
            opened("opa", shipped, folder, formed=True) as server,
        ):
            yield embedded, server

    @given(question=questions())
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_both_engines_say_the_same(
        self, both: tuple[PolicyDecisionPoint, PolicyDecisionPoint], question: dict[str, Any]
    ) -> None:
        """
        On damaged questions the effects are equal always, and the whole decision
        wherever both engines came to one.
        """
        output = question.get("phase") == "output"
        entrypoint = Entrypoint.OUTPUT if output else Entrypoint.REQUEST

        one, other = (pdp.decide(ACME, entrypoint, orjson.dumps(question)) for pdp in both)

        assert one.effect is other.effect
        if said(one) is not None and said(other) is not None:
            assert said(one) == said(other)


@pytest.fixture(scope="module")
def once() -> Iterator[OpaProgram | None]:
    """OPA, where it is at hand; it and the embedded engine look at the same folder once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(submission, "examined", cache(submission.examined))
        patch.setattr(OpaProgram, "test", cache(OpaProgram.test))
        yield opa_program.found()


class TestShippedFolder:
    @pytest.mark.opa
    @needs_opa
    def test_both_engines_find_it_sound(self, once: OpaProgram) -> None:
        """
        As `proviso policy check` judges: lint, entrypoints, tests, OPA's strict compiler.
        """
        verdict = submission.submitted(_POLICIES, once)

        assert verdict.findings == ()
        assert verdict.engines == ("embedded", "opa")

    @pytest.mark.opa
    @needs_opa
    def test_every_test_is_true_in_both_and_reaches_every_line(self, once: OpaProgram) -> None:
        """
        As `proviso policy test` compares them: 100 % in each engine's own terms, the guard
        included.
        """
        results = Results(submission.examined(_POLICIES, STAGES, None), once.test(_POLICIES))

        assert results.problems == []
        assert len(results.embedded.tests) == len(results.opa.tests if results.opa else ()) > 300
        assert all((row["embedded"], row["opa"]) == (100, 100) for row in results.rows())

    @pytest.mark.opa
    @needs_opa
    def test_it_is_formatted(self) -> None:
        """
        As `opa fmt` writes it.
        """
        command = [OPA or "opa", "fmt", "--fail", "--list", str(_POLICIES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_embedded_engine_alone_finds_it_sound(self, once: OpaProgram | None) -> None:
        """
        Where OPA is not at hand, one engine's word is had on every test.
        """
        verdict = submission.submitted(_POLICIES, None)

        assert (verdict.findings, verdict.engines) == ((), ("embedded",))
