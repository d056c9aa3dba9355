"""Every door, one path: each route, plain and streamed, in each of the ways a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.web.api import coverage
from gateway.web.api.followed import FOLLOWED
from gateway.web.api.routes import BATCHES, PREFIXES, ROUTES
from tests.factories import UPSTREAM_KEY, an_installation
from tests.samples.registry import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.web.api.coverage import Cell
    from tests.factories import Installation
    from tests.samples.sample import Sample
    from tests.simulators.upstream import Upstream

GOVERNED = ("/v1/", "/v1beta/", "/anthropic/")
ADDRESS = "jane.doe@customer.example"
MODELS = {"deny": "trains", "withhold": "secretive"}
REFUSED = {"deny": "IP-02", "unscanned": "IP-06"}
"""Ways that end before anything leaves, and the rule that says so."""


def _named(cell: Cell, sample: Sample) -> str:
    form = "stream" if cell.stream else "plain"
    return f"{cell.route.path}-{form}-{cell.way}-{sample.provider['wire']}"


CELLS = [
    pytest.param(sample, cell.stream, cell.way, id=_named(cell, sample))
    for cell in coverage.cells(ROUTES)
    for sample in SAMPLES
    if sample.route == cell.route.path
]
_MODELS = ("", "/<path:alias>")
_OWN = ("approvals", "code-of-use", "confirmations", "keys")
BESIDE = frozenset(
    {
        *(("POST", batch.path) for batch in BATCHES),
        *(("GET", f"{prefix}/v1/models{below}") for prefix in PREFIXES for below in _MODELS),
        *(("GET", f"/v1beta/models{below}") for below in _MODELS),
        *((method, f"/v1/{name}") for method in ("GET", "POST") for name in _OWN),
        ("POST", "/v1/files"),
        ("DELETE", "/v1/keys/<key_id>"),
        ("POST", "/v1/rights/lookup"),
        ("GET", "/v1/rights/records/<exchange_id>"),
        ("GET", "/v1/terms"),
        ("GET", "/v1/terms/<path:tier>"),
        ("POST", "/v1/terms/<path:tier>/reviews"),
    }
)
"""Addresses of the API that send nothing to a provider and fetch nothing that was made. The lines
of a batch are exchanges of their own: test_coverage_batches.py."""


@pytest.fixture(scope="module")
def gateways(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Installation]]:
    """A gateway for each wire that a sample's provider speaks, made when it is asked for."""
    made: dict[str, Installation] = {}

    class Made(dict[str, Any]):
        def __missing__(self, wire: str) -> Installation:
            folder = tmp_path_factory.mktemp(wire)
            made[wire] = self[wire] = _gateway(folder, upstream, wire)
            return made[wire]

    yield Made()
    for installation in made.values():
        installation.close()


def _gateway(folder: Any, upstream: Upstream, wire: str) -> Installation:
    base = upstream.base_url if wire == "openai" else upstream.base_url.removesuffix("/v1")
    where = {"wire": wire, "base_url": base, "region": "eu", "transfer": "none_needed"}
    good = {**where, "tier": "openai/api-default", "api_key": UPSTREAM_KEY}
    models: dict[str, Any] = {"echo": {"provider": "sim", "upstream": "echo"}}
    models["trains"] = {"provider": "trainer", "upstream": "echo"}
    models["secretive"] = {"provider": "sim", "upstream": "say:Your key is AKIAIOSFODNN7EXAMPLE ok"}
    providers = {"sim": good, "trainer": {**where, "tier": "google/gemini-api-unpaid"}}
    return an_installation(folder, upstream.base_url, providers=providers, models=models)


def ask(made: Installation, sample: Sample, model: str, text: str, *, stream: bool) -> Any:
    """The answer to a request of this sample."""
    headers = {"Authorization": f"Bearer {made.key_for()}"}
    address = sample.address.format(model=model)
    given = sample.request(model, text, stream=stream)
    return made.client.post(address, headers=headers, **given)


class TestCoverage:
    def test_every_route_has_a_sample(self) -> None:
        """
        A route that nobody asks in a test is a door that nobody watches.
        """
        assert {sample.route for sample in SAMPLES} == {route.path for route in ROUTES}

    def test_no_route_goes_round(self, shared: Installation) -> None:
        """
        Whatever is offered at an address of the API stands in a table, or generates nothing.
        """
        rules = [
            rule for rule in shared.flask.url_map.iter_rules() if rule.rule.startswith(GOVERNED)
        ]
        refused = {rule.rule for rule in rules if rule.endpoint.startswith("ungoverned.")}
        offered = {
            (method, rule.rule)
            for rule in rules
            if rule.rule not in refused
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        generating = {("POST", route.path) for route in ROUTES}
        followed = {(item.method, item.path) for item in FOLLOWED}

        assert offered == generating | followed | BESIDE
        assert not generating & followed
        assert not BESIDE & (generating | followed)

    @pytest.mark.parametrize(("sample", "stream", "way"), CELLS)
    def test_a_cell(
        self,
        sample: Sample,
        stream: bool,
        way: str,
        gateways: dict[str, Installation],
        upstream: Upstream,
    ) -> None:
        """
        The request is allowed, refused or pseudonymised, or its answer withheld; recorded so.
        """
        made = gateways[sample.provider["wire"]]
        before, entries = upstream.count, len(made.entries())
        personal = way in ("pseudonymise", "unscanned")
        text = f"Write to {ADDRESS} please" if personal else "Write to us please"
        answer = ask(made, sample, MODELS.get(way, "echo"), text, stream=stream)
        body = answer.data
        answer.close()
        decision, outcome = made.entries()[entries:]
        sent = upstream.raw if upstream.count > before else b""

        assert decision["effect"] == ("deny" if way in REFUSED else "permit"), decision["decision"]
        assert upstream.count - before == (0 if way in REFUSED else 1)
        assert ADDRESS.encode() not in sent
        assert b"AKIAIOSFODNN7EXAMPLE" not in body
        if way in ("allow", "pseudonymise"):
            assert answer.status_code == 200, body
            assert text in sample.said(answer, stream=stream)
            assert outcome["status"] == "completed"
            replaced = {"EMAIL_ADDRESS": 1} if way == "pseudonymise" else {}
            assert outcome["replaced"] == replaced
            assert answer.headers["x-proviso-decision-id"] == decision["exchange"]
        elif way in REFUSED:
            assert answer.status_code == 403
            assert REFUSED[way] in decision["rules"]
            assert outcome["status"] == "denied"
        else:
            assert sample.withheld(answer, stream=stream), body
            assert outcome["status"] == "withheld"
