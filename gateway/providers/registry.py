"""Which adapter speaks to which model. A new provider is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.catalogue import Wire
from gateway.core.clock import SystemClock
from gateway.providers.anthropic import AnthropicProvider
from gateway.providers.echo import EchoProvider
from gateway.providers.http import Door
from gateway.providers.openai import OpenAIProvider

if TYPE_CHECKING:
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.clock import Clock
    from gateway.sections import LimitSettings, TimeoutSettings

Provider = OpenAIProvider | AnthropicProvider | EchoProvider


class Providers:
    """The adapters for a catalogue, behind one door."""

    def __init__(
        self,
        catalogue: Catalogue,
        timeouts: TimeoutSettings,
        limits: LimitSettings,
        clock: Clock | None = None,
    ) -> None:
        """The hosts of the catalogue's providers are the egress allow-list.

        Raises:
            ConfigurationError: one of their addresses is none.
        """
        clock = clock or SystemClock()
        entries = [model.provider for model in catalogue.models.values()]
        self._door = Door(
            {entry.base_url for entry in entries if entry.wire is not Wire.ECHO},
            connect_seconds=timeouts.connect,
            idle_seconds=timeouts.first_byte,
            pulse_seconds=timeouts.silence,
            answer_bytes=limits.answer_bytes,
            clock=clock,
        )
        self._adapters: dict[Wire, Provider] = {
            Wire.OPENAI: OpenAIProvider(self._door),
            Wire.ANTHROPIC: AnthropicProvider(self._door, clock),
            Wire.ECHO: EchoProvider(),
        }

    def for_model(self, model: ModelEntry) -> Provider:
        """The adapter that speaks the model's wire."""
        return self._adapters[model.provider.wire]

    def close(self) -> None:
        """Close the connections that are kept for reuse."""
        self._door.close()
