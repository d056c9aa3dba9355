"""Every door that takes many requests at once: each request can end in each of the ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.sealed.envelope import new_key
from gateway.web.api import coverage
from gateway.web.api.routes import BATCHES
from tests.batching import Door
from tests.factories import UPSTREAM_KEY, an_installation
from tests.integration.test_coverage import ADDRESS, MODELS, REFUSED
from tests.samples.registry import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.web.api.generation import Batched
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

CELLS = [
    pytest.param(batch, way, id=f"{batch.path}-{batch.route.path}-{way}")
    for batch, way in coverage.batch_cells(BATCHES)
]


@pytest.fixture(scope="module")
def made(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A tenant that keeps content."""
    where = {"wire": "openai", "base_url": upstream.base_url, "region": "eu"}
    good = {**where, "transfer": "none_needed", "tier": "openai/api-default"}
    providers = {
        "sim": {**good, "api_key": UPSTREAM_KEY},
        "trainer": {**good, "tier": "google/gemini-api-unpaid"},
    }
    folder, sealing = tmp_path_factory.mktemp("batches"), {"master_keys": [new_key().hex()]}
    installation = an_installation(folder, upstream.base_url, providers=providers, sealing=sealing)
    installation.gateway.rights.content.turn(
        TenantId(installation.tenant.id), on=True, dpia="DPIA-7", days=30, by="p_officer",
        note=lambda: None,
    )  # fmt: skip
    yield installation
    installation.close()


@pytest.mark.parametrize(("batch", "way"), CELLS)
def test_a_cell(batch: Batched, way: str, made: Installation, upstream: Upstream) -> None:
    """
    The request is allowed, refused or pseudonymised, or its answer withheld; recorded so.
    """
    sample = next(item for item in SAMPLES if item.route == batch.route.path)
    text = f"Write to {ADDRESS} please" if way == "pseudonymise" else "Write to us please"
    given = sample.request(MODELS.get(way, "echo"), text, stream=False)["json"]
    before, entries = upstream.count, len(made.entries())
    answer: Any = Door(made, batch).ask(given)
    fresh = made.entries()[entries:]
    decision, outcome = (item for item in fresh if item["kind"] in ("decision", "outcome"))

    assert decision["effect"] == ("deny" if way in REFUSED else "permit"), decision["decision"]
    assert upstream.count - before == (0 if way in REFUSED else 1)
    assert upstream.count == before or ADDRESS.encode() not in upstream.raw
    assert "AKIAIOSFODNN7EXAMPLE" not in json.dumps(answer.json)
    if way in ("allow", "pseudonymise"):
        assert answer.status_code == 200, answer
        assert text in sample.said(answer, stream=False)
        assert outcome["status"] == "completed"
        assert outcome["replaced"] == ({"EMAIL_ADDRESS": 1} if way == "pseudonymise" else {})
    elif way in REFUSED:
        assert answer.status_code == 403
        assert REFUSED[way] in decision["rules"]
        assert outcome["status"] == "denied"
    else:
        assert sample.withheld(answer, stream=False), answer
        assert outcome["status"] == "withheld"
