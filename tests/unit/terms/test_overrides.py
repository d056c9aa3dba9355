from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import uuid7
from gateway.core.principal import Role
from gateway.errors import Conflict, Forbidden, InvalidRequest, NotFound
from gateway.terms.evidence import Document, Proposal
from tests.unit.terms.builders import NOON
from tests.unit.terms.conftest import officer
from tests.unit.terms.test_overlays import confirm_all, zero_retention

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.evidence import Evidence
    from gateway.terms.registry import TermsRegistry
    from tests.unit.terms.conftest import SetClock

API = "openai/api-default"
PAPER = Document("contract.pdf", "b" * 64)
ASKED = Proposal(
    tier=API,
    facts={"retention": {"days": 0, "text": "zero"}},
    document=PAPER,
    signed_on=NOON.date(),
    expires_at=NOON + timedelta(days=100),
)


@pytest.fixture
def reviewed(registry: TermsRegistry, acme: Tenant, clock: SetClock) -> TermsRegistry:
    confirm_all(registry, acme, clock, API)
    return registry


def effective(registry: TermsRegistry, acme: Tenant, clock: SetClock) -> EffectiveTerms:
    return registry.effective(acme, API, "gpt-4o", clock.now())


class TestTwoPeople:
    def test_b_t8_one_approver_is_not_enough(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T8: proposed by one person it changes nothing, and the same person cannot be the second.
        """
        by = officer()
        made = evidence.propose(acme, ASKED, by, clock.now())

        assert made.state(clock.now()) == "proposed"
        assert effective(reviewed, acme, clock).retention_days == 30
        with pytest.raises(Forbidden, match="two people"):
            evidence.approve(acme, made.row.id, replace(by, pseudonym="p_other"), clock.now())
        assert effective(reviewed, acme, clock).retention_days == 30

    def test_with_a_second_one_it_counts(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A tenant administrator may be one of them; both are named.
        """
        made = evidence.propose(acme, ASKED, officer(name="p_one"), clock.now())
        by = officer(Role.TENANT_ADMIN, name="p_two")
        approved = evidence.approve(acme, made.row.id, by, clock.now())
        terms = effective(reviewed, acme, clock)
        (used,) = [item for item in terms.used if item.name == "retention"]

        assert approved.state(clock.now()) == "in force"
        assert (terms.retention_days, terms.zero_retention) == (0, True)
        assert used.origin == f"override {made.row.id}"
        assert used.reviewed_by == "p_one, p_two"
        assert used.copies == (PAPER.sha256,)

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRIVACY_OFFICER, Role.TENANT_ADMIN}))
    def test_other_roles_neither_propose_nor_approve(
        self, evidence: Evidence, acme: Tenant, clock: SetClock, role: Role
    ) -> None:
        """
        Only a privacy officer or a tenant administrator answers for a contract.
        """
        made = evidence.propose(acme, ASKED, officer(), clock.now())

        with pytest.raises(Forbidden):
            evidence.propose(acme, ASKED, officer(role), clock.now())
        with pytest.raises(Forbidden):
            evidence.approve(acme, made.row.id, officer(role), clock.now())
        with pytest.raises(Forbidden):
            evidence.withdraw(acme, made.row.id, officer(role), clock.now())

    def test_it_is_approved_once(self, evidence: Evidence, acme: Tenant, clock: SetClock) -> None:
        """
        A third signature has nothing to add.
        """
        made = zero_retention(evidence, acme, API, clock.now())

        with pytest.raises(Conflict, match="in force"):
            evidence.approve(acme, made.row.id, officer(), clock.now())

    def test_another_tenants_override_is_not_there(
        self,
        reviewed: TermsRegistry,
        evidence: Evidence,
        acme: Tenant,
        a_tenant: Callable[..., Tenant],
        clock: SetClock,
    ) -> None:
        """
        Neither its effect nor its id reaches another tenant (promise P4).
        """
        globex = a_tenant("globex")
        made = zero_retention(evidence, globex, API, clock.now())

        assert effective(reviewed, acme, clock).retention_days == 30
        with pytest.raises(NotFound):
            evidence.withdraw(acme, made.row.id, officer(), clock.now())


