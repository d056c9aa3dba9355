"""What a provider begins to keep for somebody who is just being erased stays at no provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from gateway.core.identifiers import TenantId
from gateway.db import stored_responses
from gateway.pep import upstream as calling
from tests.storing import client_for, rows

if TYPE_CHECKING:
    from gateway.core.identifiers import PrincipalId
    from gateway.db.stored_responses import StoredResponse
    from gateway.retention.erase import Certificate
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


def _erase(company: Installation, email: str) -> Certificate:
    tenant = TenantId(company.tenant.id)
    return company.gateway.rights.erasure.erase(tenant, company.person(email), "operator:x")


def _of(company: Installation, person: PrincipalId) -> list[StoredResponse]:
    with company.gateway.database.tenant_session(TenantId(company.tenant.id)) as session:
        return stored_responses.of_principal(session, person)


@pytest.mark.parametrize("form", ["plain", "stream", "background"])
def test_an_answer_noted_after_the_erasure_goes(
    company: Installation, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """
    No certificate lists it. The request fails, and the job has the provider delete the answer.
    """
    email, tenant = f"{form}@acme.example", TenantId(company.tenant.id)
    client, kept, erased = client_for(company, email), dict(upstream.kept), []
    for name in ("whole", "streamed"):
        real = getattr(calling, name)

        def meanwhile(*asked: Any, real: Any = real) -> Any:
            answer = real(*asked)
            erased.append(_erase(company, email))
            return answer

        monkeypatch.setattr(calling, name, meanwhile)
    person = company.person(email)
    how: dict[str, Any] = {} if form == "plain" else {form: True}
    try:
        told = client.responses.create(model="echo", input="Hello", store=True, **how)
        said = [event.type for event in told] if form == "stream" else ["no error"]
    except openai.APIError:
        said = []
    ends = [item["status"] for item in company.entries() if item["kind"] == "outcome"]
    company.gateway.rights.stored_expiry.run(tenant)

    assert len(erased) == 1
    assert not {"no error", "response.completed"} & set(said)
    assert ends[-1] == "failed"
    assert upstream.kept == kept
    assert company.entries()[-1]["status"] == "response.expired"
    assert company.entries()[-1]["params"]["deleted"] is True
    assert _of(company, person) == []


def test_an_answer_noted_during_the_erasure_is_on_its_certificate(
    company: Installation, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Begun after the answers were read and before they were taken out: deleted and listed too.
    """
    email, erasure = "during@acme.example", company.gateway.rights.erasure
    client, kept, take_out = client_for(company, email), dict(upstream.kept), erasure._take_out
    begun: list[str] = []

    def meanwhile(*asked: Any) -> Any:
        client.responses.create(model="echo", input="Hello", store=True)
        begun.extend(row.upstream_id for row in rows(company, email))
        return take_out(*asked)

    monkeypatch.setattr(erasure, "_take_out", meanwhile)
    done = _erase(company, email)

    listed = [(it["id"], it["deleted"]) for it in done.provider_objects if "deleted" in it]
    assert listed == [(begun[0], "yes")]
    assert upstream.kept == kept
