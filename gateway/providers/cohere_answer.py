"""From Cohere's answer, whole or in events, to the chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.calls import SILENCE, child, count, json_object
from gateway.providers.chat_shape import (
    Frame,
    call_of,
    choice,
    completion,
    number_of,
    objects,
    text_of,
    usage,
)
from gateway.providers.sse import EventParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.providers.http import Reply
    from gateway.providers.translating import Asked

_REASONS = {"TOOL_CALL": "tool_calls", "MAX_TOKENS": "length", "ERROR_TOXIC": "content_filter"}
_FAILED = frozenset({"ERROR", "TIMEOUT"})


def finish_reason(theirs: str) -> str:
    """OpenAI's word for why it stopped; a reason we do not know is a plain stop.

    Raises:
        ProviderError: it says that it failed.
    """
    if theirs in _FAILED:
        raise ProviderError("It reported an error in its answer.")
    return _REASONS.get(theirs, "stop")


def whole(document: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A ``chat.completion`` that says what the answer says. A plan of calls is a thought.

    Raises:
        ProviderGarbage: it is no answer.
        ProviderError: it says that it failed.
    """
    if not isinstance(document.get("message"), dict):
        raise ProviderGarbage
    message = child(document, "message")
    plan = text_of(message, "tool_plan")
    text, thought = [], [plan] if plan else []
    for block in objects(message, "content"):
        if block.get("type") == "thinking":
            thought.append(text_of(block, "thinking"))
        else:
            text.append(text_of(block, "text"))
    calls = [
        call_of(text_of(call, "id"), text_of(function, "name"), text_of(function, "arguments"))
        for call in objects(message, "tool_calls")
        for function in (child(call, "function"),)
    ]
    reason = finish_reason(text_of(document, "finish_reason"))
    made = choice(text, thought, calls, reason)
    id_ = text_of(document, "id")
    return completion(id_, asked.model, asked.created, [made], _usage(document))


def chunks(reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed answer, up to its ``message-end``.

    Raises:
        ProviderCut: it ended before.
        ProviderError: it is not what it should be, or says itself that it failed.
    """
    reader, parser = _Reader(asked), EventParser()
    for piece in reply.pieces():
        if not piece:
            yield SILENCE
        for data in parser.feed(piece):
            yield from reader.read(data)
        if reader.ended:
            reply.finish()
            return
    for data in parser.end():
        yield from reader.read(data)
    if not reader.ended:
        raise ProviderCut


class _Reader:
    """What was said so far."""

    def __init__(self, asked: Asked) -> None:
        self.ended = False
        self._frame = Frame(asked.created, asked.model)
        self._wants_usage = asked.wants_usage
        self._calls: dict[int, int] = {}
        self._events = {
            "message-start": self._start,
            "content-start": self._said,
            "content-delta": self._said,
            "tool-plan-delta": self._plan,
            "tool-call-start": self._call,
            "tool-call-delta": self._arguments,
            "message-end": self._end,
        }

    def read(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The chunks for one event; citations and what we do not know say nothing."""
        if self.ended or data == b"[DONE]":
            return iter(())
        event = json_object(data)
        kind = event.get("type")
        read = self._events.get(kind) if isinstance(kind, str) else None
        return read(event) if read else iter(())

    def _start(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        self._frame.id = text_of(event, "id")
        yield self._frame.chunk({"role": "assistant", "content": ""})

    def _said(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        content = child(child(child(event, "delta"), "message"), "content")
        if text_of(content, "thinking"):
            yield self._frame.chunk({"reasoning_content": content["thinking"]})
        if text_of(content, "text"):
            yield self._frame.chunk({"content": content["text"]})

    def _plan(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        plan = text_of(child(child(event, "delta"), "message"), "tool_plan")
        if plan:
            yield self._frame.chunk({"reasoning_content": plan})

    def _call(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        index = self._calls.setdefault(number_of(event, "index"), len(self._calls))
        call = _tool_call(event)
        function = child(call, "function")
        made = call_of(
            text_of(call, "id"), text_of(function, "name"), text_of(function, "arguments")
        )
        yield self._frame.chunk({"tool_calls": [{"index": index, **made}]})

    def _arguments(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        number = number_of(event, "index")
        if number not in self._calls:
            raise ProviderGarbage
        text = text_of(child(_tool_call(event), "function"), "arguments")
        if text:
            part = {"index": self._calls[number], "function": {"arguments": text}}
            yield self._frame.chunk({"tool_calls": [part]})

    def _end(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        delta = child(event, "delta")
        if delta.get("error"):
            raise ProviderError("It reported an error in the middle of its answer.")
        reason = finish_reason(text_of(delta, "finish_reason"))
        self.ended = True
        yield self._frame.chunk({}, reason)
        if self._wants_usage:
            yield self._frame.counted(_usage(delta))


def _tool_call(event: dict[str, Any]) -> dict[str, Any]:
    return child(child(child(event, "delta"), "message"), "tool_calls")


def _usage(document: dict[str, Any]) -> dict[str, int]:
    """What was really read and written; what is billed may differ."""
    counts = child(child(document, "usage"), "tokens")
    return usage(count(counts, "input_tokens"), count(counts, "output_tokens"))
