from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.principal import Role
from gateway.errors import Conflict, Forbidden, InvalidRequest, NotFound
from gateway.terms.evidence import Document, Evidence
from tests.unit.terms.builders import NOON, a_document, a_fact, a_tier
from tests.unit.terms.conftest import officer
from tests.unit.terms.test_overlays import confirm_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.registry import TermsRegistry
    from tests.unit.terms.conftest import SetClock

API = "openai/api-default"
PAPER = Document("contract.pdf", "b" * 64)


@pytest.fixture
def reviewed(registry: TermsRegistry, acme: Tenant, clock: SetClock) -> TermsRegistry:
    registry.review(acme, API, "p_officer", clock.now())
    return registry


def effective(registry: TermsRegistry, acme: Tenant, clock: SetClock) -> EffectiveTerms:
    return registry.effective(acme, API, "gpt-4o", clock.now())


class TestStatements:
    def test_one_person_may_be_stricter(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A correction with its source is the tenant's own reading, confirmed by who made it.
        """
        made = evidence.state(
            acme, API, "retention", {"days": 90, "text": "90 days"},
            Document("Terms of 2026-11-20, section 4", ""), officer(), clock.now(),
        )  # fmt: skip

        assert (made.state, made.origin) == ("current", "statement")
        assert effective(reviewed, acme, clock).retention_days == 90
        assert made.expires_at == NOON + timedelta(days=90)

    def test_one_person_may_not_be_looser(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        That is an override, with evidence and two people.
        """
        with pytest.raises(Conflict, match="override"):
            evidence.state(
                acme, API, "retention", {"days": 0, "text": "0"}, PAPER, officer(), clock.now()
            )
        assert effective(reviewed, acme, clock).retention_days == 30

    def test_a_gap_can_be_filled(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        What nobody had established, somebody has read now.
        """
        tier = "mistral/api-commercial"
        confirm_all(registry, acme, clock, tier)
        before = registry.effective(acme, tier, "m", clock.now()).unknown_facts
        evidence.state(acme, tier, "human_review", "none", PAPER, officer(), clock.now())

        assert before == ("human_review",)
        assert registry.effective(acme, tier, "m", clock.now()).human_review == "none"

    def test_it_stands_only_while_the_base_says_the_same(
        self,
        a_registry: Callable[..., TermsRegistry],
        database: Database,
        acme: Tenant,
        clock: SetClock,
    ) -> None:
        """
        When the provider's text is read anew, the correction is of another text.
        """
        first = a_registry(a_document())
        first.review(acme, "x/api", "p_officer", clock.now())
        Evidence(first, database).state(
            acme, "x/api", "retention", {"days": 60, "text": "60"}, PAPER, officer(), clock.now()
        )
        stated = first.effective(acme, "x/api", "m", clock.now()).retention_days
        changed = a_document(tiers={"x/api": a_tier(retention=a_fact("99", days=99))})
        second = a_registry(changed, "test-2")

        assert stated == 60
        assert second.effective(acme, "x/api", "m", clock.now()).unknown_facts == ("retention",)
        second.review(acme, "x/api", "p_officer", clock.now() + timedelta(seconds=1))
        assert second.effective(acme, "x/api", "m", clock.now()).retention_days == 60

    @pytest.mark.parametrize(
        ("tier", "name", "value", "error"),
        [
            ("x/none", "retention", {"days": 1, "text": ""}, NotFound),
            ("openai/overlay-videos", "retention", {"days": None, "text": ""}, NotFound),
            (API, "moon_phase", "full", InvalidRequest),
            (API, "retention", 90, InvalidRequest),
            (API, "business_use", "perhaps", InvalidRequest),
            (API, "labelling_required", "x" * 501, InvalidRequest),
        ],
    )
    def test_what_no_rule_knows_is_refused(
        self, evidence: Evidence, acme: Tenant, clock: SetClock, tier: str, name: str, value: Any,
        error: type[Exception],
    ) -> None:  # fmt: skip
        """
        And so is a tier that is not there.
        """
        with pytest.raises(error):
            evidence.state(acme, tier, name, value, PAPER, officer(), clock.now())

    def test_only_an_officer_puts_things_on_record(
        self, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Statements, contracts and copies alike.
        """
        by = officer(Role.EMPLOYEE)

        with pytest.raises(Forbidden):
            evidence.state(acme, API, "business_use", "forbidden", PAPER, by, clock.now())
        with pytest.raises(Forbidden):
            evidence.contract(acme, API, PAPER, by, clock.now())
        with pytest.raises(Forbidden):
            evidence.copy(acme, "doc-oai-yourdata", PAPER, by, clock.now())


class TestProcessorContract:
    def test_offered_is_not_signed(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        The provider offers an agreement; on file it is once a person has put it there.
        """
        before = effective(reviewed, acme, clock).processor_contract
        evidence.contract(acme, API, PAPER, officer(), clock.now())
        filed = effective(reviewed, acme, clock)
        clock.forward(minutes=1)
        evidence.contract(acme, API, PAPER, officer(), clock.now(), ended=True)
        ended = effective(reviewed, acme, clock).processor_contract

        assert (before, filed.processor_contract, ended) == (False, True, False)
        assert PAPER.sha256 in {copy for item in filed.used for copy in item.copies}

    def test_it_counts_for_a_year(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Then somebody looks again.
        """
        evidence.contract(acme, API, PAPER, officer(), clock.now())
        clock.forward(days=365)
        terms = effective(reviewed, acme, clock)

        assert not terms.processor_contract
        assert "dpa_on_file" in terms.expired_facts

    def test_own_machines_need_none(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Nothing leaves them, so there is no processor.
        """
        terms = registry.effective(acme, "selfhosted/own-infrastructure", "m", clock.now())

        assert terms.processor_contract

    def test_it_needs_a_document(self, evidence: Evidence, acme: Tenant, clock: SetClock) -> None:
        """
        A statement without one is no evidence.
        """
        with pytest.raises(InvalidRequest, match="SHA-256"):
            evidence.contract(acme, API, Document("x", ""), officer(), clock.now())
