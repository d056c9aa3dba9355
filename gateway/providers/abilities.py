"""What each wire can carry of a chat request; the reference page and a test read it."""

from __future__ import annotations

from typing import NamedTuple

from gateway.core.catalogue import Wire
from gateway.providers import (
    anthropic_request,
    bedrock_request,
    cohere_request,
    gemini_request,
    mistral,
)


class Ability(NamedTuple):
    """One wire."""

    parameters: frozenset[str] | None
    """Parameters that are carried; None: the body goes as it is, and the provider judges it."""

    image_addresses: bool
    """Whether images may be given as https addresses, which the provider fetches."""

    strict_tools: bool
    """Whether a function may demand that its arguments fit its schema."""

    tool_choices: frozenset[str]
    """Which of ``none``, ``required`` and ``named`` can be asked for; ``auto`` always can."""


_ALL = frozenset({"none", "required", "named"})

ABILITIES: dict[Wire, Ability] = {
    Wire.OPENAI: Ability(None, True, True, _ALL),
    Wire.AZURE: Ability(None, True, True, _ALL),
    Wire.ANTHROPIC: Ability(anthropic_request.CARRIED, True, True, _ALL),
    Wire.GEMINI: Ability(gemini_request.CARRIED, False, False, _ALL),
    Wire.VERTEX: Ability(gemini_request.CARRIED, False, False, _ALL),
    Wire.BEDROCK: Ability(bedrock_request.CARRIED, False, False, frozenset({"required", "named"})),
    Wire.MISTRAL: Ability(mistral.CARRIED, True, True, _ALL),
    Wire.COHERE: Ability(cohere_request.CARRIED, True, False, frozenset({"none", "required"})),
}
"""Every wire with a provider at its other end."""
