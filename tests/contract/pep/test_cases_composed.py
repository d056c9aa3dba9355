"""The cases of tests/cases, carried through the composed gateway: HTTP, engine, log and all.

Only the seam between finding out and deciding is replaced, by the situation that the case
describes. What comes out must be what the case expects, and so must the entry that is left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.core.policy_input import Situation
from gateway.core.values import dataclass
from gateway.pep.ports import Entrypoint
from tests.contract.cases import CASES, Case
from tests.contract.pdp.engines import OUTPUT, REQUEST
from tests.factories import an_installation
from tests.simulators.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.request import InspectedRequest
    from gateway.core.exchange import Exchange
    from gateway.core.policy_input import Destination
    from tests.factories import Installation

RUN = [case for case in CASES if case.entrypoint is not Entrypoint.ADMIN]


@dataclass(frozen=True, slots=True)
class Described(Situation):
    """A situation whose questions are those of a case."""

    case: Case | None = None

    def for_request(self, where: Destination) -> dict[str, Any]:
        """The case's question, or a request that every rule lets pass."""
        assert self.case is not None
        return self.case.question if self.case.entrypoint is Entrypoint.REQUEST else REQUEST

    def for_output(self, where: Destination, output: Mapping[str, Any]) -> dict[str, Any]:
        """The case's question, or an output that every rule lets pass."""
        assert self.case is not None
        return self.case.question if self.case.entrypoint is Entrypoint.OUTPUT else OUTPUT


class Nothing:
    """What was looked up about who asks; nothing stood in for it either."""

    recalled = 0


class CaseSituations:
    """Finds out, whatever the exchange is, what the case says."""

    def __init__(self) -> None:
        self.case: Case | None = None

    def resolve(self, exchange: Exchange) -> Nothing:
        """Nothing is looked up: the case says it all."""
        return Nothing()

    def of(self, exchange: Exchange, known: Nothing, inspected: InspectedRequest) -> Situation:
        """The situation of the case at hand."""
        sections = {
            name: REQUEST[name]
            for name in (
                "tenant", "subject", "purpose", "request", "data", "signals", "usage", "parameters",
            )
        }  # fmt: skip
        return Described(**sections, case=self.case)

    def refused(self, exchange: Exchange) -> None:
        """Nothing is remembered here."""


@dataclass
class Composed:
    """A gateway whose situations a test chooses."""

    installation: Installation
    situations: CaseSituations
    key: str

    def run(self, case: Case) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        """The HTTP answer to the case, and the two entries it left."""
        self.situations.case = case
        made = self.installation
        before = made.gateway.log.size(TenantId(made.tenant.id))
        answer = made.chat(self.key)
        decision, outcome = made.entries(first=before)
        return answer, decision, outcome


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A gateway in front of a simulated provider."""
    with Upstream() as provider:
        made = an_installation(tmp_path_factory.mktemp("composed"), provider.base_url)
        situations = CaseSituations()
        point = made.gateway.pep
        point._rooms = replace(point._rooms, situations=situations)  # type: ignore[arg-type]
        yield Composed(made, situations, made.key_for())
        made.close()


@pytest.mark.parametrize("case", RUN, ids=[case.name for case in RUN])
class TestComposed:
    def test_the_gateway_does_what_the_case_says(self, composed: Composed, case: Case) -> None:
        """
        A permit is answered, anything else is refused with the case's code; the log says why.
        """
        answer, decision, outcome = composed.run(case)
        judged = decision if case.entrypoint is Entrypoint.REQUEST else None

        assert_answer(case, answer)
        if judged is not None:
            assert_logged(case, judged)
        else:
            expected = "completed" if case.expect["effect"] == "permit" else "withheld"
            assert outcome["status"] == expected
            assert {key: outcome[key] for key in case.expect["log"]} == case.expect["log"]


def expected(case: Case) -> list[str]:
    """The codes that the composed gateway gives: it asks no rule about a malformed question."""
    codes = list(case.expect.get("reasons", []))
    return ["input.malformed"] if "input.incomplete" in codes else codes


def assert_answer(case: Case, answer: Any) -> None:
    """The caller is answered, or told the first of the case's reasons."""
    if case.expect["effect"] == "permit":
        assert answer.status_code == 200, answer.json
        return
    assert answer.status_code in (403, 503)
    if answer.status_code == 403:
        assert answer.json["error"]["code"] in expected(case)
        assert {item["code"] for item in answer.json["error"]["reasons"]} == set(expected(case))


def assert_logged(case: Case, entry: dict[str, Any]) -> None:
    """The decision's entry says what the case says it must."""
    judged = entry["decision"]
    assert entry["effect"] == case.expect["effect"]
    assert sorted(item["code"] for item in judged["reasons"]) == sorted(expected(case))
    if expected(case) == ["input.malformed"]:
        return
    for name, value in case.expect.get("log", {}).items():
        said = entry[name]
        if name == "rules":
            said = [rule for rule in said.split(",") if rule]
            assert set(value) <= set(said)
        else:
            assert said == value
