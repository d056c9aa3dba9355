"""What is promised of pseudonyms holds in each API: the same bytes each time, and surrogates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId
from gateway.db.parameters import ParameterValue
from tests.factories import UPSTREAM_KEY, an_installation
from tests.samples.chat import ChatSample
from tests.samples.generate_content import GenerateContentSample
from tests.samples.messages import MessagesSample
from tests.samples.responses import ResponsesSample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories import Installation
    from tests.samples.sample import Sample
    from tests.simulators.upstream import Upstream

MAIL, IBAN = "jane.doe@customer.example", "DE89 3704 0044 0532 0130 00"
TEXT = f"Write to Jane Doe, {MAIL}, about {IBAN}; she knows 'why' & \"how\"."
PLACEHOLDER, SURROGATE = "placeholder", "surrogate"

SAMPLES: list[Any] = [
    pytest.param(sample, stream, id=f"{sample.route}-{wire}-{'stream' if stream else 'plain'}")
    for sample, wire, forms in (
        (ChatSample(), "openai", (False, True)),
        (MessagesSample("", "anthropic"), "anthropic", (False, True)),
        (MessagesSample("", "openai"), "openai", (False, True)),
        (ResponsesSample("openai"), "openai", (False, True)),
        (ResponsesSample("anthropic"), "anthropic", (False, True)),
        (GenerateContentSample("v1beta", "gemini", stream=False), "gemini", (False,)),
        (GenerateContentSample("v1beta", "gemini", stream=True), "gemini", (True,)),
        (GenerateContentSample("v1", "openai", stream=True), "openai", (True,)),
    )
    for stream in forms
]
"""Every API of conversations, on a provider that speaks it and on one that does not."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Installation]:
    """A gateway with a provider for each wire; ``echo`` is whichever a test asks for."""
    providers = {}
    for wire in ("openai", "anthropic", "gemini"):
        base = upstream.base_url if wire == "openai" else upstream.base_url.removesuffix("/v1")
        providers[wire] = {
            "wire": wire, "base_url": base, "region": "eu", "transfer": "none_needed",
            "tier": "openai/api-default", "api_key": UPSTREAM_KEY,
        }  # fmt: skip
    models = {wire: {"provider": wire, "upstream": "echo"} for wire in providers}
    folder = tmp_path_factory.mktemp("alike")
    made = an_installation(folder, upstream.base_url, providers=providers, models=models)
    yield made
    made.close()


def keys(company: Installation) -> dict[str, str]:
    """A key of somebody in each style: the organisation's own, and one of another's."""
    found = {PLACEHOLDER: company.key_for()}
    tenant = company.add_tenant(f"disguised-{len(company.entries())}-{id(found)}")
    mine, company.tenant = company.tenant, tenant
    company.review("openai/api-default")
    company.tenant = mine
    where = TenantId(tenant.id)
    with company.gateway.database.tenant_session(where, write=True) as session:
        session.add(
            ParameterValue(
                tenant_id=where, group="", name="ip_06_style", value=SURROGATE, exempt=False,
                set_at=SystemClock().now(), set_by="test",
            )
        )  # fmt: skip
    found[SURROGATE] = company.key_for("ann@disguised.example", tenant=tenant)
    return found


def ask(company: Installation, sample: Sample, key: str, text: str, *, stream: bool) -> Any:
    """The answer to a request of this sample."""
    model = str(sample.provider["wire"])
    given = sample.request(model, text, stream=stream)
    headers = {"Authorization": f"Bearer {key}"}
    answer = company.client.post(sample.address.format(model=model), headers=headers, **given)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    answer.get_data()
    return answer


class TestSameBytes:
    @pytest.mark.parametrize("style", [PLACEHOLDER, SURROGATE])
    @pytest.mark.parametrize(("sample", "stream"), SAMPLES)
    def test_equal_requests_leave_as_equal_bytes(
        self, company: Installation, upstream: Upstream, sample: Sample, stream: bool, style: str
    ) -> None:
        """
        A provider's prompt cache, and thoughts it has sealed, need the very same bytes; another
        text leaves as others.
        """
        key = keys(company)[style]
        left = []
        for text in (TEXT, TEXT, f"{TEXT} Today."):
            ask(company, sample, key, text, stream=stream)
            left.append(upstream.raw)

        assert left[0] == left[1]
        assert left[0] != left[2]
        assert MAIL.encode() not in left[0]


class TestSurrogates:
    @pytest.mark.parametrize(("sample", "stream"), SAMPLES)
    def test_values_leave_disguised_and_come_back(
        self, company: Installation, upstream: Upstream, sample: Sample, stream: bool
    ) -> None:
        """
        The provider reads an address and an account that are nobody's, and no placeholder; the
        caller reads the own ones.
        """
        answer = ask(company, sample, keys(company)[SURROGATE], TEXT, stream=stream)
        said = sample.said(_named(answer), stream=stream) if _whole(sample) else ""
        sent = json.dumps(json.loads(upstream.raw), ensure_ascii=False)

        assert said in ("", TEXT)
        assert MAIL in answer.get_data(as_text=True).replace("\\", "") or said == TEXT
        for value in (MAIL, IBAN, "Jane", "[EMAIL_ADDRESS_1]", "[IBAN_CODE_1]"):
            assert value not in sent
        assert "Write to" in sent
        assert "@" in sent


def _whole(_sample: Sample) -> bool:
    return True


def _named(answer: Any) -> Any:
    return answer
