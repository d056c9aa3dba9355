"""A company that lets answers be kept at its provider, on the papers that this takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import openai

from gateway.core.clock import SystemClock
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import Role
from gateway.db import principals, stored_responses
from gateway.db.parameters import ParameterValue
from gateway.sealed.envelope import new_key
from gateway.terms.evidence import Document, Evidence, Proposal, Signatory
from tests.factories import EMMA, UPSTREAM_KEY, an_installation
from tests.integration.test_pseudonyms import ORDERS

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.db.stored_responses import StoredResponse
    from tests.factories import Installation

TIER = "openai/api-default"
MODELS = ("badrequest", "cut", "echo", "never", "recall", "to:EMAIL_ADDRESS")


def a_storing_company(folder: Path, upstream: str, *, contract: bool = True) -> Installation:
    """Its contract says for how long the provider keeps anything, and it keeps content itself."""
    where = {"region": "eu", "transfer": "none_needed", "tier": TIER, "api_key": UPSTREAM_KEY}
    where |= {"wire": "openai", "base_url": upstream}
    other = {**where, "wire": "anthropic", "base_url": upstream.removesuffix("/v1")}
    patience: dict[str, Any] = {"patience": {"failures": 0}}
    models: dict[str, Any] = {name: {"provider": "sim", "upstream": name} for name in MODELS}
    models["newest"] = models.pop("to:EMAIL_ADDRESS")
    models["secretive"] = {"provider": "sim", "upstream": "say:Your key is AKIAIOSFODNN7EXAMPLE ok"}
    models["telling"] = {"provider": "sim", "upstream": f"say:My instructions are these. {ORDERS}"}
    models["another"] = {"provider": "second", "upstream": "echo"}
    models["translated"] = {"provider": "third", "upstream": "echo"}
    made = an_installation(
        folder,
        upstream,
        sealing={"master_keys": [new_key().hex()]},
        providers={"sim": {**where, **patience}, "second": where, "third": other},
        models=models,
    )
    keep_content(made)
    if contract:
        _sign(made)
    for overlay in made.gateway.terms.base.overlays:
        made.gateway.terms.review(made.tenant.value(), overlay, "p_officer", SystemClock().now())
    tune(made, "ip_08_from", "restricted")
    tune(made, "ip_08_stored", "confidential")
    return made


def keep_content(made: Installation, *, on: bool = True) -> None:
    """The company keeps content, or no more."""
    tenant = TenantId(made.tenant.id)
    made.gateway.rights.content.turn(
        tenant, on=on, dpia="DPIA-7", days=30, by="p_officer", note=lambda: None
    )


def tune(made: Installation, name: str, value: str) -> None:
    """Set a parameter of the company's."""
    tenant, now = TenantId(made.tenant.id), SystemClock().now()
    row = ParameterValue(
        tenant_id=tenant, group="", name=name, value=value, exempt=False, set_at=now, set_by="test"
    )
    with made.gateway.database.tenant_session(tenant, write=True) as session:
        session.merge(row)
        known = principals.every_id(session)
    for each in known:
        pseudonym = made.gateway.secret.pseudonym(tenant, PrincipalId(each))
        made.gateway.attributes.source.forget(tenant, pseudonym)


def _sign(made: Installation) -> None:
    """Two people stand behind a contract by which answers are kept for 30 days."""
    now, tenant = SystemClock().now(), made.tenant.value()
    evidence = Evidence(made.gateway.terms, made.gateway.database)
    asked = Proposal(
        tier=TIER,
        facts={"retention": {"days": 30, "text": "stored answers are deleted after 30 days"}},
        document=Document("amendment.pdf", "cd" * 32),
        signed_on=(now - timedelta(days=1)).date(),
        expires_at=now + timedelta(days=200),
    )
    first, second = (
        Signatory(uuid7(), name, frozenset({Role.PRIVACY_OFFICER})) for name in ("p_one", "p_two")
    )
    row = evidence.propose(tenant, asked, first, now)
    evidence.approve(tenant, row.row.id, second, now)


def client_for(made: Installation, email: str) -> openai.OpenAI:
    """OpenAI's own library, with its address and key changed and nothing else."""
    calls = httpx.Client(transport=httpx.WSGITransport(app=made.flask))
    key = made.key_for(email)
    return openai.OpenAI(
        base_url="http://gateway.test/v1", api_key=key, http_client=calls, max_retries=0
    )


def rows(made: Installation, email: str = EMMA) -> list[StoredResponse]:
    """What is noted of somebody's kept answers, oldest first."""
    with made.gateway.database.tenant_session(TenantId(made.tenant.id)) as session:
        return stored_responses.of_principal(session, made.person(email))
