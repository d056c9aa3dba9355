"""Promise P8: the embedded engine and an OPA server decide alike, on any input."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.pdp import bundle as bundles
from gateway.pdp.embedded import load_engine
from gateway.pep.ports import Entrypoint
from tests.contract.pdp.engines import (
    ACME,
    OPA,
    OUTPUT,
    REQUEST,
    needs_opa,
    opened,
    with_module,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

_POLICIES = bundles.shipped_folder()
_TESTS = sorted(_POLICIES.rglob("*_test.rego"))

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
        """Both engines with the policies that ship."""
        folder = tmp_path_factory.mktemp("same")
        with (
            opened("embedded", shipped, folder) as embedded,
            opened("opa", shipped, folder) as server,
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


class TestRegoTests:
    @pytest.mark.parametrize("file", _TESTS, ids=[file.stem for file in _TESTS])
    def test_the_rego_tests_pass_on_the_embedded_engine(self, shipped: Bundle, file: Path) -> None:
        """
        Every `test_` rule beside the rules is exactly true here too.
        """
        text = file.read_text(encoding="utf-8")
        package = re.search(r"^package (\S+)$", text, re.MULTILINE)
        names = re.findall(r"^(test_\w+)", text, re.MULTILINE)
        assert package is not None
        bundle = shipped
        for path in _TESTS:
            name = path.relative_to(_POLICIES).as_posix()
            bundle = with_module(bundle, name, path.read_text(encoding="utf-8"))
        engine = load_engine(bundle)
        engine.set_input_json("{}")

        results = {
            name: engine.eval_rule_as_json(f"data.{package.group(1)}.{name}") for name in names
        }

        assert results == dict.fromkeys(names, "true")

    @pytest.mark.opa
    @needs_opa
    def test_opa_finds_nothing_to_say(self) -> None:
        """
        The policies compile strictly, are formatted, and pass their tests with full coverage.
        """
        opa = OPA or "opa"
        for command in (
            [opa, "check", "--strict", "--bundle", str(_POLICIES)],
            [opa, "fmt", "--fail", "--list", str(_POLICIES)],
            [opa, "test", "--bundle", str(_POLICIES)],
            [opa, "test", "--coverage", "--threshold", "100", "--bundle", str(_POLICIES)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)

            assert done.returncode == 0, done.stdout + done.stderr
