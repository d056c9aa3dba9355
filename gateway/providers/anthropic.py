"""Anthropic's Messages API behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.providers.anthropic_answer import completion
from gateway.providers.anthropic_request import translate
from gateway.providers.anthropic_stream import MessageChunks
from gateway.providers.calls import (
    USER_AGENT,
    StreamedAnswer,
    WholeAnswer,
    child,
    json_object,
    rejection,
)

if TYPE_CHECKING:
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Clock, Deadline
    from gateway.providers.http import Door, Reply

API_VERSION = "2023-06-01"


class AnthropicProvider:
    """An upstream that speaks Messages; `gateway.pep.ports.Provider`."""

    def __init__(self, door: Door, clock: Clock) -> None:
        """Calls go out through `door`; `clock` says when an answer was made, as Messages do not."""
        self._door = door
        self._clock = clock

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: `body` asks for what Messages cannot do; nothing was sent.
        """
        reply = self._send(model, body, deadline, "application/json")
        document = completion(json_object(reply.read()), self._created())
        return WholeAnswer(reply.status, _request_id(reply), document)

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: as `generate`.
        """
        reply = self._send(model, body, deadline, "text/event-stream")
        wants_usage = bool(child(body, "stream_options").get("include_usage"))
        chunks = MessageChunks(self._created(), wants_usage=wants_usage)
        return StreamedAnswer(reply, _request_id(reply), chunks.read)

    def _send(
        self, model: ModelEntry, body: dict[str, Any], deadline: Deadline, accept: str
    ) -> Reply:
        """Send the request under headers of our own; none of the caller's go along."""
        provider = model.provider
        headers = {
            "Content-Type": "application/json",
            "Accept": accept,
            "User-Agent": USER_AGENT,
            "anthropic-version": API_VERSION,
        }
        if provider.api_key:
            headers["x-api-key"] = provider.api_key
        request = orjson.dumps(translate(body, model.upstream))
        reply = self._door.post(f"{provider.base_url}/v1/messages", headers, request, deadline)
        if reply.status != 200:
            raise rejection(reply, provider.api_key)
        return reply

    def _created(self) -> int:
        return int(self._clock.now().timestamp())


def _request_id(reply: Reply) -> str:
    return reply.headers.get("request-id", "")
