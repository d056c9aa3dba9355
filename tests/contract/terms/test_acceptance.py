"""The registry's acceptance tests B-T1 to B-T8, through the composed gateway."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import select

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.principal import Role
from gateway.db.decision_log import PolicyInput
from gateway.errors import Forbidden
from gateway.pep.ports import Entrypoint
from gateway.terms.editions import SHIPPED, Editions
from gateway.terms.evidence import Document, Evidence, Proposal, Signatory

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.principal import Tenant
    from tests.contract.terms.conftest import ShiftedClock
    from tests.factories import Installation

API, CLAUDE = "openai/api-default", "anthropic/api-default"


def an_officer(name: str) -> Signatory:
    """Somebody who may sign."""
    return Signatory(uuid7(), name, frozenset({Role.PRIVACY_OFFICER}))


def review(company: Installation, at: Any, *tiers: str) -> None:
    """Confirm tiers as a whole."""
    for tier in tiers:
        company.gateway.terms.review(company.tenant.value(), tier, "p_officer", at)


def zero_days(tier: str, at: Any) -> Proposal:
    """A zero-retention contract."""
    return Proposal(
        tier=tier,
        facts={"retention": {"days": 0, "text": "zero retention by contract"}},
        document=Document("zdr.pdf", "a" * 64),
        signed_on=at.date(),
        expires_at=at + timedelta(days=300),
    )


@pytest.fixture
def acme_tenant(company: Installation) -> Tenant:
    return company.tenant.value()


@pytest.fixture
def on_record(company: Installation) -> Evidence:
    return Evidence(company.gateway.terms, company.gateway.database)


class TestAcceptance:
    def test_b_t1_an_unreviewed_fact_is_refused_by_name(
        self, company: Installation, shifted: ShiftedClock
    ) -> None:
        """
        IP-01 denies, and the reason names the one fact that nobody has confirmed.
        """
        tenant = company.tenant.value()
        only = ["trains_on_input", "human_review"]
        company.gateway.terms.review(tenant, API, "p_officer", shifted.now(), only=only)
        answer = company.chat(company.key_for())

        assert answer.status_code == 403
        assert "IP-01" in answer.json["error"]["rules"]
        assert "retention" in answer.json["error"]["message"]
        assert "trains_on_input" not in answer.json["error"]["message"]

    def test_b_t2_an_expired_fact_is_refused_and_counted(
        self, company: Installation, shifted: ShiftedClock
    ) -> None:
        """
        The same request, a moment after the fact's end.
        """
        tenant, terms, key = company.tenant.value(), company.gateway.terms, company.key_for()
        earlier = shifted.now() - timedelta(days=10)
        terms.review(tenant, API, "p_officer", earlier, only=["retention"])
        others = ["trains_on_input", "human_review"]
        terms.review(tenant, API, "p_officer", shifted.now(), only=others)
        before, counted = company.chat(key).status_code, terms.expired(tenant, shifted.now())
        shifted.shift = timedelta(days=85)
        refused = company.chat(key).json["error"]

        assert (before, counted) == (200, 0)
        assert "IP-01" in refused["rules"]
        assert "retention" in refused["message"]
        assert terms.expired(tenant, shifted.now()) == counted + 1

    def test_b_t3_a_covered_model_is_kept_thirty_days_whatever_was_signed(
        self,
        company: Installation,
        acme_tenant: Tenant,
        on_record: Evidence,
        shifted: ShiftedClock,
    ) -> None:
        """
        The policy is asked with thirty days, not with the contract's zero.
        """
        now = shifted.now()
        review(company, now, CLAUDE, "anthropic/overlay-covered-models")
        made = on_record.propose(acme_tenant, zero_days(CLAUDE, now), an_officer("p_1"), now)
        on_record.approve(acme_tenant, made.row.id, an_officer("p_2"), now)
        company.chat(company.key_for(), model="fable")
        terms = self.asked(company)["terms"]

        assert (terms["retention_days"], terms["zero_retention"]) == (30, False)
        assert terms["unknown_facts"] == []

    def test_b_t4_files_stay_until_they_are_deleted(
        self,
        company: Installation,
        acme_tenant: Tenant,
        on_record: Evidence,
        shifted: ShiftedClock,
    ) -> None:
        """
        Zero retention ends where the files feature begins.
        """
        now, terms = shifted.now(), company.gateway.terms
        review(company, now, API, "openai/overlay-stored-objects")
        made = on_record.propose(acme_tenant, zero_days(API, now), an_officer("p_1"), now)
        on_record.approve(acme_tenant, made.row.id, an_officer("p_2"), now)
        plain = terms.effective(acme_tenant, API, "gpt-4o", now)
        files = terms.effective(acme_tenant, API, "gpt-4o", now, ("files",))

        assert (plain.retention_days, files.retention_days) == (0, -1)
        assert files.unknown_facts == ()

    def test_b_t5_a_changed_source_closes_what_rests_on_it(
        self,
        company: Installation,
        acme_tenant: Tenant,
        on_record: Evidence,
        shifted: ShiftedClock,
    ) -> None:
        """
        One byte of the kept copy, and the request is refused until somebody has looked.
        """
        key, by = company.key_for(), an_officer("p_1")
        first, second = Document("c.html", "1" * 64), Document("c.html", "2" * 64)
        on_record.copy(acme_tenant, "doc-oai-yourdata", first, by, shifted.now())
        review(company, shifted.now(), API)
        before = company.chat(key).status_code
        on_record.copy(acme_tenant, "doc-oai-yourdata", second, by, shifted.now())
        refused = company.chat(key)
        review(company, shifted.now(), API)

        assert before == 200
        assert "IP-01" in refused.json["error"]["rules"]
        assert company.chat(key).status_code == 200

    def test_b_t6_an_edition_that_was_tampered_with_never_serves(
        self, company: Installation, shifted: ShiftedClock, tmp_path: Path
    ) -> None:
        """
        The last good one keeps serving, and readiness says so without turning red.
        """
        folder = shutil.copytree(SHIPPED, tmp_path / "edition")
        editions = Editions(company.gateway.database, shifted, folder=folder)
        company.gateway.terms.editions = editions
        path = folder / "provider-terms.yaml"
        path.write_bytes(path.read_bytes().replace(b"value: opt_out", b"value: opt_in ", 1))
        review(company, shifted.now(), API)

        assert not editions.reload()
        assert not editions.good()
        assert editions.current.version == company.gateway.terms.version
        chatgpt = editions.current.facts.tiers["openai/chatgpt-consumer"].statements
        assert chatgpt["trains_on_input"][0].value == "opt_out"

    def test_b_t7_a_past_decision_is_made_again_from_its_record(
        self, company: Installation, shifted: ShiftedClock
    ) -> None:
        """
        The stored input gives the same decision, although the terms have expired since.
        """
        key = company.key_for()
        company.chat(key)
        review(company, shifted.now(), API)
        company.chat(key)
        shifted.shift = timedelta(days=400)
        decided = [entry for entry in company.entries() if entry["kind"] == "decision"]
        stored = self.stored(company)

        assert [entry["effect"] for entry in decided] == ["deny", "permit"]
        for entry in decided:
            question = stored[entry["input_digest"]]
            again = company.gateway.engine.decide(
                TenantId(company.tenant.id), Entrypoint.REQUEST, question
            )
            assert again.effect.value == entry["effect"]
            assert [item.rule for item in again.reasons] == [
                item["rule"] for item in entry["decision"]["reasons"]
            ]
            assert entry["destination"]["terms_version"] == company.gateway.terms.version

    def test_b_t8_an_override_with_one_approver_is_rejected(
        self,
        company: Installation,
        acme_tenant: Tenant,
        on_record: Evidence,
        shifted: ShiftedClock,
    ) -> None:
        """
        It changes nothing, and one person cannot sign twice.
        """
        now, by = shifted.now(), an_officer("p_1")
        review(company, now, API)
        made = on_record.propose(acme_tenant, zero_days(API, now), by, now)

        with pytest.raises(Forbidden, match="two people"):
            on_record.approve(acme_tenant, made.row.id, by, now)
        terms = company.gateway.terms.effective(acme_tenant, API, "gpt-4o", now)
        assert terms.retention_days == 30

    @staticmethod
    def stored(company: Installation) -> dict[str, bytes]:
        """Policy inputs by their digest, in hex."""
        with company.gateway.database.tenant_session(TenantId(company.tenant.id)) as session:
            return {row.digest.hex(): row.canonical for row in session.scalars(select(PolicyInput))}

    def asked(self, company: Installation) -> dict[str, Any]:
        """What the policy was asked about the last request."""
        decided = [entry for entry in company.entries() if entry["kind"] == "decision"]
        question: dict[str, Any] = orjson.loads(self.stored(company)[decided[-1]["input_digest"]])
        return question


class TestReadiness:
    def test_it_tells_of_the_edition(self, company: Installation) -> None:
        """
        A detail beside the checks: an operator must look, and traffic is still served.
        """
        company.gateway.terms.editions.problem = "The edition is not validly signed."
        answer = company.client.get("/readyz")

        assert (answer.status_code, answer.json["status"]) == (200, "ok")
        assert answer.json["checks"]["terms_edition"] == "failing"
