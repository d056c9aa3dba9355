"""Messages told in the OpenAI chat shape and back, for providers that do not speak them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.shapes.messages_from_chat import MessageFromChunks, message
from gateway.shapes.messages_to_chat import chat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class MessagesTranslation:
    """`gateway.shapes.shape.Translation`."""

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`.

        Raises:
            InvalidRequest: `body` asks for what a chat cannot do.
        """
        return chat(body)

    def answer(self, chat: dict[str, Any]) -> dict[str, Any]:
        """See `Translation`."""
        return message(chat)

    def events(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """See `Translation`."""
        return MessageFromChunks().read(chunks)
