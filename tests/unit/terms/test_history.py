from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.errors import InvalidRequest, NotFound
from gateway.terms import differences
from gateway.terms.evidence import Document, Evidence
from tests.unit.terms.builders import NOON, a_document, a_fact, a_tier, parsed
from tests.unit.terms.conftest import officer
from tests.unit.terms.test_overlays import zero_retention
from tests.unit.terms.test_overrides import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from gateway.terms.registry import TermsRegistry
    from tests.unit.terms.conftest import SetClock

API = "openai/api-default"


def copied(text: str) -> Document:
    """A kept copy of a source, by its digest."""
    import hashlib

    return Document("terms.html", hashlib.sha256(text.encode()).hexdigest())


class TestSources:
    def states(self, registry: TermsRegistry, tenant: Tenant, clock: SetClock) -> dict[str, str]:
        return {item.fact.name: item.state for item in registry.states(tenant, API, clock.now())}

    def test_b_t5_a_changed_source_makes_its_facts_unknown(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        B-T5: one byte of a kept copy differs; what rests on it is unknown until reviewed again.
        """
        evidence.copy(acme, "doc-oai-yourdata", copied("30 days"), officer(), clock.now())
        clock.forward(minutes=1)
        registry.review(acme, API, "p_officer", clock.now())
        before = registry.effective(acme, API, "gpt-4o", clock.now())
        clock.forward(days=1)
        touched = evidence.copy(acme, "doc-oai-yourdata", copied("31 days"), officer(), clock.now())
        after = registry.effective(acme, API, "gpt-4o", clock.now())

        assert before.unknown_facts == ()
        assert after.unknown_facts == ("retention", "trains_on_input")
        assert (API, "retention") in touched
        states = self.states(registry, acme, clock)
        assert (states["retention"], states["human_review"]) == ("source_changed", "current")
        clock.forward(minutes=1)
        registry.review(acme, API, "p_officer", clock.now())
        assert registry.effective(acme, API, "gpt-4o", clock.now()).unknown_facts == ()

    def test_the_same_copy_again_changes_nothing(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        And neither does the first copy of a source that was reviewed without one.
        """
        registry.review(acme, API, "p_officer", clock.now())
        for _ in range(2):
            clock.forward(hours=1)
            evidence.copy(acme, "doc-oai-yourdata", copied("30"), officer(), clock.now())
            registry.review(acme, API, "p_officer", clock.now() + timedelta(minutes=1))
            clock.forward(hours=1)

        assert registry.effective(acme, API, "gpt-4o", clock.now()).unknown_facts == ()

    def test_a_copy_is_the_tenants_own(
        self,
        registry: TermsRegistry,
        evidence: Evidence,
        acme: Tenant,
        a_tenant: Callable[..., Tenant],
        clock: SetClock,
    ) -> None:
        """
        What one tenant found changed is not another's knowledge (promise P4).
        """
        globex = a_tenant("globex")
        for tenant in (acme, globex):
            evidence.copy(tenant, "doc-oai-yourdata", copied("30"), officer(), clock.now())
            registry.review(tenant, API, "p_officer", clock.now() + timedelta(minutes=1))
        clock.forward(hours=1)
        evidence.copy(globex, "doc-oai-yourdata", copied("31"), officer(), clock.now())

        assert registry.effective(acme, API, "gpt-4o", clock.now()).unknown_facts == ()

    def test_what_is_no_source_or_no_digest_is_refused(
        self, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        A typing mistake must not look like a record.
        """
        with pytest.raises(NotFound):
            evidence.copy(acme, "doc-nobody", copied("x"), officer(), clock.now())
        with pytest.raises(InvalidRequest):
            evidence.copy(acme, "doc-oai-yourdata", Document("x", ""), officer(), clock.now())


class TestWhatWasBelieved:
    def test_on_a_day_under_its_edition_and_its_records(
        self,
        a_registry: Callable[..., TermsRegistry],
        database: Database,
        acme: Tenant,
        clock: SetClock,
    ) -> None:
        """
        B.3.6: what did we believe on that day, and on what copy?
        """
        first = a_registry(a_document())
        Evidence(first, database).copy(acme, "s", copied("first"), officer(), clock.now())
        first.review(acme, "x/api", "p_first", clock.now())
        day_one = clock.now()
        clock.forward(days=10)
        changed = a_document(tiers={"x/api": a_tier(retention=a_fact("60 days", days=60))})
        second = a_registry(changed, "test-2")
        second.review(acme, "x/api", "p_second", clock.now())

        now = second.effective(acme, "x/api", "m", clock.now())
        then = second.effective(acme, "x/api", "m", day_one, known_at=day_one)
        before = day_one - timedelta(days=1)
        earlier = second.effective(acme, "x/api", "m", before, known_at=before)
        (used,) = [item for item in then.used if item.name == "retention"]

        assert (now.retention_days, now.version) == (60, "test-2")
        assert (then.retention_days, then.version, then.unknown_facts) == (30, "test-1", ())
        assert (used.reviewed_by, used.copies) == ("p_first", (copied("first").sha256,))
        assert not earlier.known

    def test_an_override_of_today_was_not_known_yesterday(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Records count from when they were made; withdrawn later, it still counted then.
        """
        registry.review(acme, API, "p_officer", clock.now())
        yesterday = clock.now()
        clock.forward(days=1)
        made = zero_retention(evidence, acme, API, clock.now())
        today = clock.now()
        clock.forward(days=1)
        evidence.withdraw(acme, made.row.id, officer(), clock.now())

        def days(at: datetime, known_at: datetime) -> int:
            return registry.effective(acme, API, "m", at, known_at=known_at).retention_days

        assert [days(at, at) for at in (yesterday, today, clock.now())] == [30, 0, 30]

    def test_a_signature_of_today_was_not_known_yesterday(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        Proposed by one person it did not count, whatever was signed later.
        """
        registry.review(acme, API, "p_officer", clock.now())
        made = evidence.propose(acme, replace(ASKED, signed_on=NOON.date()), officer(), clock.now())
        proposed = clock.now()
        clock.forward(days=1)
        evidence.approve(acme, made.row.id, officer(), clock.now())

        def days(known_at: datetime) -> int:
            return registry.effective(acme, API, "m", clock.now(), known_at=known_at).retention_days

        assert (days(proposed), days(clock.now())) == (30, 0)

    def test_a_providers_rule_counts_on_its_days(
        self, a_registry: Callable[..., TermsRegistry], acme: Tenant, clock: SetClock
    ) -> None:
        """
        The other time: when the rule holds, whenever we learned of it; each is reviewed.
        """
        old = a_fact("30 days", days=30, effective_to=date(2026, 12, 1))
        new = a_fact("60 days", days=60, effective_from=date(2026, 12, 1))
        registry = a_registry(a_document(tiers={"x/api": a_tier(retention=[old, new])}))
        registry.review(acme, "x/api", "p_officer", clock.now())

        def days(at: datetime) -> int:
            return registry.effective(acme, "x/api", "m", at).retention_days

        last = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
        assert (days(last), days(last + timedelta(seconds=1))) == (30, 60)


class TestDifferences:
    def test_two_editions(self) -> None:
        """
        What is stated otherwise, newly, or no more; and an overlay that speaks of other models.
        """
        lay = {"name": "Lay", "kind": "overlay", "retention": a_fact("9", days=9)}
        before = parsed(
            a_document(
                tiers={
                    "x/api": a_tier(),
                    "x/lay": lay,
                    "x/gone": {"name": "Gone", "zdr": a_fact()},
                },
                overlays={"x/lay": {"models": ["a*"]}},
            )
        )
        after = parsed(
            a_document(
                tiers={"x/api": a_tier(human_review=a_fact("sampled")), "x/lay": lay},
                overlays={"x/lay": {"models": ["b*"]}},
            )
        )
        found = differences.between(before, after)

        assert [(item.tier, item.fact, item.before, item.after) for item in found if
                item.fact != "match"] == [
            ("x/api", "human_review", "none", "sampled"),
            ("x/gone", "zdr", "no", None),
        ]  # fmt: skip
        assert [item.tier for item in found if item.fact == "match"] == ["x/lay"]
        assert differences.between(after, after) == []

    def test_which_models_are_touched(self) -> None:
        """
        Those of the tier, and those an overlay speaks of.
        """
        lay = {"name": "Lay", "kind": "overlay", "retention": a_fact("9", days=9)}
        facts = parsed(
            a_document(
                tiers={"x/api": a_tier(), "y/api": a_tier(), "x/lay": lay},
                overlays={"x/lay": {"models": ["a*"]}},
            )
        )
        by_tier = [differences.Difference("x/api", "retention", 1, 2)]
        by_overlay = [differences.Difference("x/lay", "retention", 1, 2)]

        assert differences.touched(by_tier, facts, "x/api", "b")
        assert not differences.touched(by_tier, facts, "y/api", "a")
        assert differences.touched(by_overlay, facts, "y/api", "a-1")
        assert not differences.touched(by_overlay, facts, "y/api", "b-1")

    def test_a_tenants_own(
        self, registry: TermsRegistry, evidence: Evidence, acme: Tenant, clock: SetClock
    ) -> None:
        """
        What the tenant stated otherwise than the base.
        """
        evidence.state(
            acme, API, "retention", {"days": 90, "text": "90"}, copied("x"), officer(), clock.now()
        )
        states = registry.states(acme, API, clock.now())
        (found,) = differences.own(registry.base, states, clock.now())

        assert (found.fact, found.before["days"], found.after["days"]) == ("retention", 30, 90)
