from __future__ import annotations

import timeit
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.terms.evidence import Document
from gateway.terms.statements import DECIDING, USED
from tests.unit.terms.builders import NOON, a_document, a_fact, a_tier
from tests.unit.terms.conftest import officer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.terms.evidence import Evidence
    from gateway.terms.registry import TermsRegistry
    from tests.unit.terms.conftest import SetClock

API = "openai/api-default"
KEYS = [
    "tier", "known", "demo", "unknown_facts", "trains_on_input", "retention_days",
    "zero_retention", "human_review", "processor_contract", "business_use", "output_ownership",
    "output_restrictions", "licence_conditions", "indemnity", "labelling", "political_use",
    "marks_text", "eu_excluded",
]  # fmt: skip


def reviewed(
    registry: TermsRegistry, tenant: Tenant, tier: str, model: str = "m"
) -> dict[str, Any]:
    """The policy input of a tier that was reviewed as a whole."""
    registry.review(tenant, tier, "p_officer", NOON)
    return registry.effective(tenant, tier, model, NOON).as_input()


class TestPolicyInput:
    def test_of_a_reviewed_tier(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Labels, whole numbers, true and false, and every key.
        """
        evidence.contract(acme, API, Document("dpa.pdf", "d" * 64), officer(), clock.now())

        assert reviewed(registry, acme, API) == {
            "tier": API,
            "known": True,
            "demo": False,
            "unknown_facts": [],
            "trains_on_input": "opt_in",
            "retention_days": 30,
            "zero_retention": False,
            "human_review": "flagged_only",
            "processor_contract": True,
            "business_use": "allowed",
            "output_ownership": "customer_owns_as_between_parties",
            "output_restrictions": [
                "code_may_carry_third_party_licences",
                "no_competing_models_except_internal_classifiers_or_embeddings",
                "no_likeness_without_express_consent",
                "no_medical_diagnosis_or_treatment_intent",
                "visual_input_not_to_identify_people",
            ],
            "licence_conditions": [],
            "indemnity": "conditional",
            "labelling": True,
            "political_use": "forbidden",
            "marks_text": False,
            "eu_excluded": False,
        }

    def test_of_what_nobody_knows(self, registry: TermsRegistry, acme: Tenant) -> None:
        """
        The same keys, at their restrictive end.
        """
        terms = registry.effective(acme, "x/none", "m", NOON).as_input()

        assert list(terms) == KEYS
        assert (terms["known"], terms["retention_days"]) == (False, -1)
        assert terms["unknown_facts"] == sorted(DECIDING)
        assert terms["output_restrictions"] == terms["licence_conditions"] == ["unknown"]
        assert {terms[name] for name in ("business_use", "indemnity", "political_use")} == {
            "unknown"
        }

    def test_every_shipped_tier_gives_every_key_in_its_type(
        self, registry: TermsRegistry, acme: Tenant
    ) -> None:
        """
        Whatever the tier, reviewed or not: rules read the same names and types.
        """
        kinds = {name: type(item) for name, item in reviewed(registry, acme, API).items()}
        for tier in registry.base.tiers:
            terms = registry.effective(acme, tier, "m", NOON).as_input()

            assert list(terms) == KEYS
            assert {name: type(item) for name, item in terms.items()} == kinds
            assert orjson.loads(orjson.dumps(terms)) == terms

    @pytest.mark.parametrize(
        ("tier", "expected"),
        [
            ("midjourney/subscription", ["no_api", "revenue_over_1m_needs_pro_plan"]),
            ("openai/chatgpt-enterprise", ["voice_output_non_commercial"]),
            ("anthropic/claude-consumer", ["no_api"]),
            (
                "selfhosted/stability-community",
                ["notice_powered_by_stability", "registration_for_commercial_use",
                 "revenue_limit_1m"],
            ),
            (
                "selfhosted/llama-4",
                ["ask_above_700m_monthly_users", "eu_multimodal_excluded",
                 "notice_built_with_llama", "ship_licence_copy"],
            ),
            ("cohere/saas", ["unknown"]),
        ],
    )  # fmt: skip
    def test_conditions(
        self, registry: TermsRegistry, acme: Tenant, tier: str, expected: list[str]
    ) -> None:
        """
        What a permission is tied to, as labels that rules compare.
        """
        assert reviewed(registry, acme, tier)["licence_conditions"] == expected

    @pytest.mark.parametrize(
        ("tier", "name", "expected"),
        [
            ("anthropic/claude-consumer", "business_use", "forbidden"),
            ("microsoft/copilot-consumer", "business_use", "forbidden"),
            ("midjourney/subscription", "business_use", "conditional"),
            ("mistral/api-commercial", "business_use", "allowed"),
            ("anthropic/api-default", "marks_text", True),
            ("selfhosted/llama-4", "eu_excluded", True),
            ("google/gemini-api-unpaid", "eu_excluded", True),
            ("anthropic/api-default", "political_use", "conditional"),
            ("midjourney/subscription", "political_use", "forbidden"),
            ("selfhosted/own-infrastructure", "labelling", False),
            ("selfhosted/own-infrastructure", "political_use", "allowed"),
            ("aws/bedrock", "indemnity", "unclear"),
            ("mistral/api-commercial", "indemnity", "unclear"),
            ("google/gemini-api-paid", "indemnity", "none"),
            ("openai/api-zdr", "zero_retention", True),
        ],
    )
    def test_readings(
        self, registry: TermsRegistry, acme: Tenant, tier: str, name: str, expected: Any
    ) -> None:
        """
        The words of a contract as the label that a rule tests.
        """
        assert reviewed(registry, acme, tier)[name] == expected


class TestUnconfirmed:
    def test_other_facts_do_not_make_a_tier_unknown(
        self, registry: TermsRegistry, acme: Tenant
    ) -> None:
        """
        IP-01 rests on three facts; the rest is unknown to the rules that need it.
        """
        registry.review(acme, API, "p_officer", NOON, only=DECIDING)
        terms = registry.effective(acme, API, "m", NOON)

        assert terms.unknown_facts == ()
        assert (terms.business_use, terms.output_ownership) == ("unknown", "unknown")
        assert terms.indemnity == "unknown"

    def test_a_restriction_binds_before_anybody_confirmed_it(
        self, registry: TermsRegistry, acme: Tenant
    ) -> None:
        """
        Waiting for a signature must not loosen anything.
        """
        terms = registry.effective(acme, "midjourney/subscription", "m", NOON)
        consumer = registry.effective(acme, "anthropic/claude-consumer", "m", NOON)

        assert set(terms.licence_conditions) >= {"no_api", "unknown"}
        assert terms.political_use == "forbidden"
        assert (consumer.business_use, consumer.marks_text) == ("forbidden", True)


class TestProvenance:
    def test_each_fact_relied_on_says_where_it_is_from(
        self, registry: TermsRegistry, acme: Tenant
    ) -> None:
        """
        Value, source, date, reviewer, end: what `policy explain` and the log show.
        """
        reviewed(registry, acme, API)
        used = {item.name: item for item in registry.effective(acme, API, "m", NOON).used}
        retention = used["retention"].as_row()

        assert retention == {
            "name": "retention",
            "value": 30,
            "sources": ["doc-oai-yourdata", "ota-oai-enterprise"],
            "doc_date": retention["doc_date"],
            "reviewed_by": "p_officer",
            "reviewed_at": NOON.isoformat(),
            "expires_at": (NOON + timedelta(days=90)).isoformat(),
            "origin": "base",
            "copies": [],
        }
        assert "2026-01-08" in retention["doc_date"]
        assert set(used) <= set(USED)

    def test_the_digest_is_of_what_was_relied_on(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Another review is another reliance; the same question has the same digest.
        """
        before = registry.effective(acme, API, "m", NOON).facts_digest
        reviewed(registry, acme, API)
        after = registry.effective(acme, API, "m", NOON).facts_digest
        evidence.contract(acme, API, Document("dpa.pdf", "d" * 64), officer(), clock.now())
        filed = registry.effective(acme, API, "m", NOON).facts_digest
        registry.forget()

        assert len({before, after, filed}) == 3
        assert registry.effective(acme, API, "m", NOON).facts_digest == filed

    def test_expired_facts_are_named(self, registry: TermsRegistry, acme: Tenant) -> None:
        """
        So that somebody renews them.
        """
        registry.review(acme, API, "p_officer", NOON, only=["retention"])
        terms = registry.effective(acme, API, "m", NOON + timedelta(days=90))

        assert terms.expired_facts == ("retention",)
        assert terms.version == registry.version


class TestSpeed:
    def test_a_hot_call_takes_less_than_ten_microseconds(
        self, registry: TermsRegistry, acme: Tenant
    ) -> None:
        """
        It is on the way of every request.
        """
        reviewed(registry, acme, API)

        def ask() -> None:
            registry.effective(acme, API, "gpt-4o", NOON, ("chat", "tools"))

        ask()
        assert min(timeit.repeat(ask, number=2_000, repeat=5)) / 2_000 < 10e-6

    def test_an_unchanged_record_is_not_read_again(
        self,
        a_registry: Callable[..., TermsRegistry],
        acme: Tenant,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        After two seconds the rows are counted; what followed from them is kept.
        """
        registry = a_registry(a_document(tiers={"x/api": a_tier(zdr=a_fact())}))
        registry.review(acme, "x/api", "p", NOON)
        first = registry.effective(acme, "x/api", "m", NOON)
        clock.forward(seconds=5)

        assert registry.effective(acme, "x/api", "m", NOON) is first

    def test_calls_kept_are_bounded(
        self, registry: TermsRegistry, acme: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        However many models and features are asked for (promise P10).
        """
        monkeypatch.setattr("gateway.terms.registry._REMEMBERED_CALLS", 3)
        for number in range(10):
            registry.effective(acme, API, f"m{number}", NOON)

        assert len(registry._remembered[acme.id].terms) <= 3
