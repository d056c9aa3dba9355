"""Gemini's ``generateContent`` told in the OpenAI chat shape and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.shapes.generate_content_from_chat import ContentFromChunks, content
from gateway.shapes.generate_content_to_chat import chat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class GenerateContentTranslation:
    """`gateway.shapes.shape.Translation`."""

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`.

        Raises:
            InvalidRequest: `body` asks for what a chat cannot do.
        """
        return chat(body)

    def answer(self, chat: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`."""
        return content(chat)

    def events(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """See `Translation`."""
        return ContentFromChunks().read(chunks)
