"""A stored answer that policy withholds stays at no provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from gateway.core.identifiers import TenantId
from gateway.retention.holds import CONTENT
from tests.storing import rows

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

SECRET = "Your key is AKIAIOSFODNN7EXAMPLE ok"


def _asked(emma: openai.OpenAI, form: str) -> Any:
    """Ask for an answer that will be withheld, and have it."""
    if form == "stream":
        events = list(emma.responses.create(model="secretive", input="Hi", store=True, stream=True))
        assert events[-1].type == "response.incomplete"
        return
    begun = emma.responses.create(
        model="secretive", input="Hi", store=True, background=form == "background"
    )
    for _ in range(2):
        emma.responses.retrieve(begun.id)


def _withheld(emma: openai.OpenAI, form: str = "plain") -> None:
    if form == "stream":
        _asked(emma, form)
        return
    with pytest.raises(openai.PermissionDeniedError):
        _asked(emma, form)


class TestWithheld:
    @pytest.mark.parametrize("form", ["plain", "stream", "background"])
    def test_the_provider_deletes_it_at_once(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream, form: str
    ) -> None:
        """
        Nobody may have it, so nobody keeps it; that it went stands in the log.
        """
        before, kept, known = len(company.entries()), dict(upstream.kept), len(rows(company))
        _withheld(emma, form)
        entries = company.entries()[before:]
        (told,) = [item for item in entries if item["status"] == "response.withheld"]

        assert upstream.kept == kept
        assert len(rows(company)) == known
        assert told["params"]["deleted"] is True
        assert "withheld" in [item["status"] for item in entries if item["kind"] == "outcome"]
        assert company.verify().intact

    def test_a_provider_that_does_not_is_asked_again(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        From the list of what is past its time; meanwhile nobody finds it.
        """
        with upstream.stubborn():
            _withheld(emma)
            row = rows(company)[-1]
            told = [it for it in company.entries() if it["status"] == "response.withheld"]
            with pytest.raises(openai.NotFoundError):
                emma.responses.retrieve(row.id)

        assert told[-1]["params"]["deleted"] is False
        assert row.labels["data"]["class"] == "restricted"
        assert row.upstream_id in upstream.kept
        assert company.gateway.rights.stored_expiry.run(TenantId(company.tenant.id)) == 1
        assert row.upstream_id not in upstream.kept
        assert row.id not in [item.id for item in rows(company)]
        assert company.entries()[-1]["status"] == "response.expired"

    def test_a_hold_keeps_it(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        What a lawsuit needs is not deleted, withheld or not.
        """
        tenant, holds = TenantId(company.tenant.id), company.gateway.rights.holds
        person = (company.person(), "p_emma")
        hold = holds.add(tenant, person, part=CONTENT, matter="suit", by="t", note=lambda: None)
        _withheld(emma)
        row = rows(company)[-1]
        company.gateway.rights.stored_expiry.run(tenant)
        kept = row.upstream_id in upstream.kept
        holds.release(tenant, hold.id, "t", lambda: None)
        company.gateway.rights.stored_expiry.run(tenant)

        assert kept
        assert row.upstream_id not in upstream.kept

    def test_what_somebody_has_had_stays(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Policy may withhold it later; to fetch it does not destroy it.
        """
        made = emma.responses.create(model="echo", input="Hello", store=True)
        row = rows(company)[-1]
        upstream.spoil(row.upstream_id, SECRET)
        with pytest.raises(openai.PermissionDeniedError):
            emma.responses.retrieve(made.id)

        assert company.entries()[-1]["status"] == "withheld"
        assert row.upstream_id in upstream.kept
        assert rows(company)[-1].id == made.id
