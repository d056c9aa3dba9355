"""The cases about administrative acts, carried through the composed gateway, log and all.

Only what the policy is asked is replaced, by what the case describes. A case with a
second person is an approval, one without is a request.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.core.principal import Role
from gateway.errors import Refused
from gateway.identity.unmask import Act, Unmaskings
from gateway.pdp.form import MALFORMED, Forms
from gateway.pep.ports import Entrypoint
from tests.contract.cases import CASES, Case
from tests.contract.pep.test_cases_composed import assert_logged
from tests.factories import EMMA, an_installation
from tests.people import somebody
from tests.simulators.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.principal import Principal
    from tests.factories import Installation

RUN = [case for case in CASES if case.entrypoint is Entrypoint.ADMIN]


class Described(Unmaskings):
    """Asks what a case describes, while there is one."""

    case: Case | None = None

    def _question(self, act: Act) -> dict[str, Any]:
        return super()._question(act) if self.case is None else self.case.question


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A whole gateway."""
    with Upstream() as provider:
        made = an_installation(tmp_path_factory.mktemp("composed"), provider.base_url)
        made.key_for(EMMA)
        yield made
        made.close()


@pytest.fixture
def room(company: Installation) -> Described:
    """Unmasking over the gateway's own rooms."""
    gateway = company.gateway
    return Described(
        gateway.database, gateway.ledger, gateway.pdp, gateway.secret, gateway.clock,
        gateway.reasons.refusal,
    )  # fmt: skip


@pytest.fixture
def two(company: Installation) -> tuple[Principal, Principal]:
    """A privacy officer and an administrator."""
    return (
        somebody(company, "oliver@acme.example", Role.PRIVACY_OFFICER),
        somebody(company, "ada@acme.example", Role.TENANT_ADMIN),
    )


def expected(case: Case) -> Case:
    """What the composed gateway says: a question off the published form never gets to a rule."""
    if Forms().fits(case.entrypoint, orjson.dumps(case.question)):
        return case
    return replace(case, expect={"effect": "deny", "reasons": [MALFORMED]})


@pytest.mark.parametrize("case", RUN, ids=[case.name for case in RUN])
class TestComposed:
    def test_the_gateway_does_what_the_case_says(
        self, company: Installation, room: Described, two: tuple[Principal, Principal], case: Case
    ) -> None:
        """
        A permit shows who it is; anything else shows nothing, and the log says why.
        """
        officer, administrator = two
        target = somebody(company, EMMA).pseudonym
        request = room.ask(officer, target, "security_incident", 24)
        room.case = case
        seconded = case.question["approver"]["present"]
        if case.expect["effect"] == "permit":
            room.approve(administrator, request.id)
            entry = company.entries()[-1]
            assert room.show(officer, request.id).email == EMMA
        else:
            self._refused(room, two, request, seconded=seconded)
            entry = company.entries()[-1]

        assert entry["kind"] == "unmasking"
        assert EMMA not in str(company.entries())
        assert_logged(expected(case), entry)

    @staticmethod
    def _refused(
        room: Described, two: tuple[Principal, Principal], request: Any, *, seconded: bool
    ) -> None:
        officer, administrator = two
        if seconded:
            with pytest.raises(Refused):
                room.approve(administrator, request.id)
        elif room.case is not None and room.case.expect.get("kinds") != ["require_approval"]:
            with pytest.raises(Refused):
                room.ask(officer, request.pseudonym, "security_incident", 24)
        else:
            assert room.ask(officer, request.pseudonym, "security_incident", 24).approved_by is None
