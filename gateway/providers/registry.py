"""Which adapter speaks to which model. A new provider is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.catalogue import Wire
from gateway.providers.anthropic import AnthropicProvider
from gateway.providers.echo import EchoProvider
from gateway.providers.http import Door
from gateway.providers.openai import OpenAIProvider

if TYPE_CHECKING:
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.settings import LimitSettings, TimeoutSettings

Provider = OpenAIProvider | AnthropicProvider | EchoProvider


class Providers:
    """The adapters for a catalogue, behind one door."""

    def __init__(
        self, catalogue: Catalogue, timeouts: TimeoutSettings, limits: LimitSettings
    ) -> None:
        """The hosts of the catalogue's providers are the egress allow-list."""
        self._door = Door(
            {model.provider.base_url for model in catalogue.models.values()},
            connect_seconds=timeouts.connect,
            idle_seconds=timeouts.first_byte,
            answer_bytes=limits.answer_bytes,
        )
        self._adapters: dict[Wire, Provider] = {
            Wire.OPENAI: OpenAIProvider(self._door),
            Wire.ANTHROPIC: AnthropicProvider(self._door),
            Wire.ECHO: EchoProvider(),
        }

    def for_model(self, model: ModelEntry) -> Provider:
        """The adapter that speaks the model's wire."""
        return self._adapters[model.provider.wire]

    def close(self) -> None:
        """Close the connections that are kept for reuse."""
        self._door.close()
