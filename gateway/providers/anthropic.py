"""Anthropic's Messages API behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.providers.anthropic_answer import completion
from gateway.providers.anthropic_request import translate
from gateway.providers.anthropic_stream import MessageChunks
from gateway.providers.calls import (
    NONE,
    USER_AGENT,
    StreamedAnswer,
    WholeAnswer,
    child,
    json_object,
    native_events,
    rejection,
)
from gateway.providers.told import identifier, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.call import NativeCall
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Clock, Deadline
    from gateway.providers.http import Door, Reply

API_VERSION = "2023-06-01"


_MESSAGES = "/v1/messages"
_JSON, _EVENTS = "application/json", "text/event-stream"


class AnthropicProvider:
    """An upstream that speaks Messages; `gateway.pep.ports.Provider`."""

    natives = frozenset({"count_tokens", "messages"})

    def __init__(self, door: Door, clock: Clock) -> None:
        """Calls go out through `door`; `clock` says when an answer was made, as Messages do not."""
        self._door = door
        self._clock = clock

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: `body` asks for what Messages cannot do; nothing was sent.
        """
        reply = self._send(model, _MESSAGES, translate(body, model.upstream), deadline, _JSON)
        document = completion(json_object(reply.read()), self._created())
        return WholeAnswer(reply.status, _request_id(reply), document, told(reply.headers))

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: as `generate`.
        """
        reply = self._send(model, _MESSAGES, translate(body, model.upstream), deadline, _EVENTS)
        wants_usage = bool(child(body, "stream_options").get("include_usage"))
        chunks = MessageChunks(self._created(), wants_usage=wants_usage)
        return StreamedAnswer(reply, _request_id(reply), chunks.read)

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(call.model, call.path, call.body, call.deadline, _JSON, call.headers)
        document = json_object(reply.read())
        return WholeAnswer(reply.status, _request_id(reply), document, told(reply.headers))

    def native_stream(self, call: NativeCall) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(call.model, call.path, call.body, call.deadline, _EVENTS, call.headers)
        return StreamedAnswer(reply, _request_id(reply), lambda it: native_events(it, call))

    def _send(
        self,
        model: ModelEntry,
        path: str,
        body: dict[str, Any],
        deadline: Deadline,
        accept: str,
        passed_on: Mapping[str, str] = NONE,
    ) -> Reply:
        """Send the request under headers of our own, and those of the caller that are `passed_on`.

        The version and the betas a caller asks for go along byte for byte: they belong to fields
        of the body (Claude gateway protocol, points 1 and 4).
        """
        provider = model.provider
        headers = {
            "Content-Type": "application/json",
            "Accept": accept,
            "User-Agent": USER_AGENT,
            "anthropic-version": API_VERSION,
        }
        headers.update(passed_on)
        if provider.api_key:
            headers["x-api-key"] = provider.api_key
        reply = self._door.post(provider.base_url + path, headers, orjson.dumps(body), deadline)
        if reply.status != 200:
            raise rejection(reply, provider.api_key)
        return reply

    def _created(self) -> int:
        return int(self._clock.now().timestamp())


def _request_id(reply: Reply) -> str:
    return identifier(reply.headers, "request-id")
