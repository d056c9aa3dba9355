from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.terms.evidence import Document, Proposal
from tests.unit.terms.builders import NOON, a_document, a_fact, a_tier
from tests.unit.terms.conftest import officer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.evidence import Evidence
    from gateway.terms.registry import TermsRegistry
    from gateway.terms.statements import BaseFacts
    from tests.unit.terms.conftest import SetClock


def laid(facts: BaseFacts, tier: str, model: str = "m", *features: str) -> set[str]:
    """The overlays that speak of a call."""
    return {item.tier.id for item in facts.laid_over(tier, model, features)}


def confirm_all(registry: TermsRegistry, tenant: Tenant, clock: SetClock, *tiers: str) -> None:
    """Confirm these tiers, and every overlay."""
    for tier in (*tiers, *registry.base.overlays):
        registry.review(tenant, tier, "p_officer", clock.now())


def zero_retention(evidence: Evidence, tenant: Tenant, tier: str, at: datetime, **more: Any) -> Any:
    """A zero-retention contract that two people stand behind."""
    asked = Proposal(
        tier=tier,
        facts={"retention": {"days": 0, "text": "zero retention by contract"}},
        document=Document("zdr.pdf", "a" * 64),
        signed_on=datetime(2026, 5, 4, tzinfo=UTC).date(),
        expires_at=at + timedelta(days=200),
        **more,
    )
    made = evidence.propose(tenant, asked, officer(), at)
    return evidence.approve(tenant, made.row.id, officer(name="p_second"), at)


class TestWhichCallsTheySpeakOf:
    @pytest.mark.parametrize(
        "upstream", ["claude-fable-5", "us.anthropic.claude-mythos-5-v1:0", "Claude-Fable-5-1"]
    )
    @pytest.mark.parametrize("tier", ["anthropic/api-zdr", "aws/bedrock-claude"])
    def test_covered_models_whatever_the_platform(
        self, shipped: BaseFacts, tier: str, upstream: str
    ) -> None:
        """
        A zero-retention contract does not hold for them, on any platform and under any prefix.
        """
        assert laid(shipped, tier, upstream) == {"anthropic/overlay-covered-models"}

    def test_other_models_are_not_touched(self, shipped: BaseFacts) -> None:
        """
        An overlay speaks of its own models only.
        """
        assert laid(shipped, "anthropic/api-zdr", "claude-sonnet-4-6") == set()

    @pytest.mark.parametrize(
        ("tier", "feature", "overlay"),
        [
            ("openai/api-zdr", "files", "openai/overlay-stored-objects"),
            ("openai/api-default", "responses_store", "openai/overlay-responses-store"),
            ("openai/api-zdr", "videos", "openai/overlay-videos"),
            ("openai/api-zdr", "hosted_containers", "openai/overlay-outside-zero-retention"),
            ("microsoft/azure-openai", "batches", "microsoft/overlay-stored-objects"),
            ("anthropic/api-zdr", "batches", "anthropic/overlay-batches"),
            ("google/vertex-ai", "maps_grounding", "google/overlay-maps-grounding"),
            ("openai/api-default", "stored_completions", "openai/overlay-responses-store"),
            ("cohere/saas", "files", "any/overlay-kept-state"),
            ("cohere/saas", "web_search", "any/overlay-web-search"),
            ("anthropic/api-zdr", "vector_stores", "any/overlay-kept-state"),
            ("microsoft/azure-openai", "vector_stores", "any/overlay-kept-state"),
        ],
    )
    def test_features_that_keep_content(
        self, shipped: BaseFacts, tier: str, feature: str, overlay: str
    ) -> None:
        """
        The feature beats the contract; where nobody read how long, nothing shorter is assumed.
        """
        assert laid(shipped, tier, "m", feature) == {overlay}
        assert laid(shipped, tier, "m") == set()

    def test_no_feature_that_keeps_content_is_forgotten_for_a_provider(
        self, shipped: BaseFacts
    ) -> None:
        """
        A feature that some overlay speaks of is spoken of for every contract with a provider.
        """
        keeping = {name for item in shipped.overlays.values() for name in item.features}
        without = {
            (tier, feature)
            for tier in shipped.tiers.keys() - shipped.overlays.keys()
            if not tier.startswith(("demo/", "selfhosted/"))
            for feature in keeping
            if not laid(shipped, tier, "m", feature)
        }

        assert {feature for _, feature in without} <= {"web_search"}
        assert all(tier.startswith(("openai/", "anthropic/")) for tier, _ in without)

    def test_what_one_overlay_speaks_of_another_does_not_cover(self, shipped: BaseFacts) -> None:
        """
        Two features at once: the one that is known has its own words, the other the general ones.
        """
        found = laid(shipped, "anthropic/api-zdr", "m", "batches", "vector_stores")

        assert found == {"anthropic/overlay-batches", "any/overlay-kept-state"}

    def test_own_machines_keep_what_they_keep(self, shipped: BaseFacts) -> None:
        """
        A file on one's own infrastructure lies at no provider.
        """
        assert laid(shipped, "selfhosted/own-infrastructure", "m", "files") == set()


