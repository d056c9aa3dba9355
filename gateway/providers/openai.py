"""Upstreams that speak OpenAI's chat API: OpenAI itself, vLLM, Ollama, llama.cpp and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers import multipart
from gateway.providers.calls import (
    SILENCE,
    USER_AGENT,
    StreamedAnswer,
    WholeAnswer,
    child,
    count,
    json_object,
    native_events,
    rejection,
    whole_body,
)
from gateway.providers.sse import DONE, EventParser, with_more
from gateway.providers.told import identifier, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.call import Method, NativeCall
    from gateway.core.catalogue import ModelEntry, ProviderEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Door, Reply


CHAT = "/chat/completions"
JSON, EVENTS = "application/json", "text/event-stream"
ID = "x-request-id"


class OpenAIProvider:
    """An OpenAI-shaped upstream; `gateway.pep.ports.Provider`."""

    natives = frozenset(
        {
            "background_response",
            "completions",
            "embeddings",
            "image_edits",
            "image_variations",
            "images",
            "moderations",
            "responses",
            "speech",
            "stored_response",
            "stored_response_input",
            "transcriptions",
            "translations",
            "video_content",
            "video_remix",
            "videos",
        }
    )

    def __init__(self, door: Door) -> None:
        """Calls go out through `door`."""
        self._door = door

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(model, CHAT, {**body, "model": model.upstream}, deadline, JSON)
        document = json_object(reply.read())
        _check(document, "message")
        headers = reply.headers
        return WholeAnswer(reply.status, identifier(headers, ID), document, told(headers))

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(model, CHAT, {**body, "model": model.upstream}, deadline, EVENTS)
        return StreamedAnswer(reply, identifier(reply.headers, ID), _chunks)

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(
            call.model, call.path, call.body, call.deadline, "*/*", method=call.method
        )
        headers = reply.headers
        return WholeAnswer(reply.status, identifier(headers, ID), whole_body(reply), told(headers))

    def native_stream(self, call: NativeCall) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(
            call.model, call.path, call.body, call.deadline, EVENTS, method=call.method
        )
        request_id = identifier(reply.headers, ID)
        return StreamedAnswer(reply, request_id, lambda it: native_events(it, call))

    def _send(
        self,
        model: ModelEntry,
        path: str,
        body: dict[str, Any],
        deadline: Deadline,
        accept: str,
        method: Method = "POST",
    ) -> Reply:
        """Send the request under headers of our own; none of the caller's go along."""
        headers = {
            "Accept": accept,
            "User-Agent": USER_AGENT,
            **self.credentials(model.provider),
        }
        content = b""
        if method == "POST":
            content, headers["Content-Type"] = _encoded(body)
        url = self.address(model, path)
        reply = self._door.request(method, url, headers, content, deadline)
        if reply.status != 200:
            raise rejection(reply, model.provider.api_key)
        return reply

    def address(self, model: ModelEntry, path: str) -> str:
        """Where requests for `path` go."""
        return model.provider.base_url + path

    def credentials(self, provider: ProviderEntry) -> dict[str, str]:
        """The headers that say who we are."""
        return {"Authorization": f"Bearer {provider.api_key}"} if provider.api_key else {}


def _encoded(body: dict[str, Any]) -> tuple[bytes, str]:
    """A body as it leaves, and its content type."""
    return multipart.encoded(body) if multipart.is_form(body) else (orjson.dumps(body), JSON)


def _check(document: dict[str, Any], said: str) -> list[dict[str, Any]]:
    """The choices of an answer or chunk, once they are what the pipeline may rely on.

    `said` names where a choice keeps what the model said: ``message`` or ``delta``.

    Raises:
        ProviderGarbage: they are not.
    """
    whole = said == "message"
    choices = document.get("choices", None if whole else [])
    if not isinstance(choices, list) or (whole and not choices):
        raise ProviderGarbage
    for choice in choices:
        if not isinstance(choice, dict):
            raise ProviderGarbage
        spoken, reason = choice.get(said), choice.get("finish_reason")
        if (
            not (isinstance(spoken, dict) or (spoken is None and not whole))
            or not (reason is None or isinstance(reason, str))
            or not isinstance(choice.get("index", 0), int)
        ):
            raise ProviderGarbage
    if document.get("usage") is not None:
        usage = child(document, "usage")
        count(usage, "prompt_tokens")
        count(usage, "completion_tokens")
    return choices


def _chunks(reply: Reply) -> Iterator[dict[str, Any]]:
    """The chunks up to ``[DONE]``. A stream that just ends was cut, unless it had finished.

    Some servers never send ``[DONE]``; their stream is whole when every choice that spoke has
    given its reason to finish.
    """
    parser = EventParser()
    unfinished: dict[int, bool] = {}
    for piece in reply.pieces():
        if not piece:
            yield SILENCE
        for data, reply.more in with_more(parser.feed(piece)):
            if data == DONE:
                reply.finish()
                return
            yield _chunk(data, unfinished)
    for data in parser.end():
        if data == DONE:
            return
        yield _chunk(data, unfinished)
    if not unfinished or any(unfinished.values()):
        raise ProviderCut


def _chunk(data: bytes, unfinished: dict[int, bool]) -> dict[str, Any]:
    chunk = json_object(data)
    if chunk.get("error"):
        raise ProviderError("It reported an error in the middle of its answer.")
    for choice in _check(chunk, "delta"):
        index = choice.get("index", 0)
        if choice.get("finish_reason") is not None:
            unfinished[index] = False
        elif index not in unfinished:
            unfinished[index] = True
    return chunk
