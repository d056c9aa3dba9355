"""The cases of tests/cases, put to the policy alone: what a compliance officer can read, run.

A case is a complete request or output that every rule lets pass, with `given` laid over it and
the attributes under `without` taken away. Deleting a rule must turn one of its cases red.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gateway.pdp import bundle as bundles
from gateway.pdp import result
from gateway.pep.ports import Entrypoint
from tests.contract.pdp.engines import (
    OPA,
    OUTPUT,
    REQUEST,
    ask,
    changed,
    codes,
    needs_opa,
    opened,
    without,
    without_rule,
)

if TYPE_CHECKING:
    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

_FOLDER = Path(__file__).parents[2] / "cases"
_KEYS = {"description", "rule", "phase", "given", "without", "expect"}
_EXPECT = {"effect", "reasons", "params", "obligations"}


@dataclass(frozen=True)
class Case:
    """One case as it is run."""

    name: str
    rule: str
    entrypoint: Entrypoint
    question: dict[str, Any]
    expect: dict[str, Any]


def read(path: Path) -> Case:
    """The case in one file; a key nobody knows is an error, not a comment."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert document.keys() <= _KEYS, f"{path}: unknown {document.keys() - _KEYS}"
    assert document["expect"].keys() <= _EXPECT, f"{path}: unknown expectation"
    of_output = document.get("phase", "request") == "output"
    question = changed(OUTPUT if of_output else REQUEST, document.get("given", {}))
    for attribute in document.get("without", []):
        question = without(question, attribute)
    name = path.relative_to(_FOLDER).with_suffix("").as_posix()
    entrypoint = Entrypoint.OUTPUT if of_output else Entrypoint.REQUEST
    return Case(name, document["rule"], entrypoint, question, document["expect"])


CASES = [read(path) for path in sorted(_FOLDER.glob("*_*/*.yaml"))]
RULES = [
    ("rules", "bs_01"),
    ("rules", "et_08"),
    ("rules", "ip_01"),
    ("rules", "ip_02"),
    ("rules", "ip_06"),
    ("rules", "ip_07"),
    ("output_rules", "ip_07"),
]
NAMES = [f"{folder}/{rule}" for folder, rule in RULES]


def holds(case: Case, decision: Decision) -> bool:
    """Whether a decision is what the case expects."""
    expect = case.expect
    owed = {item.type: item.params["types"] for item in decision.obligations}
    return (
        decision.effect.value == expect["effect"]
        and sorted(codes(decision)) == sorted(expect.get("reasons", []))
        and ("params" not in expect or decision.reasons[0].params == expect["params"])
        and ("obligations" not in expect or owed == expect["obligations"])
    )


class TestCases:
    @pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
    def test_the_policy_decides_the_case(self, pdp: PolicyDecisionPoint, case: Case) -> None:
        """
        Each case's effect, reasons, parameters and obligations, from each engine.
        """
        decision = ask(pdp, case.question, case.entrypoint)

        assert holds(case, decision), decision


class TestCoverage:
    def test_every_rule_that_is_required_is_in_the_list(self, shipped: Bundle) -> None:
        """
        A rule that is added to the bundle must be added to the mutation test below.
        """
        required = shipped.data["proviso"]["required"]
        listed = {("rules", name) for name in required["request"]}
        listed |= {("output_rules", name) for name in required["output"]}
        present = {tuple(name.split("/")[1:]) for name, _ in shipped.modules if "rules/" in name}

        assert listed == set(RULES)
        assert {(folder, file.removesuffix(".rego")) for folder, file in present} == listed

    @pytest.mark.parametrize("rule", sorted({rule.upper().replace("_", "-") for _, rule in RULES}))
    def test_every_rule_has_an_allowed_a_denied_and_an_incomplete_case(self, rule: str) -> None:
        """
        What a rule permits, what it refuses, and what it does with too little to go on.
        """
        own = [case for case in CASES if case.rule == rule]

        assert any(case.expect["effect"] == "permit" for case in own)
        assert any(case.expect["effect"] == "deny" for case in own)
        assert any("input.incomplete" in case.expect.get("reasons", []) for case in own)


def own_cases(folder: str, rule: str) -> list[Case]:
    """The cases written for one rule file."""
    prefix = f"{rule}_output/" if folder == "output_rules" else f"{rule}/"
    return [case for case in CASES if case.name.startswith(prefix)]


def evaluated(bundle: Path, case: Case) -> Decision:
    """The decision of OPA's own command line."""
    path = f"data.{case.entrypoint.value.replace('/', '.')}"
    command = [OPA or "opa", "eval", "--bundle", str(bundle), "--format", "raw", "--stdin-input"]
    question = json.dumps(case.question).encode()
    done = subprocess.run([*command, path], input=question, capture_output=True, check=True)
    return result.read(json.loads(done.stdout), "none")


class TestMutations:
    @pytest.mark.parametrize(("folder", "rule"), RULES, ids=NAMES)
    def test_deleting_a_rule_turns_a_case_red(
        self, shipped: Bundle, tmp_path: Path, folder: str, rule: str
    ) -> None:
        """
        With a rule gone, and nothing requiring it, one of its own cases fails.
        """
        mutant = without_rule(shipped, folder, rule, required=False)
        with opened("embedded", mutant, tmp_path) as pdp:
            red = [
                case
                for case in own_cases(folder, rule)
                if not holds(case, ask(pdp, case.question, case.entrypoint))
            ]

        assert red

    @pytest.mark.opa
    @needs_opa
    @pytest.mark.parametrize(("folder", "rule"), RULES, ids=NAMES)
    def test_deleting_a_rule_turns_a_case_red_in_opa(
        self, shipped: Bundle, tmp_path: Path, folder: str, rule: str
    ) -> None:
        """
        The same, judged by OPA's own command line.
        """
        mutant = without_rule(shipped, folder, rule, required=False)
        file = tmp_path / "mutant.tar.gz"
        file.write_bytes(bundles.archive(mutant))
        own = own_cases(folder, rule)

        assert any(not holds(case, evaluated(file, case)) for case in own)

    def test_a_rule_that_is_required_and_gone_denies_every_case(
        self, shipped: Bundle, tmp_path: Path
    ) -> None:
        """
        Deleting a rule without changing the list of required rules opens nothing.
        """
        mutant = without_rule(shipped, "rules", "ip_02", required=True)
        requests = [case for case in CASES if case.entrypoint is Entrypoint.REQUEST]
        with opened("embedded", mutant, tmp_path) as pdp:
            assert not any(ask(pdp, case.question).permits for case in requests)
