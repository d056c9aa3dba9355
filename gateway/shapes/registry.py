"""Which shapes there are. A new API is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.shapes.audio import SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from gateway.shapes.chat import Chat
from gateway.shapes.generate_content import GenerateContent
from gateway.shapes.images import EDITS, GENERATIONS, VARIATIONS
from gateway.shapes.messages import CountTokens, Messages
from gateway.shapes.videos import CONTENT, CREATE, REMIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.shapes.shape import Shape

CHAT = Chat()
COUNT_TOKENS = CountTokens()
GENERATE_CONTENT = GenerateContent()
MESSAGES = Messages()

_ALL: tuple[Shape, ...] = (
    CHAT,
    CONTENT,
    COUNT_TOKENS,
    CREATE,
    EDITS,
    GENERATE_CONTENT,
    GENERATIONS,
    MESSAGES,
    REMIX,
    SPEECH,
    TRANSCRIPTIONS,
    TRANSLATIONS,
    VARIATIONS,
)
SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in _ALL}
"""Every shape by its name."""
