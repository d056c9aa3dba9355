from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.errors import StorageUnavailable
from gateway.terms import beliefs
from gateway.terms.registry import EffectiveTerms, TermsRegistry
from gateway.terms.statements import DECIDING
from tests.unit.terms.builders import a_document, a_fact, a_tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from gateway.terms.beliefs import Beliefs
    from tests.unit.terms.conftest import SetClock

API = "openai/api-default"
ALL = tuple(sorted(DECIDING))


def effective(
    registry: TermsRegistry, tenant: Tenant, clock: SetClock, tier: str = API, model: str = "gpt-4o"
) -> EffectiveTerms:
    return registry.effective(tenant, tier, model, clock.now())


class TestReviewing:
    def test_what_nobody_confirmed_is_unknown(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T1: a fresh installation knows nothing, and names each fact it would need.
        """
        terms = effective(registry, acme, clock)

        assert terms.known
        assert terms.unknown_facts == ALL
        assert (terms.trains_on_input, terms.retention_days) == ("unknown", -1)

    def test_what_was_confirmed_may_be_relied_on(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        After a review the facts are what the files say, at once in this process.
        """
        effective(registry, acme, clock)
        confirmed = registry.review(acme, API, "p_officer", clock.now())

        terms = effective(registry, acme, clock)

        assert terms.unknown_facts == ()
        assert (terms.trains_on_input, terms.retention_days, terms.human_review) == (
            "opt_in",
            30,
            "flagged_only",
        )
        assert {item.fact.name for item in confirmed} >= set(DECIDING)
        assert {item.reviewed_by for item in confirmed} == {"p_officer"}

    def test_a_review_is_the_tenants_own(
        self,
        registry: TermsRegistry,
        acme: Tenant,
        a_tenant: Callable[..., Tenant],
        clock: SetClock,
    ) -> None:
        """
        What one organisation confirmed, another may not rely on (promise P4).
        """
        registry.review(acme, API, "p_officer", clock.now())
        effective(registry, acme, clock)

        assert effective(registry, a_tenant("globex"), clock).unknown_facts == ALL

    def test_a_review_of_one_tier_says_nothing_of_another(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Not even of one that inherits its facts: it is another contract.
        """
        registry.review(acme, API, "p_officer", clock.now())

        assert effective(registry, acme, clock, "openai/images-api").unknown_facts == ALL

    def test_what_nobody_established_cannot_be_confirmed(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A fact whose value is "unknown" stays unknown, whoever signs.
        """
        confirmed = registry.review(acme, "meta/llama-api", "p_officer", clock.now())

        assert "retention" not in {item.fact.name for item in confirmed}
        assert "retention" in effective(registry, acme, clock, "meta/llama-api").unknown_facts

    def test_an_unknown_tier_knows_nothing(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Unknown on every count, and it cannot be reviewed.
        """
        terms = effective(registry, acme, clock, "acme/home-made")

        assert not terms.known
        assert terms.unknown_facts == ALL
        with pytest.raises(KeyError):
            registry.review(acme, "acme/home-made", "p_officer", clock.now())


class TestExpiry:
    @pytest.mark.parametrize(
        ("tier", "days"),
        [
            (API, 90),  # read in the provider's own text
            ("selfhosted/llama-4", 180),  # a licence of weights
        ],
    )
    def test_a_sure_fact_lives_as_long_as_its_kind(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock, tier: str, days: int
    ) -> None:
        """
        B-T2: on its last day it counts, a day later it is unknown.
        """
        registry.review(acme, tier, "p_officer", clock.now())

        clock.forward(days=days, seconds=-1)
        assert "trains_on_input" not in effective(registry, acme, clock, tier).unknown_facts

        clock.forward(seconds=1)
        assert "trains_on_input" in effective(registry, acme, clock, tier).unknown_facts

    def test_an_unsure_fact_lives_thirty_days(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        At medium or low confidence somebody looks again after a month.
        """
        registry.review(acme, "openai/api-zdr", "p_officer", clock.now())
        clock.forward(days=30)

        terms = effective(registry, acme, clock, "openai/api-zdr")

        assert terms.unknown_facts == ("human_review",)

    def test_a_second_review_renews(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        The newest review counts.
        """
        registry.review(acme, API, "p_officer", clock.now())
        clock.forward(days=80)
        registry.review(acme, API, "p_other", clock.now())
        clock.forward(days=80)

        assert effective(registry, acme, clock).unknown_facts == ()
        states = {item.fact.name: item for item in registry.states(acme, API, clock.now())}
        assert states["retention"].reviewed_by == "p_other"


class TestChanges:
    def test_a_fact_that_says_something_else_must_be_confirmed_again(
        self, a_registry: Callable[..., TermsRegistry], acme: Tenant, clock: SetClock
    ) -> None:
        """
        Another edition changes a fact, and the old review does not cover it.
        """
        a_registry(a_document()).review(acme, "x/api", "p_officer", clock.now())
        changed = a_document(tiers={"x/api": a_tier(retention=a_fact("60 days", days=60))})

        updated = a_registry(changed, "test-2")

        assert effective(updated, acme, clock, "x/api").unknown_facts == ("retention",)
        states = {item.fact.name: item.state for item in updated.states(acme, "x/api", clock.now())}
        assert (states["retention"], states["trains_on_input"]) == ("changed", "current")

    def test_one_fact_can_be_confirmed_alone(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        The others stay as they were.
        """
        confirmed = registry.review(acme, API, "p_officer", clock.now(), only=["retention"])

        assert [item.fact.name for item in confirmed] == ["retention"]
        assert effective(registry, acme, clock).unknown_facts == ("human_review", "trains_on_input")

    def test_every_state_is_told(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Unreviewed, current, expired: what a privacy officer sees in the list.
        """
        before = {item.state for item in registry.states(acme, API, clock.now())}
        registry.review(acme, API, "p_officer", clock.now())
        after = {item.state for item in registry.states(acme, API, clock.now())}
        clock.forward(days=91)
        later = {item.state for item in registry.states(acme, API, clock.now())}

        assert (before, after, later) == ({"unreviewed"}, {"current"}, {"expired"})


class TestOverlays:
    def test_an_overlay_is_confirmed_for_itself(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A review of the contract does not cover what beats the contract, and the refusal says
        where to look.
        """
        registry.review(acme, "anthropic/api-zdr", "p_officer", clock.now())

        terms = effective(registry, acme, clock, "anthropic/api-zdr", "claude-fable-5")

        assert terms.unknown_facts == (
            "human_review (anthropic/overlay-covered-models)",
            "retention (anthropic/overlay-covered-models)",
        )

    def test_confirmed_it_beats_the_contract(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T3: zero retention and a covered model make thirty days.
        """
        for tier in ("anthropic/api-zdr", "anthropic/overlay-covered-models"):
            registry.review(acme, tier, "p_officer", clock.now())

        covered = effective(registry, acme, clock, "anthropic/api-zdr", "claude-fable-5")
        other = effective(registry, acme, clock, "anthropic/api-zdr", "claude-sonnet-4-6")

        assert (covered.unknown_facts, covered.retention_days) == ((), 30)
        assert (other.unknown_facts, other.retention_days) == ((), 0)


class TestDemonstration:
    def test_synthetic_terms_need_no_review_and_say_what_they_are(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        They are marked as synthetic for whoever asks; rule IP-01 keeps them in the demo tenant.
        """
        terms = effective(registry, acme, clock, "demo/synthetic")

        assert terms.demo
        assert terms.unknown_facts == ()

    def test_no_other_tier_is_synthetic(
        self, registry: TermsRegistry, a_tenant: Callable[..., Tenant], clock: SetClock
    ) -> None:
        """
        A demo tenant gets no discount on real contracts.
        """
        demo = a_tenant("demo", demo=True)

        assert effective(registry, demo, clock).unknown_facts == ALL


class TestRemembering:
    def test_another_workers_review_is_seen_within_two_seconds(
        self, registry: TermsRegistry, acme: Tenant, database: Database, clock: SetClock
    ) -> None:
        """
        Reviews are remembered for a moment, and no longer.
        """
        effective(registry, acme, clock)
        TermsRegistry(registry.editions, database, clock).review(acme, API, "p_o", clock.now())

        clock.forward(seconds=1.9)
        assert effective(registry, acme, clock).unknown_facts == ALL
        clock.forward(seconds=0.2)
        assert effective(registry, acme, clock).unknown_facts == ()

    def test_what_was_read_before_a_review_is_not_kept_after_it(
        self,
        registry: TermsRegistry,
        acme: Tenant,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        Whoever reads the record while an officer confirms it, such as a job, does not bring back
        what was there before.
        """
        read = beliefs.read

        def overtaken(session: Session) -> Beliefs:
            found = read(session)
            monkeypatch.undo()
            session.rollback()  # SQLite lets nobody write beside a reader of its own thread
            registry.review(acme, API, "p_o", clock.now())
            return found

        monkeypatch.setattr("gateway.terms.registry.beliefs.read", overtaken)

        assert effective(registry, acme, clock).unknown_facts == ALL
        assert effective(registry, acme, clock).unknown_facts == ()

    def test_a_database_that_is_gone_is_an_error_and_not_a_permit(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Without the reviews nothing may be relied on; the request ends with 503.
        """
        broken = TermsRegistry(registry.editions, _Unreachable(), clock)  # type: ignore[arg-type]

        with pytest.raises(StorageUnavailable):
            effective(broken, acme, clock)

    def test_the_memory_is_bounded(
        self,
        registry: TermsRegistry,
        a_tenant: Callable[..., Tenant],
        database: Database,
        clock: SetClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """
        However many organisations there are: the oldest is read again (promise P10).
        """
        monkeypatch.setattr("gateway.terms.registry._REMEMBERED", 2)
        tenants = [a_tenant(f"tenant-{number}") for number in range(4)]
        for tenant in tenants:
            effective(registry, tenant, clock)
            TermsRegistry(registry.editions, database, clock).review(
                tenant, API, "p_o", clock.now()
            )

        newest_first = [effective(registry, tenant, clock) for tenant in tenants[::-1]]

        assert [terms.unknown_facts == () for terms in newest_first] == [False, False, True, True]

    def test_the_version_is_that_of_the_edition(self, registry: TermsRegistry) -> None:
        """
        The log names the edition that a decision relied on.
        """
        assert registry.version == registry.editions.current.version

    def test_expiry_is_not_remembered(
        self, registry: TermsRegistry, acme: Tenant, clock: SetClock
    ) -> None:
        """
        The moment counts, not when the reviews were read.
        """
        registry.review(acme, API, "p_officer", clock.now())
        effective(registry, acme, clock)
        clock.at += timedelta(days=90)

        assert "retention" in effective(registry, acme, clock).unknown_facts


class _Unreachable:
    def tenant_session(self, *_: object, **__: object) -> None:
        raise StorageUnavailable
