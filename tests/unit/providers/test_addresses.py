"""Where each wire's requests go, and under which credential."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.catalogue import Cloud, ModelEntry, ProviderEntry, Wire
from gateway.core.clock import SystemClock
from gateway.providers.azure import AzureProvider
from gateway.providers.bedrock import BedrockProvider
from gateway.providers.cohere import CohereProvider
from gateway.providers.gemini import GeminiProvider
from gateway.providers.mistral import MistralProvider
from gateway.providers.vertex import VertexProvider
from tests.contract.providers.asking import AWS

BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}]}
NOTHING: Any = None
VERTEX = Cloud(project="project-1", location="europe-west4")
PLACE = "v1/projects/project-1/locations/europe-west4/publishers/google/models"


def model(wire: Wire, upstream: str, cloud: Cloud | None = None) -> ModelEntry:
    """A model at a host of examples."""
    entry = ProviderEntry("p", wire, "https://h.example", "t", "key-1", cloud=cloud or Cloud())
    return ModelEntry("m", entry, upstream)


def address(provider: Any, asked: ModelEntry, *, stream: bool) -> str:
    """Where a chat goes."""
    return str(provider.outgoing(asked, BODY, NOTHING, stream=stream).url)


class TestAddresses:
    @pytest.mark.parametrize(
        ("wire", "upstream", "whole", "streamed"),
        [
            (Wire.GEMINI, "gemini-x", "v1beta/models/gemini-x:generateContent",
             "v1beta/models/gemini-x:streamGenerateContent?alt=sse"),
            (Wire.GEMINI, "models/gemini-x", "v1beta/models/gemini-x:generateContent",
             "v1beta/models/gemini-x:streamGenerateContent?alt=sse"),
            (Wire.VERTEX, "gemini-x", f"{PLACE}/gemini-x:generateContent",
             f"{PLACE}/gemini-x:streamGenerateContent?alt=sse"),
            (Wire.BEDROCK, "eu.amazon.nova-pro-v1:0", "model/eu.amazon.nova-pro-v1%3A0/converse",
             "model/eu.amazon.nova-pro-v1%3A0/converse-stream"),
            (Wire.BEDROCK, "arn:aws:bedrock:eu-central-1:1:prompt/x",
             "model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aprompt%2Fx/converse",
             "model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Aprompt%2Fx/converse-stream"),
            (Wire.MISTRAL, "m", "v1/chat/completions", "v1/chat/completions"),
            (Wire.COHERE, "m", "v2/chat", "v2/chat"),
        ],
    )  # fmt: skip
    def test_plain_and_streamed(self, wire: Wire, upstream: str, whole: str, streamed: str) -> None:
        """
        A model's name is one segment of the path, whatever stands in it.
        """
        clock = SystemClock()
        provider: Any = {
            Wire.GEMINI: GeminiProvider(NOTHING, clock),
            Wire.VERTEX: VertexProvider(NOTHING, clock, {}),
            Wire.BEDROCK: BedrockProvider(NOTHING, clock),
            Wire.MISTRAL: MistralProvider(NOTHING, clock),
            Wire.COHERE: CohereProvider(NOTHING, clock),
        }[wire]
        cloud = {Wire.VERTEX: VERTEX, Wire.BEDROCK: Cloud(aws=AWS)}.get(wire)
        asked = model(wire, upstream, cloud)

        assert address(provider, asked, stream=False) == f"https://h.example/{whole}"
        assert address(provider, asked, stream=True) == f"https://h.example/{streamed}"


class TestAzure:
    def test_a_deployment_in_an_edition(self) -> None:
        """
        The model's name is that of the deployment; the edition stands in the query.
        """
        asked = model(Wire.AZURE, "gpt/x", Cloud(api_version="2024-10-21"))

        assert AzureProvider(NOTHING).address(asked, "/chat/completions") == (
            "https://h.example/openai/deployments/gpt%2Fx/chat/completions?api-version=2024-10-21"
        )

    @pytest.mark.parametrize(
        ("cloud", "headers"),
        [
            (Cloud(), {"api-key": "key-1"}),
            (Cloud(bearer=True), {"Authorization": "Bearer key-1"}),
        ],
    )
    def test_a_key_or_a_token(self, cloud: Cloud, headers: dict[str, str]) -> None:
        """
        A key of the resource, or a token of Entra ID.
        """
        entry = model(Wire.AZURE, "x", cloud).provider

        assert AzureProvider(NOTHING).credentials(entry) == headers
