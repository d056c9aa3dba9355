"""Every door, one path: each route, plain and streamed, in each of the ways a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.web.api.routes import ROUTES
from tests.factories import UPSTREAM_KEY, an_installation
from tests.samples.registry import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories import Installation
    from tests.samples.sample import Sample
    from tests.simulators.upstream import Upstream

ADDRESS = "jane.doe@customer.example"
MODELS = {"allow": "echo", "deny": "trains", "pseudonymise": "echo", "withhold": "secretive"}
BY_ROUTE = {sample.route: sample for sample in SAMPLES}
CELLS = [
    pytest.param(BY_ROUTE.get(route.path), stream, way, id=f"{route.path}-{stream}-{way}")
    for route in ROUTES
    for stream, offered in ((False, route.plain), (True, route.streams))
    if offered
    for way in route.ways
]


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
        assert set(BY_ROUTE) == {route.path for route in ROUTES}

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
        The request is allowed, denied, pseudonymised or its answer withheld, and recorded so.
        """
        made = gateways[sample.provider["wire"]]
        before, entries = upstream.count, len(made.entries())
        text = f"Write to {ADDRESS} please" if way == "pseudonymise" else "Write to us please"
        answer = ask(made, sample, MODELS[way], text, stream=stream)
        body = answer.data
        answer.close()
        decision, outcome = made.entries()[entries:]
        sent = upstream.raw if upstream.count > before else b""

        assert decision["effect"] == ("deny" if way == "deny" else "permit")
        assert upstream.count - before == (0 if way == "deny" else 1)
        assert ADDRESS.encode() not in sent
        assert b"AKIAIOSFODNN7EXAMPLE" not in body
        if way in ("allow", "pseudonymise"):
            assert answer.status_code == 200, body
            assert text in sample.said(answer, stream=stream)
            assert outcome["status"] == "completed"
            replaced = {"EMAIL_ADDRESS": 1} if way == "pseudonymise" else {}
            assert outcome["replaced"] == replaced
            assert answer.headers["x-proviso-decision-id"] == decision["exchange"]
        elif way == "deny":
            assert answer.status_code == 403
            assert outcome["status"] == "denied"
        else:
            assert sample.withheld(answer, stream=stream), body
            assert outcome["status"] == "withheld"
