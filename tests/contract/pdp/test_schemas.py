"""The published forms of what goes into the policy and comes out of it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from gateway.pdp import result
from gateway.pdp.engine import load_engine, rule_path
from tests.contract.cases import CASES, Case
from tests.contract.pdp.engines import OPA, OUTPUT, REQUEST, needs_opa
from tests.contract.pdp.test_odd_decisions import MALFORMED, PERMIT
from tests.unit.core.json_schema import problems, schema

if TYPE_CHECKING:
    from gateway.pdp.bundle import Bundle

NAMES = ("request.v2.json", "output.v2.json", "decision.v2.json")


class TestForms:
    @pytest.mark.parametrize(
        ("name", "document"), [("request.v2.json", REQUEST), ("output.v2.json", OUTPUT)]
    )
    def test_the_examples_are_of_the_published_form(
        self, name: str, document: dict[str, Any]
    ) -> None:
        """
        What the tests ask is what the gateway asks.
        """
        assert list(problems(schema(name), document)) == []

    @pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
    def test_every_decision_is_of_the_published_form(self, shipped: Bundle, case: Case) -> None:
        """
        The shipped policies answer every case in the form that the adapter reads.
        """
        engine = load_engine(shipped)
        engine.set_input_json(json.dumps(case.question))
        answer = json.loads(engine.eval_rule_as_json(rule_path(case.entrypoint)))

        assert list(problems(schema("decision.v2.json"), answer)) == []

    def test_the_adapter_is_at_least_as_strict_as_the_form(self) -> None:
        """
        Whatever the schema calls no decision, the adapter denies.
        """
        form = schema("decision.v2.json")
        refused = [answer for answer, _ in MALFORMED if any(problems(form, answer))]

        assert len(refused) > 20
        assert not any(result.read(answer, "r1").permits for answer in refused)

    @pytest.mark.opa
    @needs_opa
    @pytest.mark.parametrize("name", NAMES)
    def test_opa_understands_the_schemas(self, name: str) -> None:
        """
        A validator nobody here wrote finds them well formed, and agrees on the examples.
        """
        document = {NAMES[0]: REQUEST, NAMES[1]: OUTPUT, NAMES[2]: PERMIT}[name]
        query = (
            "[json.verify_schema(input.schema)[0], json.match_schema(input.value, input.schema)[0]]"
        )
        done = subprocess.run(
            [OPA or "opa", "eval", "--format", "raw", "--stdin-input", query],
            input=json.dumps({"schema": schema(name), "value": document}).encode(),
            capture_output=True,
            check=True,
        )

        assert json.loads(done.stdout) == [True, True]
