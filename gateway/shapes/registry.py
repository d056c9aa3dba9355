"""Which shapes there are. A new API is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.shapes.audio import SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from gateway.shapes.chat import Chat
from gateway.shapes.completions import Completions
from gateway.shapes.generate_content import GenerateContent
from gateway.shapes.images import EDITS, GENERATIONS, VARIATIONS
from gateway.shapes.messages import CountTokens, Messages
from gateway.shapes.responses import Responses
from gateway.shapes.stored_responses import BACKGROUND, INPUT, STORED
from gateway.shapes.vectors import Embeddings, Moderations
from gateway.shapes.videos import CONTENT, CREATE, REMIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.shapes.shape import Shape

CHAT = Chat()
COMPLETIONS = Completions()
COUNT_TOKENS = CountTokens()
EMBEDDINGS = Embeddings()
GENERATE_CONTENT = GenerateContent()
MESSAGES = Messages()
MODERATIONS = Moderations()
RESPONSES = Responses()

_ALL: tuple[Shape, ...] = (
    BACKGROUND,
    CHAT,
    COMPLETIONS,
    CONTENT,
    COUNT_TOKENS,
    CREATE,
    EDITS,
    EMBEDDINGS,
    GENERATE_CONTENT,
    GENERATIONS,
    INPUT,
    MESSAGES,
    MODERATIONS,
    REMIX,
    RESPONSES,
    SPEECH,
    STORED,
    TRANSCRIPTIONS,
    TRANSLATIONS,
    VARIATIONS,
)
SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in _ALL}
"""Every shape by its name."""
