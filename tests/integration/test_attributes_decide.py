"""What is recorded decides: from a refusal, by way of an answer, to a permit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from gateway.db.budgets import Budget
from gateway.db.parameters import ParameterValue
from gateway.db.purposes import PurposeRecord
from tests.factories import EMMA, UPSTREAM_KEY, Installation, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway whose provider runs in the Union and has a price."""
    made = an_installation(
        tmp_path,
        upstream.base_url,
        providers={
            "sim": {
                "wire": "openai", "base_url": upstream.base_url, "tier": "openai/api-default",
                "api_key": UPSTREAM_KEY, "region": "eu", "transfer": "none_needed",
            }
        },
        models={
            "echo": {
                "provider": "sim", "upstream": "echo",
                "price": {"input": 10_000_000, "output": 10_000_000},
            }
        },
    )  # fmt: skip
    yield made
    made.close()


def save(company: Installation, *rows: Any) -> None:
    """Add rows of the tenant."""
    with company.gateway.database.tenant_session(
        TenantId(company.tenant.id), write=True
    ) as session:
        for row in rows:
            session.merge(row)


def codes(answer: Any) -> list[str]:
    """The codes of a refusal."""
    return [item["code"] for item in answer.json["error"].get("reasons", [])]


class TestAnswering:
    def test_a_person_in_the_days_of_grace_confirms_and_goes_on(
        self, company: Installation
    ) -> None:
        """
        Refused, confirmed with the same key, and permitted at once.
        """
        key = company.key_for(accepted=False, trained=False)
        headers = {"Authorization": f"Bearer {key}"}
        company.client.post("/v1/code-of-use", json={"version": 1}, headers=headers)
        refused = company.chat(key)
        confirmed = company.client.post(
            "/v1/confirmations", json={"code": "ai_act.literacy_grace"}, headers=headers
        )

        assert codes(refused) == ["ai_act.literacy_grace"]
        assert confirmed.status_code == 201
        assert company.chat(key).status_code == 200

    def test_a_spent_budget_is_approved_by_a_second_person(self, company: Installation) -> None:
        """
        What was used is counted from the outcome; over it, a colleague's word lets one go on.
        """
        key = company.key_for()
        save(company, a_budget(company, 1))
        assert company.chat(key).status_code == 200
        company.gateway.attributes.spending.write()
        who = pseudonym(company)
        # What was remembered is two seconds old at most; a test does not wait for it.
        company.gateway.attributes.source.forget(TenantId(company.tenant.id), who)
        refused = company.chat(key)
        approve(company, "cost.budget_over")

        assert codes(refused) == ["cost.budget_over"]
        assert company.chat(key).status_code == 200


def a_budget(company: Installation, cents: int) -> Budget:
    """What the whole organisation may spend in a day."""
    return Budget(
        tenant_id=company.tenant.id, scope="tenant", name="", period="day", cents=cents,
        hard_percent=10_000_000, set_at=company.gateway.clock.now(), set_by="test",
    )  # fmt: skip


def pseudonym(company: Installation) -> str:
    """What the log calls Emma."""
    who = company.person(EMMA)
    return company.gateway.secret.pseudonym(TenantId(company.tenant.id), who)


def approve(company: Installation, code: str) -> None:
    """An officer approves the code for Emma, on the page."""
    cookie = company.session_for("oliver@acme.example", Role.PRIVACY_OFFICER)
    officer = company.flask.test_client()
    officer.set_cookie("proviso", cookie)
    page = officer.get("/approvals").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    who = pseudonym(company)
    assert who in page
    form = {"csrf_token": token, "principal": who, "code": code, "reason": "r", "hours": "4"}
    assert officer.post("/approvals", data={**form, "purpose": "general"}).status_code == 303


class TestPurposes:
    def test_a_purpose_one_may_not_name_narrows_and_never_widens(
        self, company: Installation
    ) -> None:
        """
        P3: a header names a purpose; the register and the caller's groups decide.
        """
        key = company.key_for()
        now = company.gateway.clock.now()
        save(
            company,
            PurposeRecord(
                tenant_id=company.tenant.id, code="research", title="Research", legal_basis="",
                balancing_note="", art9_condition="", publication="none", audience="staff",
                domain="", decides_about_person=False, reviewer_id=None, editor_id=None,
                commercial=True, trains_model=False, training_exception="", human_statement="",
                safety_or_medical=False, use_case_id="", overseers=[], workers_informed_on=None,
                assessment_id="", likeness_consent="",
                groups=["lab"], state="active", changed_at=now,
                changed_by="test",
            ),
        )  # fmt: skip
        named = {"headers": {"x-proviso-purpose": "research"}}
        refused = company.chat(key, **named)
        with company.gateway.database.tenant_session(
            TenantId(company.tenant.id), write=True
        ) as session:
            from gateway.db import principals

            emma = principals.by_email(session, EMMA)
            assert emma is not None
            emma.groups = ["lab"]

        assert refused.status_code == 403
        assert company.chat(key, headers={"x-proviso-purpose": "research"}).status_code == 200


class TestTuning:
    def test_a_tenants_value_decides(self, company: Installation) -> None:
        """
        Two requests in a minute are too many where the tenant says one and has a budget.
        """
        key = company.key_for()
        save(
            company,
            a_budget(company, 10**9),
            ParameterValue(
                tenant_id=company.tenant.id, group="", name="co_02_requests_per_minute", value=1,
                exempt=False, set_at=company.gateway.clock.now(), set_by="test",
            ),
        )  # fmt: skip

        assert company.chat(key).status_code == 200
        assert company.chat(key).status_code == 403
