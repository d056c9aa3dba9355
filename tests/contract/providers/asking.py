"""Models behind every wire, asked in the chat shape, against the simulated provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.catalogue import (
    AwsKeys,
    Catalogue,
    Cloud,
    ModelEntry,
    ProviderEntry,
    Wire,
)
from gateway.core.clock import Deadline, SystemClock
from gateway.providers.registry import Providers
from gateway.sections import LimitSettings, TimeoutSettings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sk-upstream-secret"
REMOTE = [wire for wire in Wire if wire is not Wire.ECHO]
TRANSLATED = [wire for wire in REMOTE if wire not in (Wire.OPENAI, Wire.AZURE)]
BASES = {Wire.OPENAI: "/v1", Wire.MISTRAL: "/mistral"}
"""Where the simulator speaks a wire, below its host."""

AWS = AwsKeys("AKIASIMULATED", "aws-secret-key", SECRET, "eu-central-1")
KEYLESS = frozenset({Wire.VERTEX, Wire.BEDROCK})


def entry(wire: Wire, host: str, credentials: Path | None = None) -> ProviderEntry:
    """A provider of that wire at `host`, an address without a path."""
    cloud = {
        Wire.AZURE: Cloud(api_version="2024-10-21"),
        Wire.VERTEX: Cloud(
            project="project-1", location="europe-west4", credentials_file=credentials
        ),
        Wire.BEDROCK: Cloud(aws=AWS),
    }
    return ProviderEntry(
        name="sim",
        wire=wire,
        base_url=host + BASES.get(wire, ""),
        tier="t",
        api_key="" if wire in KEYLESS else SECRET,
        cloud=cloud.get(wire, Cloud()),
    )


class Asking:
    """Asks models over one wire."""

    def __init__(self, provider: ProviderEntry, *, seconds: float = 0.4) -> None:
        self.wire = provider.wire
        self._entry = provider
        timeouts = TimeoutSettings(first_byte=seconds, connect=seconds)
        catalogue = Catalogue({"m": self.model("m")})
        self.providers = Providers(catalogue, timeouts, LimitSettings())

    def model(self, upstream: str) -> ModelEntry:
        """A model of that name there."""
        return ModelEntry("m", self._entry, upstream)

    def __call__(
        self,
        upstream: str = "echo",
        text: str = "Hello there",
        *,
        stream: bool = False,
        **more: Any,
    ) -> Any:
        """A whole answer's body, or the list of a stream's chunks."""
        model = self.model(upstream)
        body = {"model": "alias", "messages": [{"role": "user", "content": text}], **more}
        provider, deadline = self.providers.for_model(model), Deadline(SystemClock(), 5)
        if not stream:
            return provider.generate(model, body, deadline).body
        answer = provider.stream(model, {**body, "stream": True}, deadline)
        try:
            return list(answer)
        finally:
            answer.close()


def choices(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every choice of a stream."""
    return [choice for chunk in chunks for choice in chunk["choices"]]
