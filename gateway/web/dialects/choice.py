"""Which family a path belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.web.dialects.anthropic import Anthropic
from gateway.web.dialects.gemini import Gemini
from gateway.web.dialects.openai import OpenAI, OpenAIResponses, StoredResponses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.web.dialects.dialect import Dialect

OPENAI = OpenAI()
OPENAI_RESPONSES = OpenAIResponses()
STORED_RESPONSES = StoredResponses()
ANTHROPIC = Anthropic()
GEMINI = Gemini()
PREFIXES: Mapping[str, Dialect] = {
    "/anthropic/": ANTHROPIC,
    "/v1/messages": ANTHROPIC,
    "/v1beta/": GEMINI,
}
"""Families by how a path begins; Gemini's own methods end in ``:generateContent`` and the like."""


def dialect_of(path: str) -> Dialect:
    """The family of APIs that answers at `path`; OpenAI's where no other does."""
    for prefix, dialect in PREFIXES.items():
        if path.startswith(prefix):
            return dialect
    if path.startswith("/v1/models/") and ":" in path:
        return GEMINI
    return OPENAI
