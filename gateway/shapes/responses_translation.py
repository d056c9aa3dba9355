"""Responses told in the OpenAI chat shape and back, for providers that do not speak them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.shapes.responses_from_chat import ResponseFromChunks, response
from gateway.shapes.responses_to_chat import chat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class ResponsesTranslation:
    """`gateway.shapes.shape.Translation`."""

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`.

        Raises:
            InvalidRequest: `body` asks for what a chat cannot do.
        """
        return chat(body)

    def answer(self, chat: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`."""
        return response(chat)

    def events(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """See `Translation`."""
        return ResponseFromChunks().read(chunks)
