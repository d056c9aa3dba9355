"""The cases of tests/cases, put to the policy alone. Deleting a rule must turn one of them red."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from gateway.pdp import bundle as bundles
from gateway.pdp import result
from gateway.pep.ports import Entrypoint
from tests.contract.cases import CASES, KINDS, RULES, Case, holds, own_cases
from tests.contract.pdp.engines import OPA, ask, needs_opa, opened, without_rule

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

NAMES = [f"{folder}/{rule}" for folder, rule in RULES]


class TestCases:
    @pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
    def test_the_policy_decides_the_case(self, pdp: PolicyDecisionPoint, case: Case) -> None:
        """
        Each case's effect, reasons, parameters, obligations and advice, from each engine.
        """
        decision = ask(pdp, case.question, case.entrypoint)

        assert holds(case, decision), decision


class TestCoverage:
    def test_every_rule_that_is_there_is_required(self, shipped: Bundle) -> None:
        """
        A rule file that no list names would be a control that is not on.
        """
        present = {
            (name.split("/")[-2], name.split("/")[-1].removesuffix(".rego"))
            for name, _ in shipped.modules
            if "rules/" in name
        }

        assert sorted(present) == RULES

    @pytest.mark.parametrize(("folder", "rule"), RULES, ids=NAMES)
    @pytest.mark.parametrize("words", KINDS, ids="/".join)
    def test_every_rule_has_a_case_of_every_kind(
        self, folder: str, rule: str, words: tuple[str, ...]
    ) -> None:
        """
        What it permits, what it refuses, what it does with too little to go on, and what it does
        when nobody has confirmed the facts.
        """
        if folder == "admin_rules" and words == ("stale",):
            pytest.skip("an administrative act reads no facts about providers")
        assert [case for case in own_cases(folder, rule) if case.kind in words]


def evaluated(bundle: Path, case: Case) -> Decision:
    """The decision of OPA's own command line."""
    path = f"data.{case.entrypoint.value.replace('/', '.')}"
    command = [OPA or "opa", "eval", "--bundle", str(bundle), "--format", "raw", "--stdin-input"]
    question = json.dumps(case.question).encode()
    done = subprocess.run([*command, path], input=question, capture_output=True, check=True)
    said = done.stdout.strip()  # nothing at all where the answer is undefined
    return result.read(json.loads(said) if said else None, "none")


class TestComplete:
    def test_every_case_says_what_the_log_must_say(self) -> None:
        """
        Of a request or an output the case names the entry; an act's is read off the act itself.
        """
        silent = [
            case.name
            for folder, rule in RULES
            for case in own_cases(folder, rule)
            if case.entrypoint is not Entrypoint.ADMIN and not case.expect.get("log")
        ]

        assert silent == []


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
