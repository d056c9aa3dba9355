"""Other vendors' APIs behind the same address: judged, protected, answered and recorded alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import proviso
from tests.factories import an_installation
from tests.integration.test_chat import events, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
SECRET = "sk-upstream-secret"
AWS = {"access_key_id": "AKIA1", "secret_access_key": "aws-own-secret", "region": "eu-central-1"}
WIRES = ["azure", "gemini", "bedrock", "mistral", "cohere"]


def sections(upstream: str) -> dict[str, Any]:
    """Providers of several wires, and models of theirs."""
    host = upstream.removesuffix("/v1")
    common = {
        "tier": "openai/api-default", "region": "eu", "transfer": "none_needed",
        "patience": {"failures": 3},
    }  # fmt: skip
    own: dict[str, dict[str, Any]] = {
        "azure": {"api_key": SECRET, "api_version": "2024-10-21"},
        "bedrock": {"aws": AWS},
        "mistral": {"api_key": SECRET, "base_url": f"{host}/mistral"},
    }
    providers = {
        wire: {"wire": wire, "base_url": host, **common, **own.get(wire, {"api_key": SECRET})}
        for wire in WIRES
    }
    models = {wire: {"provider": wire, "upstream": "echo"} for wire in WIRES}
    models["failing"] = {"provider": "cohere", "upstream": "broken"}
    return {"providers": providers, "models": models}


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway whose models run at several vendors."""
    installation = an_installation(tmp_path, upstream.base_url, **sections(upstream.base_url))
    yield installation
    installation.close()


class TestVendors:
    @pytest.mark.parametrize("wire", WIRES)
    def test_names_leave_as_placeholders_and_come_back(
        self, company: Installation, upstream: Upstream, wire: str
    ) -> None:
        """
        Whatever the wire: the address never reaches the vendor, and stands in the answer.
        """
        key, before = company.key_for(), upstream.count
        whole = company.chat(key, f"Write to {MAIL}", model=wire)
        streamed = company.chat(key, f"Write to {MAIL}", model=wire, stream=True)

        assert whole.status_code == 200, whole.get_data(as_text=True)
        assert whole.json["choices"][0]["message"]["content"] == f"Write to {MAIL}"
        assert text_of(events(streamed)) == f"Write to {MAIL}"
        assert events(streamed)[-1] == "[DONE]"
        assert upstream.count == before + 2
        assert MAIL not in json.dumps(upstream.calls[-2:])
        assert [entry["kind"] for entry in company.entries()] == ["decision", "outcome"] * 2

    @pytest.mark.parametrize("wire", ["gemini", "bedrock", "cohere"])
    def test_what_cannot_be_carried_is_refused_by_name(
        self, company: Installation, upstream: Upstream, wire: str
    ) -> None:
        """
        In OpenAI's shape, with nothing sent and one record.
        """
        before = upstream.count
        answer = company.chat(company.key_for(), model=wire, logit_bias={"7": -100})

        assert answer.status_code == 400
        assert answer.json["error"]["param"] == "logit_bias"
        assert upstream.count == before
        assert [entry["kind"] for entry in company.entries()] == ["decision", "outcome"]


class TestFailing:
    def test_a_vendor_that_keeps_failing_is_left_alone(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        The fourth call is answered at once, and says when to come back.
        """
        key = company.key_for()
        statuses = [company.chat(key, model="failing").status_code for _ in range(3)]
        before = upstream.count
        answer = company.chat(key, model="cohere")
        other = company.chat(key, model="gemini")

        assert statuses == [502, 502, 502]
        assert answer.status_code == 503
        assert answer.json["error"]["code"] == "provider.unavailable"
        assert 1 <= int(answer.headers["retry-after"]) <= 30
        assert answer.headers["x-should-retry"] == "true"
        assert other.status_code == 200
        assert upstream.count == before + 1
        exposed = company.gateway.metrics.expose().decode()
        assert 'proviso_provider_circuit{address="1",provider="cohere"} 2.0' in exposed


class TestCommands:
    def config(self, folder: Path, upstream: Upstream) -> str:
        """A configuration file with those sections."""
        path = folder / "proviso.yaml"
        path.write_text(yaml.safe_dump(sections(upstream.base_url)))
        return str(path)

    def test_what_is_configured(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        Each with its addresses and models, and without its credentials.
        """
        config = self.config(tmp_path, upstream)
        plain = CliRunner().invoke(proviso, ["providers", "list", "--config", config])
        listed = CliRunner().invoke(proviso, ["providers", "list", "--config", config, "--json"])
        rows = {row["name"]: row for row in json.loads(listed.output)}

        assert set(rows) == set(WIRES)
        assert rows["cohere"]["models"] == ["cohere", "failing"]
        assert "address 1: http://127.0.0.1:" in plain.output
        assert "secret" not in plain.output + listed.output

    def test_showing_the_configuration_shows_no_secret(
        self, tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        However deep a credential stands.
        """
        config = self.config(tmp_path, upstream)
        shown = CliRunner().invoke(proviso, ["config", "show", "--config", config])

        assert json.loads(shown.output)["providers"]["bedrock"]["aws"]["region"] == "eu-central-1"
        assert SECRET not in shown.output
        assert "aws-own-secret" not in shown.output