class TestJoining:
    def test_an_overlay_never_loosens(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Where the contract keeps longer than the overlay, the contract counts.
        """
        confirm_all(registry, acme, clock, "openai/chatgpt-enterprise")
        terms = registry.effective(acme, "openai/chatgpt-enterprise", "claude-fable-5", NOON)

        assert (terms.retention_days, terms.unknown_facts) == (-1, ())

    def test_labs_models_train_whatever_was_opted_out_of(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Mistral's labs models beat the contract.
        """
        confirm_all(registry, acme, clock, "mistral/api-commercial")
        terms = registry.effective(acme, "mistral/api-commercial", "labs-devstral", NOON)

        assert terms.trains_on_input == "yes"

    def test_a_confirmed_overlay_does_not_confirm_the_contract(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Thirty days by the overlay is no knowledge of the contract, which may keep longer.
        """
        confirm_all(registry, acme, clock)
        terms = registry.effective(acme, "anthropic/api-zdr", "claude-fable-5", NOON)

        assert "retention" in terms.unknown_facts
        assert terms.retention_days == -1

    def test_a_feature_nobody_knows_makes_retention_unknown(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        It may keep anything; the refusal names it.
        """
        confirm_all(registry, acme, clock, "openai/api-default")

        def asked(*features: str) -> EffectiveTerms:
            return registry.effective(acme, "openai/api-default", "gpt-4o", NOON, features)

        assert asked("chat", "streaming", "tools").retention_days == 30
        assert asked("chat", "telepathy").unknown_facts == ("retention (feature telepathy)",)
        assert asked("telepathy").retention_days == -1

    def test_a_tier_that_says_nothing_is_unknown_under_an_overlay(
        self, a_registry: Callable[..., TermsRegistry], acme: Tenant, clock: SetClock
    ) -> None:
        """
        The overlay's number is a floor under nothing.
        """
        registry = a_registry(
            a_document(
                tiers={
                    "x/api": a_tier(retention=None),
                    "x/lay": {
                        "name": "Lay",
                        "kind": "overlay",
                        "retention": a_fact("7 days", days=7),
                    },
                },
                overlays={"x/lay": {}},
            )
        )
        confirm_all(registry, acme, clock, "x/api")

        assert registry.effective(acme, "x/api", "m", NOON).unknown_facts == ("retention",)


class TestFloors:
    def test_b_t3_zero_retention_does_not_hold_for_a_covered_model(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T3: an override to zero days and claude-fable-5 make thirty days.
        """
        confirm_all(registry, acme, clock, "anthropic/api-default")
        zero_retention(evidence, acme, "anthropic/api-default", clock.now())

        def days(model: str) -> int:
            return registry.effective(acme, "anthropic/api-default", model, NOON).retention_days

        assert (days("claude-fable-5"), days("claude-sonnet-4-6")) == (30, 0)

    def test_b_t4_zero_retention_does_not_hold_for_files(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T4: with the files feature content stays until it is deleted.
        """
        confirm_all(registry, acme, clock, "openai/api-default")
        zero_retention(evidence, acme, "openai/api-default", clock.now())

        def asked(*features: str) -> EffectiveTerms:
            return registry.effective(acme, "openai/api-default", "gpt-4o", NOON, features)

        assert (asked().retention_days, asked().zero_retention) == (0, True)
        assert (asked("files").retention_days, asked("files").zero_retention) == (-1, False)
        assert asked("files").unknown_facts == ()

    def test_a_feature_the_evidence_excludes_falls_back_to_the_contract(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        What the signed document leaves out is not covered by it.
        """
        confirm_all(registry, acme, clock, "openai/api-default")
        zero_retention(
            evidence, acme, "openai/api-default", clock.now(), features_excluded=("vision",)
        )

        terms = registry.effective(acme, "openai/api-default", "gpt-4o", NOON, ("vision",))

        assert terms.retention_days == 30
