"""From the events of a streamed message to ``chat.completion.chunk`` objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.anthropic_answer import finish_reason, text_of, usage_of
from gateway.providers.calls import SILENCE, child, json_object
from gateway.providers.sse import EventParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.providers.http import Reply


class MessageChunks:
    """Turns the events of one message into chat chunks."""

    def __init__(self, created: int, *, wants_usage: bool) -> None:
        """`created` is in seconds since 1970; usage is a chunk of its own, when it is wanted."""
        self._wants_usage = wants_usage
        self._frame: dict[str, Any] = {
            "id": "", "object": "chat.completion.chunk", "created": created, "model": "",
        }  # fmt: skip
        self._usage: dict[str, Any] = {}
        self._calls: dict[int, int] = {}
        self._unsaid: dict[int, str] = {}
        self._reasoned = False
        self._finished = False
        self._kinds = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }

    def read(self, reply: Reply) -> Iterator[dict[str, Any]]:
        """The chunks until the message stops.

        Raises:
            ProviderCut: it ended before.
            ProviderError: it is not what it should be, or says itself that it failed.
        """
        parser = EventParser()
        for piece in reply.pieces():
            if not piece:
                yield SILENCE
            for data in parser.feed(piece):
                yield from self._event(json_object(data))
            if self._finished:
                reply.finish()
                return
        for data in parser.end():
            yield from self._event(json_object(data))
        if not self._finished:
            raise ProviderCut

    def _event(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The chunks for one event; ``ping`` and what we do not know say nothing."""
        kind = event.get("type")
        if kind == "error":
            raise ProviderError("It reported an error in the middle of its answer.")
        read = self._kinds.get(kind) if isinstance(kind, str) else None
        return read(event) if read else iter(())

    def _message_start(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        message = child(event, "message")
        self._frame |= {name: text_of(message, name) for name in ("id", "model")}
        self._note_usage(message)
        yield self._chunk({"role": "assistant", "content": ""})

    def _message_delta(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        self._note_usage(event)
        reason = child(event, "delta").get("stop_reason")
        if reason is not None:
            self._reasoned = True
            yield self._chunk({}, finish_reason(reason))

    def _message_stop(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if not self._reasoned:
            raise ProviderGarbage("It stopped without saying why.")
        self._finished = True
        if self._wants_usage:
            yield {**self._frame, "choices": [], "usage": usage_of(self._usage)}

    def _block_start(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        block = child(event, "content_block")
        if block.get("type") == "text" and block.get("text"):
            yield self._chunk({"content": text_of(block, "text")})
        if block.get("type") != "tool_use":
            return
        number = _number(event)
        index = self._calls.setdefault(number, len(self._calls))
        # What nobody says in pieces is said at the end: arguments must be JSON, so at least {}.
        self._unsaid[number] = orjson.dumps(child(block, "input")).decode()
        function = {"name": text_of(block, "name"), "arguments": ""}
        call = {
            "index": index, "id": text_of(block, "id"), "type": "function", "function": function,
        }  # fmt: skip
        yield self._chunk({"tool_calls": [call]})

    def _block_delta(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        delta = child(event, "delta")
        kind = delta.get("type")
        if kind == "text_delta":
            yield self._chunk({"content": text_of(delta, "text")})
        elif kind == "thinking_delta":
            yield self._chunk({"reasoning_content": text_of(delta, "thinking")})
        elif kind == "input_json_delta":
            yield from self._arguments(_number(event), text_of(delta, "partial_json"))

    def _block_stop(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        number = _number(event)
        if number in self._unsaid:
            yield from self._arguments(number, self._unsaid[number])

    def _arguments(self, number: int, text: str) -> Iterator[dict[str, Any]]:
        if number not in self._calls:
            raise ProviderGarbage
        if text:
            self._unsaid.pop(number, None)
            part = {"index": self._calls[number], "function": {"arguments": text}}
            yield self._chunk({"tool_calls": [part]})

    def _note_usage(self, event: dict[str, Any]) -> None:
        """Counts are cumulative; what a later event does not say stays as it was."""
        usage = child(event, "usage")
        self._usage |= {name: value for name, value in usage.items() if value is not None}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {**self._frame, "choices": [choice]}


def _number(event: dict[str, Any]) -> int:
    """Which block of the message an event is about."""
    number = event.get("index", 0)
    if not isinstance(number, int):
        raise ProviderGarbage
    return number
