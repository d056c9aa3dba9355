"""What is promised of pseudonyms holds in each API: the same bytes each time, and surrogates."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
TEXT = f"Write to Jane Doe, {MAIL}, about {IBAN}; she knows 'why' & how."
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


@dataclass
class Asked:
    """A gateway with a provider of one wire, and a key of somebody in each style."""

    company: Installation
    keys: dict[str, str]


@pytest.fixture(scope="module")
def asked(
    tmp_path_factory: pytest.TempPathFactory, upstream: Upstream
) -> Iterator[dict[str, Asked]]:
    """A gateway for each wire."""
    made = {}
    for wire in ("openai", "anthropic", "gemini"):
        base = upstream.base_url if wire == "openai" else upstream.base_url.removesuffix("/v1")
        provider = {
            "wire": wire, "base_url": base, "region": "eu", "transfer": "none_needed",
            "tier": "openai/api-default", "api_key": UPSTREAM_KEY,
        }  # fmt: skip
        company = an_installation(
            tmp_path_factory.mktemp(wire),
            upstream.base_url,
            providers={"sim": provider},
            models={"echo": {"provider": "sim", "upstream": "echo"}},
        )
        made[wire] = Asked(company, {PLACEHOLDER: company.key_for(), SURROGATE: disguised(company)})
    yield made
    for item in made.values():
        item.company.close()


def disguised(company: Installation) -> str:
    """A key of an organisation that has chosen surrogates."""
    tenant = company.add_tenant("disguised")
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
    return company.key_for("ann@disguised.example", tenant=tenant)


def ask(asked: dict[str, Asked], sample: Sample, style: str, text: str, *, stream: bool) -> Any:
    """The answer to a request of this sample, in that style."""
    room = asked[sample.provider["wire"]]
    given = sample.request("echo", text, stream=stream)
    headers = {"Authorization": f"Bearer {room.keys[style]}"}
    address = sample.address.format(model="echo")
    answer = room.company.client.post(address, headers=headers, **given)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    answer.get_data()
    answer.close()
    return answer


class TestSameBytes:
    @pytest.mark.parametrize("style", [PLACEHOLDER, SURROGATE])
    @pytest.mark.parametrize(("sample", "stream"), SAMPLES)
    def test_equal_requests_leave_as_equal_bytes(
        self,
        asked: dict[str, Asked],
        upstream: Upstream,
        sample: Sample,
        stream: bool,
        style: str,
    ) -> None:
        """
        A provider's prompt cache, and thoughts it has sealed, need the very same bytes; another
        text leaves as others.
        """
        left = []
        for text in (TEXT, TEXT, f"{TEXT} Today."):
            ask(asked, sample, style, text, stream=stream)
            left.append(upstream.raw)

        assert left[0] == left[1]
        assert left[0] != left[2]
        assert MAIL.encode() not in left[0]


class TestSurrogates:
    @pytest.mark.parametrize(("sample", "stream"), SAMPLES)
    def test_values_leave_disguised_and_come_back(
        self,
        asked: dict[str, Asked],
        upstream: Upstream,
        sample: Sample,
        stream: bool,
    ) -> None:
        """
        The provider reads an address and an account that are nobody's, and no placeholder; the
        caller reads the own ones.
        """
        answer = ask(asked, sample, SURROGATE, TEXT, stream=stream)
        sent = json.dumps(json.loads(upstream.raw), ensure_ascii=False)

        # A provider of another wire is given a list of parts, and says it as it was given.
        assert TEXT in sample.said(answer, stream=stream)
        for value in (MAIL, IBAN, "Jane", "[EMAIL_ADDRESS_1]", "[IBAN_CODE_1]"):
            assert value not in sent
        assert "Write to" in sent
        assert "@" in sent
