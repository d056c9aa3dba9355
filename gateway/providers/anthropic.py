"""Anthropic's Messages API behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.anthropic_request import translate
from gateway.providers.calls import (
    USER_AGENT,
    StreamedAnswer,
    WholeAnswer,
    json_object,
    rejection,
)
from gateway.providers.sse import EventParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Door, Reply

API_VERSION = "2023-06-01"
_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


class AnthropicProvider:
    """An upstream that speaks Messages; `gateway.pep.ports.Provider`."""

    def __init__(self, door: Door) -> None:
        """Calls go out through `door`."""
        self._door = door

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`."""
        reply = self._send(model, body, deadline)
        document = _completion(json_object(reply.read()))
        return WholeAnswer(reply.status, reply.headers.get("request-id", ""), document)

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`."""
        wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        reply = self._send(model, body, deadline)
        if "text/event-stream" not in reply.headers.get("content-type", ""):
            reply.close()
            raise ProviderGarbage("It did not answer with a stream.")
        request_id = reply.headers.get("request-id", "")
        return StreamedAnswer(
            reply, request_id, lambda answer: _Chunks(wants_usage=wants_usage).read(answer)
        )

    def _send(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> Reply:
        provider = model.provider
        headers = {
            "Content-Type": "application/json",
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


def _completion(message: dict[str, Any]) -> dict[str, Any]:
    """A ``chat.completion`` that says what the message says."""
    blocks = message.get("content")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise ProviderGarbage
    said: dict[str, Any] = {
        "role": "assistant",
        "content": _joined(blocks, "text", "text"),
        "refusal": None,
    }
    thought = _joined(blocks, "thinking", "thinking")
    if thought is not None:
        said["reasoning_content"] = thought
    calls = [_tool_call(block) for block in blocks if block.get("type") == "tool_use"]
    if calls:
        said["tool_calls"] = calls
    reason = _REASONS.get(str(message.get("stop_reason")), "stop")
    return {
        "id": message.get("id", ""),
        "object": "chat.completion",
        "created": 0,
        "model": message.get("model", ""),
        "choices": [{"index": 0, "message": said, "finish_reason": reason, "logprobs": None}],
        "usage": _usage(message.get("usage") or {}),
    }


def _joined(blocks: list[dict[str, Any]], kind: str, key: str) -> str | None:
    pieces = [str(block.get(key, "")) for block in blocks if block.get("type") == kind]
    return "".join(pieces) if pieces else None


def _tool_call(block: dict[str, Any]) -> dict[str, Any]:
    arguments = orjson.dumps(block.get("input") or {}).decode()
    return {
        "id": block.get("id"),
        "type": "function",
        "function": {"name": block.get("name"), "arguments": arguments},
    }


def _usage(usage: dict[str, Any]) -> dict[str, int]:
    given = sum(
        int(usage.get(name) or 0)
        for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    )
    made = int(usage.get("output_tokens") or 0)
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


class _Chunks:
    """Turns the events of one message into chat chunks."""

    def __init__(self, *, wants_usage: bool) -> None:
        self._wants_usage = wants_usage
        self._frame: dict[str, Any] = {
            "id": "", "object": "chat.completion.chunk", "created": 0, "model": "",
        }  # fmt: skip
        self._usage: dict[str, Any] = {}
        self._calls: dict[int, int] = {}
        self._finished = False

    def read(self, reply: Reply) -> Iterator[dict[str, Any]]:
        """The chunks until the message stops; a stream that ends before was cut."""
        parser = EventParser()
        for piece in reply.pieces():
            for event in parser.feed(piece):
                yield from self._event(json_object(event.data))
        for event in parser.end():
            yield from self._event(json_object(event.data))
        if not self._finished:
            raise ProviderCut

    def _event(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        kind = event.get("type")
        if kind == "message_start":
            message = event.get("message") or {}
            self._frame |= {"id": message.get("id", ""), "model": message.get("model", "")}
            self._usage |= message.get("usage") or {}
            yield self._chunk({"role": "assistant", "content": ""})
        elif kind == "content_block_start":
            yield from self._block_start(event)
        elif kind == "content_block_delta":
            yield from self._block_delta(event)
        elif kind == "message_delta":
            self._usage |= event.get("usage") or {}
            reason = (event.get("delta") or {}).get("stop_reason")
            if reason is not None:
                yield self._chunk({}, _REASONS.get(str(reason), "stop"))
        elif kind == "message_stop":
            self._finished = True
            if self._wants_usage:
                yield {**self._frame, "choices": [], "usage": _usage(self._usage)}
        elif kind == "error":
            raise ProviderError("It reported an error in the middle of its answer.")

    def _block_start(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        block = event.get("content_block") or {}
        if block.get("type") == "text" and block.get("text"):
            yield self._chunk({"content": block["text"]})
        if block.get("type") != "tool_use":
            return
        index = self._calls.setdefault(int(event.get("index", 0)), len(self._calls))
        function = {"name": block.get("name"), "arguments": ""}
        call = {"index": index, "id": block.get("id"), "type": "function", "function": function}
        yield self._chunk({"tool_calls": [call]})

    def _block_delta(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        delta = event.get("delta") or {}
        kind = delta.get("type")
        if kind == "text_delta":
            yield self._chunk({"content": str(delta.get("text", ""))})
        elif kind == "thinking_delta":
            yield self._chunk({"reasoning_content": str(delta.get("thinking", ""))})
        elif kind == "input_json_delta":
            index = self._calls.get(int(event.get("index", 0)))
            if index is None:
                raise ProviderGarbage
            part = {"arguments": str(delta.get("partial_json", ""))}
            yield self._chunk({"tool_calls": [{"index": index, "function": part}]})

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {**self._frame, "choices": [choice]}
