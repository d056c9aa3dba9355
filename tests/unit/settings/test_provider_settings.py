"""What a provider's section must hold for its wire, and what it must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gateway import settings
from gateway.core.catalogue import Endpoint, Wire
from gateway.documents.providers import _SET
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

AWS = {"access_key_id": "AKIA1", "secret_access_key": "sec", "region": "eu-central-1"}
VERTEX = {
    "base_url": "https://europe-west4-aiplatform.googleapis.com",
    "project": "project-1",
    "location": "europe-west4",
    "credentials_file": "account.json",
}
GOOD: dict[str, dict[str, Any]] = {
    "openai": {"base_url": "https://api.openai.com/v1", "api_key": "k"},
    "azure": {"base_url": "https://n.openai.azure.com", "api_version": "2024-10-21"},
    "anthropic": {"base_url": "https://api.anthropic.com"},
    "gemini": {"base_url": "https://generativelanguage.googleapis.com"},
    "vertex": VERTEX,
    "bedrock": {"base_url": "https://bedrock-runtime.eu-central-1.amazonaws.com", "aws": AWS},
    "mistral": {"base_url": "https://api.mistral.ai"},
    "cohere": {"base_url": "https://api.cohere.com"},
    "echo": {},
}


def loaded(tmp_path: Path, wire: str, **changes: Any) -> settings.Settings:
    """The settings with one provider of that wire."""
    section = {"wire": wire, "tier": "t/x", **GOOD[wire], **changes}
    section = {key: value for key, value in section.items() if value is not None}
    path = tmp_path / "proviso.yaml"
    model = {"provider": "p", "upstream": "u"}
    path.write_text(yaml.safe_dump({"providers": {"p": section}, "models": {"m": model}}))
    return settings.load(path, {})


class TestWires:
    @pytest.mark.parametrize("wire", list(Wire))
    def test_each_has_a_section_that_will_do(self, tmp_path: Path, wire: Wire) -> None:
        """
        And the catalogue holds it.
        """
        entry = loaded(tmp_path, wire.value).catalogue().models["m"].provider

        assert entry.wire is wire

    @pytest.mark.parametrize(
        ("wire", "changes", "named"),
        [
            ("azure", {"api_version": None}, "api_version"),
            ("azure", {"api_version": "latest"}, "api_version"),
            ("openai", {"api_version": "2024-10-21"}, "api_version"),
            ("openai", {"credential": "bearer"}, "credential"),
            ("openai", {"base_url": None}, "base_url"),
            ("openai", {"base_url": "https://x.example/v1?key=1"}, "base_url"),
            ("openai", {"replicas": [{"base_url": "x.example"}]}, "replicas.0.base_url"),
            ("vertex", {"project": None}, "project"),
            ("vertex", {"credentials_file": None}, "credentials_file"),
            ("vertex", {"location": "us-central1"}, "location"),
            ("vertex", {"location": "global"}, "location"),
            ("vertex", {"api_key": "k"}, "api_key"),
            ("bedrock", {"aws": None}, "aws"),
            ("bedrock", {"aws": {**AWS, "region": "Frankfurt"}}, "aws.region"),
            ("bedrock", {"replicas": [{"api_key": "k"}]}, "api_key"),
            ("gemini", {"project": "p"}, "project"),
            ("cohere", {"aws": AWS}, "aws"),
            ("cohere", {"patience": {"retries": 50}}, "patience.retries"),
        ],
    )
    def test_a_setting_that_is_missing_or_idle_stops_the_start(
        self, tmp_path: Path, wire: str, changes: dict[str, Any], named: str
    ) -> None:
        """
        Who sets what the wire does not use relies on it; the message names it.
        """
        with pytest.raises(ConfigurationError) as refusal:
            loaded(tmp_path, wire, **changes)

        assert f"providers.p.{named}" in refusal.value.message

    def test_the_usual_tiers_are_in_the_registry(self) -> None:
        """
        The reference names tiers that have terms.
        """
        from gateway.terms import editions

        folder = settings.Path(editions.__file__).parent / "base" / "provider-terms.yaml"
        known = yaml.safe_load(folder.read_text())["tiers"]

        assert {tier.strip("`") for *_, tier in _SET.values()} <= set(known)


class TestValues:
    def test_replicas_share_the_address_unless_they_say_another(self, tmp_path: Path) -> None:
        """
        More keys of one address, and more addresses.
        """
        replicas = [{"api_key": "k2"}, {"base_url": "https://eu.example/v1/", "api_key": "k3"}]
        entry = loaded(tmp_path, "openai", replicas=replicas).catalogue().models["m"].provider

        assert entry.replicas == (
            Endpoint("https://api.openai.com/v1", "k2"),
            Endpoint("https://eu.example/v1", "k3"),
        )

    def test_credentials_are_never_in_a_repr(self, tmp_path: Path) -> None:
        """
        Not even in one of a part.
        """
        replicas = [{"api_key": "k2-secret"}]
        aws = {**AWS, "secret_access_key": "aws-secret", "session_token": "token-secret"}
        openai = loaded(tmp_path, "openai", api_key="k1-secret", replicas=replicas)
        bedrock = loaded(tmp_path, "bedrock", aws=aws)
        for found in (openai, bedrock):
            provider = found.catalogue().models["m"].provider
            shown = f"{found!r} {provider!r} {provider.replicas!r} {provider.cloud!r}"

            assert "secret" not in shown.replace("proviso.secret", "").replace(
                "secret_file", ""
            ).replace("secret_access_key", "")

    def test_the_key_file_is_beside_the_configuration(self, tmp_path: Path) -> None:
        """
        Relative paths are relative to the file, wherever the command is started.
        """
        entry = loaded(tmp_path, "vertex").catalogue().models["m"].provider

        assert entry.cloud.credentials_file == tmp_path / "account.json"
