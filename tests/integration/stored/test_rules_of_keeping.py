"""What stored answers are bound by: rules, papers, and an end at the provider and here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openai
import pytest
from sqlalchemy import update

from gateway.core.identifiers import TenantId
from gateway.db.stored_responses import StoredResponse
from gateway.retention.holds import CONTENT
from tests.storing import a_storing_company, client_for, keep_content, rows, tune

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
ZOE = "zoe@acme.example"


class TestRules:
    def test_not_unless_somebody_said_so(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        As shipped, keeping is switched off; the answer comes all the same.
        """
        before = len(rows(company))
        tune(company, "ip_08_stored", "never")
        try:
            answer = emma.responses.create(model="echo", input="Hello", background=True)
            outcome = company.entries()[-1]
        finally:
            tune(company, "ip_08_stored", "confidential")

        assert answer.status == "completed"
        assert not {"background", "previous_response_id"} & upstream.calls[-1].keys()
        assert upstream.calls[-1]["store"] is False
        assert "force_stateless" in outcome["fulfilled"]
        assert len(rows(company)) == before

    def test_not_where_nobody_knows_for_how_long(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        The registry has no end for stored answers; without a contract that has, it is refused.
        """
        made = a_storing_company(tmp_path, upstream.base_url, contract=False)
        before = upstream.count
        try:
            with pytest.raises(openai.PermissionDeniedError):
                client_for(made, ZOE).responses.create(model="echo", input="Hello", store=True)
            kept = made.entries()[-2]["rules"]
            plain = client_for(made, ZOE).responses.create(model="echo", input="Hello")
        finally:
            made.close()

        assert "IP-03" in kept
        assert plain.status == "completed"
        assert upstream.count == before + 1

    def test_not_without_a_place_for_the_names(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        What stands for what must be kept, sealed; a company that keeps no content cannot.
        """
        before = upstream.count
        keep_content(company, on=False)
        try:
            with pytest.raises(openai.PermissionDeniedError) as refused:
                emma.responses.create(model="echo", input="Hello", store=True)
        finally:
            keep_content(company)

        assert refused.value.code == "content.off"
        assert upstream.count == before

    def test_not_where_the_provider_keeps_no_answers(
        self, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        One that is asked in another API is refused by name.
        """
        before = upstream.count
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.create(model="translated", input="Hello", store=True)

        assert refused.value.param == "store"
        assert upstream.count == before

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"background": True, "store": False}, "store"),
            ({"conversation": "conv_1"}, "conversation"),
            ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ],
    )
    def test_what_is_not_offered_is_refused_by_name(
        self, emma: openai.OpenAI, upstream: Upstream, more: dict[str, Any], param: str
    ) -> None:
        """
        Before anything is decided or sent.
        """
        before = upstream.count
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.create(model="echo", input="Hello", **more)

        assert refused.value.param == param
        assert upstream.count == before


class TestEnds:
    def test_who_is_erased_leaves_nothing_there(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        The provider deletes what it kept; the certificate names it, and what it could not delete.
        """
        zoe = client_for(company, ZOE)
        zoe.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        zoe.responses.create(model="echo", input="Hello", store=True)
        first, second = rows(company, ZOE)
        _move_away(company, second)
        done = company.gateway.rights.erasure.erase(
            TenantId(company.tenant.id), company.person(ZOE), "operator:test"
        )
        told = [item for item in done.provider_objects if item["object"] == "response"]

        assert [(item["id"], item["deleted"]) for item in told] == [
            (first.upstream_id, "yes"),
            (second.upstream_id, "no"),
        ]
        assert first.upstream_id not in upstream.kept
        assert done.erased["stored_responses"] == 2
        assert done.erased["content"] >= 2
        with pytest.raises(openai.AuthenticationError):
            zoe.responses.retrieve(first.id)

    def test_what_is_past_its_time_goes_there_and_here(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        A provider that does not delete it is asked again, until there is no hope left.
        """
        made = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        left = emma.responses.create(model="echo", input="Hello", store=True)
        row, kept = rows(company)[-2:]
        _move_away(company, kept)
        _change(company, expires_at=company.gateway.clock.now() - timedelta(seconds=1))
        expiry, tenant = company.gateway.rights.stored_expiry, TenantId(company.tenant.id)
        expiry.run(tenant)

        assert row.upstream_id not in upstream.kept
        assert [item.id for item in rows(company)] == [left.id]
        assert (company.entries()[-1]["status"], company.entries()[-1]["params"]["deleted"]) == (
            "response.expired", True,
        )  # fmt: skip
        with pytest.raises(openai.NotFoundError):
            emma.responses.retrieve(made.id)

        _change(company, expires_at=company.gateway.clock.now() - timedelta(days=31))

        assert expiry.run(tenant) == 1
        assert rows(company) == []
        assert company.entries()[-1]["params"]["deleted"] is False
        assert expiry.run(tenant) == 0

    def test_a_hold_keeps_it(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        What a lawsuit needs is not deleted, wherever it is kept.
        """
        emma.responses.create(model="echo", input="Hello", store=True)
        row, tenant = rows(company)[-1], TenantId(company.tenant.id)
        holds = company.gateway.rights.holds
        hold = holds.add(
            tenant, None, part=CONTENT, matter="suit", by="operator:test", note=lambda: None
        )
        _change(company, expires_at=company.gateway.clock.now() - timedelta(days=31))
        company.gateway.rights.stored_expiry.run(tenant)
        holds.release(tenant, hold.id, "operator:test", lambda: None)

        assert row.upstream_id in upstream.kept
        assert rows(company)[-1].id == row.id

        company.gateway.rights.stored_expiry.run(tenant)

        assert row.upstream_id not in upstream.kept

    def test_one_that_never_ends(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        After a day it is stopped, and one that nobody fetched is counted; each has one end.
        """
        endless = emma.responses.create(model="never", input="Hello", background=True)
        emma.responses.create(model="echo", input="Hello", background=True)
        for _ in range(2):
            upstream.look_at(rows(company)[-1].upstream_id)
        _change(company, created_at=company.gateway.clock.now() - timedelta(days=2))
        before, tenant = len(company.entries()), TenantId(company.tenant.id)
        expiry = company.gateway.rights.stored_expiry

        assert expiry.run(tenant) == 2
        assert expiry.run(tenant) == 0
        ends = company.entries()[before:]
        told = [(item["params"]["state"], item["params"]["output_tokens"]) for item in ends]
        assert {item["status"] for item in ends} == {"response.unfetched"}
        assert told == [("cancelled", 0), ("completed", 7)]
        assert emma.responses.retrieve(endless.id).status == "cancelled"
        assert company.entries()[-1]["usage"]["output_tokens"] == 0


def _change(made: Installation, **values: Any) -> None:
    """Change what is noted of everything that is kept."""
    with made.gateway.database.tenant_session(TenantId(made.tenant.id), write=True) as session:
        session.execute(update(StoredResponse).values(**values))


def _move_away(made: Installation, row: StoredResponse) -> None:
    """As if the model that gave an answer were no longer configured."""
    with made.gateway.database.tenant_session(TenantId(made.tenant.id), write=True) as session:
        gone = update(StoredResponse).where(StoredResponse.id == row.id)
        session.execute(gone.values(alias="gone"))
