"""Answers given again: only where a tenant wants it, and judged anew each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from gateway.db.acknowledgements import Acknowledgement
from tests.factories import an_installation, measured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

PAUL = "paul@acme.example"


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A tenant that wants answers again."""
    made = an_installation(tmp_path, upstream.base_url, answer_cache={"tenants": ["acme"]})
    yield made
    made.close()


def said(answer: Any) -> str:
    """What the answer says."""
    return str(answer.json["choices"][0]["message"]["content"])


class TestAgain:
    def test_the_second_is_not_asked(self, company: Installation, upstream: Upstream) -> None:
        """
        The same request again: one call, two exchanges, and the second says that it was known.
        """
        key, before = company.key_for(), upstream.count
        first, second = (company.chat(key, "What is a lease?") for _ in range(2))
        outcomes = [item for item in company.entries() if item["kind"] == "outcome"]

        assert upstream.count - before == 1
        assert said(first) == said(second)
        assert "x-proviso-cache" not in first.headers
        assert second.headers["x-proviso-cache"] == "hit"
        assert [item["provider"].get("cached", False) for item in outcomes] == [False, True]

    def test_what_was_not_bought_costs_nothing(self, company: Installation) -> None:
        """
        The second has used no tokens: in its outcome, in the budget and in the metric.
        """
        key = company.key_for()

        def tokens() -> float:
            labels = {"tenant": "acme", "model": "echo", "direction": "output"}
            return measured(company.gateway.metrics, "tokens_total", **labels)

        company.chat(key, "What is a lease?")
        bought = tokens()
        company.chat(key, "What is a lease?")
        usages = [item["usage"] for item in company.entries() if item["kind"] == "outcome"]

        assert bought == usages[0]["output_tokens"] > 0
        assert tokens() == bought
        assert usages[1] == {"input_tokens": 0, "output_tokens": 0}

    def test_whoever_is_erased_leaves_no_answer(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        What was kept before the erasure is found by nobody, in whatever process it was done, and
        its memory is given back; what others ask afterwards is kept as before.
        """
        emma, paul, before = company.key_for(), company.key_for(PAUL), upstream.count
        company.chat(emma, "What is a lease?")
        tenant, answers = TenantId(company.tenant.id), company.gateway.pep._rooms.answers
        kept = list(answers._kept)
        company.gateway.rights.erasure.erase(tenant, company.person(), "operator:test")
        for _ in range(2):
            company.chat(paul, "What is a lease?")

        assert upstream.count - before == 2
        assert len(kept) == len(answers._kept) == 1
        assert kept != list(answers._kept)

    def test_each_gets_their_own_names(self, company: Installation, upstream: Upstream) -> None:
        """
        Two people ask the same with different addresses: one call, and nobody reads another's.
        """
        before = upstream.count
        emma = company.chat(company.key_for(), "Write to jane.doe@customer.example")
        paul = company.chat(company.key_for(PAUL), "Write to max.roe@supplier.example")

        assert upstream.count - before == 1
        assert said(emma) == "Write to jane.doe@customer.example"
        assert said(paul) == "Write to max.roe@supplier.example"

    def test_policy_is_asked_again(self, company: Installation, upstream: Upstream) -> None:
        """
        Who may no longer ask gets no answer, known or not.
        """
        key = company.key_for()
        company.chat(key, "What is a lease?")
        tenant = TenantId(company.tenant.id)
        with company.gateway.database.tenant_session(tenant, write=True) as session:
            session.execute(update(Acknowledgement).values(version=0))
        company.gateway.attributes.source.forget(tenant, company.entries()[0]["principal"])

        assert company.chat(key, "What is a lease?").status_code == 403

    def test_other_rights_are_another_request(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        What somebody else may see is not given to those who may not.
        """
        before = upstream.count
        company.chat(company.key_for(), "What is a lease?")
        company.key_for(PAUL)
        company.person(PAUL, Role.AUDITOR)
        company.chat(company.key_for(PAUL), "What is a lease?")

        assert upstream.count - before == 2

    def test_withheld_stays_withheld(self, company: Installation) -> None:
        """
        A known answer is inspected and judged as a new one.
        """
        key = company.key_for()
        answers = [company.chat(key, "Hello", "secretive") for _ in range(2)]

        assert [item.status_code for item in answers] == [403, 403]

    def test_off_where_nobody_asked(self, acme: Installation, upstream: Upstream) -> None:
        """
        By default every request is asked anew.
        """
        key, before = acme.key_for(), upstream.count
        for _ in range(2):
            acme.chat(key, "What is a lease?")

        assert upstream.count - before == 2
