"""The cases of tests/cases: what a compliance officer can read, as values a test can run.

A case is a complete request, output or act that every rule lets pass, with `given` laid over it
and the attributes under `without` taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.pdp import bundle as bundles
from gateway.pep.ports import Entrypoint
from tests.contract.pdp.engines import BASES, changed, codes, without

if TYPE_CHECKING:
    from gateway.core.decision import Decision

FOLDER = Path(__file__).parents[1] / "cases"
KINDS = (("allowed",), ("denied", "labelled", "warned"), ("missing",), ("stale",))
"""What every rule must have a case of, by the first word of the file's name. A rule that only
labels or warns has a case of that instead of a refusal."""

_KEYS = {"description", "rule", "phase", "given", "without", "expect"}
_EXPECT = {"effect", "reasons", "kinds", "params", "obligations", "advice", "log"}
_SUFFIXES = {"": "rules", "_output": "output_rules", "_admin": "admin_rules"}


@dataclass(frozen=True)
class Case:
    """One case as it is run."""

    name: str
    rule: str
    entrypoint: Entrypoint
    question: dict[str, Any]
    expect: dict[str, Any]

    @property
    def folder(self) -> tuple[str, str]:
        """The folder of the rule file it was written for, and the file's name."""
        name = self.name.partition("/")[0]
        for suffix, folder in reversed(_SUFFIXES.items()):
            if name.endswith(suffix):
                return folder, name.removesuffix(suffix)
        raise AssertionError(name)

    @property
    def kind(self) -> str:
        """The first word of its file's name, such as ``allowed``."""
        return self.name.rpartition("/")[2].partition("_")[0]


def read(path: Path) -> Case:
    """The case in one file; a key nobody knows is an error, not a comment."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert document.keys() <= _KEYS, f"{path}: unknown {document.keys() - _KEYS}"
    assert document["expect"].keys() <= _EXPECT, f"{path}: unknown expectation"
    entrypoint = Entrypoint[document.get("phase", "request").upper()]
    question = changed(BASES[entrypoint], document.get("given", {}))
    for attribute in document.get("without", []):
        question = without(question, attribute)
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    return Case(name, document["rule"], entrypoint, question, document["expect"])


CASES = [read(path) for path in sorted(FOLDER.glob("*_*/*.yaml"))]
RULES = sorted(
    (folder, rule)
    for phase, folder in (
        ("request", "rules"),
        ("output", "output_rules"),
        ("admin", "admin_rules"),
    )
    for rule in bundles.load().data["proviso"]["required"][phase]
)
"""Every rule file: its folder and name."""


def own_cases(folder: str, rule: str) -> list[Case]:
    """The cases written for one rule file."""
    return [case for case in CASES if case.folder == (folder, rule)]


def holds(case: Case, decision: Decision) -> bool:
    """Whether a decision is what the case expects.

    Obligations add up over all rules: the case's own must be among them.
    """
    expect = case.expect
    advised = {item.code for item in decision.advice}
    return (
        decision.effect.value == expect["effect"]
        and sorted(codes(decision)) == sorted(expect.get("reasons", []))
        and ("params" not in expect or decision.reasons[0].params == expect["params"])
        and ("kinds" not in expect or _kinds(decision) == set(expect["kinds"]))
        and all(_owes(decision, *item) for item in expect.get("obligations", {}).items())
        and set(expect.get("advice", ())) <= advised
    )


def _kinds(decision: Decision) -> set[str]:
    return {reason.kind.value for reason in decision.reasons}


def _owes(decision: Decision, kind: str, params: dict[str, Any]) -> bool:
    """Whether the obligations of that kind add up to at least `params`."""
    owed = [item.params for item in decision.obligations if item.type == kind]
    return bool(owed) and all(
        any(given.get(name) == value or _within(value, name, owed) for given in owed)
        for name, value in params.items()
    )


def _within(value: Any, name: str, owed: list[dict[str, Any]]) -> bool:
    if not isinstance(value, list):
        return False
    return set(value) <= {item for given in owed for item in given.get(name, ())}