class TestItsEnd:
    def test_after_its_expiry_the_contract_counts_again(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        To the very moment.
        """
        made = evidence.propose(
            acme, replace(ASKED, expires_at=NOON + timedelta(days=10)), officer(), clock.now()
        )
        evidence.approve(acme, made.row.id, officer(), clock.now())
        clock.forward(days=10, seconds=-1)
        before = effective(reviewed, acme, clock).retention_days
        clock.forward(seconds=1)

        assert (before, effective(reviewed, acme, clock).retention_days) == (0, 30)
        assert evidence.override(acme, made.row.id).state(clock.now()) == "expired"

    def test_one_person_can_withdraw_it(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Being stricter needs no second person; and it does not come back.
        """
        made = zero_retention(evidence, acme, API, clock.now())
        clock.forward(hours=1)
        evidence.withdraw(acme, made.row.id, officer(), clock.now())

        assert effective(reviewed, acme, clock).retention_days == 30
        assert evidence.override(acme, made.row.id).state(clock.now()) == "withdrawn"
        with pytest.raises(Conflict, match="withdrawn"):
            evidence.approve(acme, made.row.id, officer(), clock.now())
        with pytest.raises(Conflict, match="withdrawn"):
            evidence.withdraw(acme, made.row.id, officer(), clock.now())

    def test_it_covers_the_models_it_names(
        self, reviewed: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A contract for one family says nothing of another.
        """
        zero_retention(evidence, acme, API, clock.now(), models=("GPT-5*",))

        def days(model: str) -> int:
            return reviewed.effective(acme, API, model, clock.now()).retention_days

        assert (days("gpt-5-mini"), days("gpt-4o")) == (0, 30)


class TestBadEvidence:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"facts": {}}, "what it overrides"),
            ({"facts": {"moon_phase": "full"}}, "No rule tests moon_phase"),
            ({"facts": {"retention": 0}}, "whole number"),
            ({"facts": {"retention": {"days": -1, "text": "x"}}}, "whole number"),
            ({"facts": {"retention": {"days": 0}}}, "days and a text"),
            ({"facts": {"retention": {"days": 0, "text": 7}}}, "days and a text"),
            ({"facts": {"retention": {"days": 0, "text": "x" * 501}}}, "500 characters"),
            ({"facts": {"trains_on_input": "never"}}, "must be one of"),
            ({"features_excluded": ("file",)}, "No feature is called file"),
            ({"document": Document("", "b" * 64)}, "SHA-256"),
            ({"document": Document("x.pdf", "b" * 63)}, "SHA-256"),
            ({"document": Document("x.pdf", "B" * 64)}, "SHA-256"),
            ({"document": Document("x" * 501, "b" * 64)}, "500 characters"),
            ({"signed_on": (NOON + timedelta(days=1)).date()}, "in the future"),
            ({"expires_at": NOON}, "must end"),
            ({"expires_at": NOON + timedelta(days=4_000)}, "must end"),
            ({"setting": "improve the model"}, "who switched it"),
            ({"setting": "s", "set_by": "it"}, "one thing"),
            ({"tier": "openai/overlay-videos"}, "overlay"),
        ],
        ids=str,
    )
    def test_it_is_refused(
        self, evidence: Evidence, acme: Tenant, clock: SetClock, change: dict[str, Any], said: str
    ) -> None:
        """
        What no rule knows, what nobody signed, and what never ends.
        """
        with pytest.raises(InvalidRequest, match=said):
            evidence.propose(acme, replace(ASKED, **change), officer(), clock.now())

    def test_of_an_unknown_tier(self, evidence: Evidence, acme: Tenant, clock: SetClock) -> None:
        """
        There is nothing to override.
        """
        with pytest.raises(NotFound):
            evidence.propose(acme, replace(ASKED, tier="x/none"), officer(), clock.now())
        with pytest.raises(NotFound):
            evidence.approve(acme, uuid7(), officer(), clock.now())


class TestOptOut:
    SWITCHED = Proposal(
        tier="cohere/saas",
        facts={"trains_on_input": "no"},
        document=Document("dashboard.png", "c" * 64),
        signed_on=NOON.date(),
        expires_at=NOON + timedelta(days=30),
        setting="Data sharing",
        set_by="it@acme.example",
    )

    def trains(
        self, evidence: Evidence, registry: TermsRegistry, tenant: Tenant, tier: str, at: Any
    ) -> str:
        made = evidence.propose(tenant, replace(self.SWITCHED, tier=tier), officer(), at)
        evidence.approve(tenant, made.row.id, officer(), at)
        return registry.effective(tenant, tier, "m", at).trains_on_input

    def test_evidence_of_a_switched_setting_makes_an_opt_out_a_no(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Rule B.3.3: who switched it, when, and a digest of what was seen; and it expires.
        """
        confirm_all(registry, acme, clock, "cohere/saas")
        before = registry.effective(acme, "cohere/saas", "m", clock.now()).trains_on_input
        after = self.trains(evidence, registry, acme, "cohere/saas", clock.now())
        registry.review(acme, "cohere/saas", "p_officer", clock.now() + timedelta(days=20))
        clock.forward(days=30)
        later = registry.effective(acme, "cohere/saas", "m", clock.now()).trains_on_input

        assert (before, after, later) == ("opt_out", "no", "opt_out")

    def test_it_is_evidence_of_nothing_else(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Where the contract trains anyway, or nobody knows, a setting changes nothing.
        """
        confirm_all(registry, acme, clock, "google/gemini-api-unpaid", "midjourney/subscription")
        now = clock.now()

        assert self.trains(evidence, registry, acme, "google/gemini-api-unpaid", now) == "yes"
        assert self.trains(evidence, registry, acme, "midjourney/subscription", now) == "unknown"

    def test_an_unconfirmed_opt_out_stays_unknown(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        The setting is evidence about a contract that somebody has read.
        """
        assert self.trains(evidence, registry, acme, "cohere/saas", clock.now()) == "unknown"

    def test_a_floor_is_not_switched_off(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Labs models train whatever was opted out of.
        """
        confirm_all(registry, acme, clock, "mistral/api-commercial")
        self.trains(evidence, registry, acme, "mistral/api-commercial", clock.now())

        def trains(model: str) -> str:
            return registry.effective(
                acme, "mistral/api-commercial", model, clock.now()
            ).trains_on_input

        assert (trains("mistral-large"), trains("labs-devstral")) == ("no", "yes")
