"""Which adapter speaks to which model. A new provider is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.catalogue import Wire
from gateway.core.clock import SystemClock
from gateway.errors import ConfigurationError
from gateway.providers.anthropic import AnthropicProvider
from gateway.providers.azure import AzureProvider
from gateway.providers.cohere import CohereProvider
from gateway.providers.echo import EchoProvider
from gateway.providers.gemini import GeminiProvider
from gateway.providers.google_token import service_account
from gateway.providers.http import Door
from gateway.providers.mistral import MistralProvider
from gateway.providers.openai import OpenAIProvider
from gateway.providers.patient import PatientProvider
from gateway.providers.routes import Routes
from gateway.providers.translating import TranslatingProvider
from gateway.providers.vertex import VertexProvider
from gateway.telemetry import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gateway.core.catalogue import Catalogue, ModelEntry, ProviderEntry
    from gateway.core.clock import Clock
    from gateway.providers.google_token import ServiceAccount
    from gateway.sections import LimitSettings, TimeoutSettings

Adapter = OpenAIProvider | AnthropicProvider | TranslatingProvider | EchoProvider


class Providers:
    """The adapters for a catalogue, behind one door."""

    def __init__(
        self,
        catalogue: Catalogue,
        timeouts: TimeoutSettings,
        limits: LimitSettings,
        clock: Clock | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """The hosts of the catalogue's providers are the egress allow-list.

        Raises:
            ConfigurationError: one of their addresses is none, a credentials file cannot be
                used, or what a wire needs is not installed.
        """
        self._clock = clock or SystemClock()
        self._metrics = metrics or Metrics()
        entries = {model.provider.name: model.provider for model in catalogue.models.values()}
        accounts = {
            path: service_account(path)
            for path in sorted(
                {it.cloud.credentials_file for it in entries.values() if it.cloud.credentials_file}
            )
        }
        self._door = Door(
            _addresses(entries.values(), accounts),
            connect_seconds=timeouts.connect,
            idle_seconds=timeouts.first_byte,
            pulse_seconds=timeouts.silence,
            answer_bytes=limits.answer_bytes,
            clock=self._clock,
        )
        self._adapters = self._made({entry.wire for entry in entries.values()}, accounts)
        self._providers = {name: self._patient(entry) for name, entry in entries.items()}

    def for_model(self, model: ModelEntry) -> PatientProvider:
        """The provider that runs the model, whatever wire it speaks."""
        return self._providers[model.provider.name]

    def available(self, model: ModelEntry) -> bool:
        """Whether a call of this model would be sent now, rather than refused as unavailable."""
        return self.for_model(model).routes.available()

    def close(self) -> None:
        """Close the connections that are kept for reuse."""
        self._door.close()

    def _patient(self, entry: ProviderEntry) -> PatientProvider:
        routes = Routes(entry, self._clock)
        return PatientProvider(self._adapters[entry.wire], routes, self._clock, self._metrics)

    def _made(
        self, wires: Iterable[Wire], accounts: Mapping[Path, ServiceAccount]
    ) -> dict[Wire, Adapter]:
        door, clock = self._door, self._clock
        made: dict[Wire, Any] = {
            Wire.OPENAI: lambda: OpenAIProvider(door),
            Wire.AZURE: lambda: AzureProvider(door),
            Wire.ANTHROPIC: lambda: AnthropicProvider(door, clock),
            Wire.GEMINI: lambda: GeminiProvider(door, clock),
            Wire.VERTEX: lambda: VertexProvider(door, clock, accounts),
            Wire.BEDROCK: lambda: _bedrock(door, clock),
            Wire.MISTRAL: lambda: MistralProvider(door, clock),
            Wire.COHERE: lambda: CohereProvider(door, clock),
            Wire.ECHO: EchoProvider,
        }
        return {wire: made[wire]() for wire in sorted(wires)}


def _bedrock(door: Door, clock: Clock) -> TranslatingProvider:
    """Bedrock's adapter; Amazon's signer is large, and an extra.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        from gateway.providers.bedrock import BedrockProvider  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The wire bedrock needs its extra: pip install 'proviso-gateway[bedrock]'."
        ) from error
    return BedrockProvider(door, clock)


def _addresses(
    entries: Iterable[ProviderEntry], accounts: Mapping[Path, ServiceAccount]
) -> set[str]:
    """Everywhere that requests may go."""
    found = {account.token_uri for account in accounts.values()}
    for entry in entries:
        if entry.wire is not Wire.ECHO:
            found |= {entry.base_url, *(other.base_url for other in entry.replicas)}
    return found
