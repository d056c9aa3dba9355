"""From Amazon Bedrock's Converse answer, whole or as an event stream, to the chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.aws import EventFrames
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.providers.aws import Message
    from gateway.providers.http import Reply
    from gateway.providers.translating import Asked

_REASONS = {
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
_OTHER_MEDIA = frozenset({"image", "video", "audio", "document"})


def finish_reason(theirs: str) -> str:
    """OpenAI's word for why it stopped; a reason we do not know is a plain stop."""
    return _REASONS.get(theirs, "stop")


def whole(document: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A ``chat.completion`` that says what the answer says.

    Raises:
        ProviderGarbage: it is no answer.
    """
    message = child(child(document, "output"), "message")
    if not isinstance(message.get("content"), list):
        raise ProviderGarbage
    text, thought, calls = [], [], []
    for block in objects(message, "content"):
        if _OTHER_MEDIA & block.keys():
            raise ProviderGarbage("It answered with what a chat answer cannot hold.")
        if "toolUse" in block:
            use = child(block, "toolUse")
            arguments = orjson.dumps(child(use, "input")).decode()
            calls.append(call_of(text_of(use, "toolUseId"), text_of(use, "name"), arguments))
        if text_of(block, "text"):
            text.append(block["text"])
        reasoned = child(child(block, "reasoningContent"), "reasoningText")
        if text_of(reasoned, "text"):
            thought.append(reasoned["text"])
    reason = finish_reason(text_of(document, "stopReason"))
    made = choice(text, thought, calls, reason)
    return completion("", asked.model, asked.created, [made], _usage(document))


def chunks(reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed answer, which is whole when it has said why it stopped.

    Raises:
        ProviderCut: it ended before.
        ProviderError: it is not what it should be, or says itself that it failed.
    """
    frames, reader = EventFrames(), _Reader(asked)
    for piece in reply.pieces():
        if not piece:
            yield SILENCE
        for message in frames.feed(piece):
            yield from reader.read(message)
    yield from reader.end()


class _Reader:
    """What was said so far."""

    def __init__(self, asked: Asked) -> None:
        self._frame = Frame(asked.created, asked.model)
        self._wants_usage = asked.wants_usage
        self._usage = usage(0, 0)
        self._calls: dict[int, int] = {}
        self._silent: set[int] = set()
        self._stopped = False
        self._events = {
            "messageStart": self._start,
            "contentBlockStart": self._block_start,
            "contentBlockDelta": self._block_delta,
            "contentBlockStop": self._block_stop,
            "messageStop": self._stop,
            "metadata": self._metadata,
        }

    def read(self, message: Message) -> Iterator[dict[str, Any]]:
        """The chunks for one message; events we do not know say nothing."""
        if message.kind != "event":
            raise ProviderError("It reported an error in the middle of its answer.")
        read = self._events.get(message.name)
        return read(json_object(message.payload)) if read else iter(())

    def end(self) -> Iterator[dict[str, Any]]:
        """Usage, when it was asked for."""
        if not self._stopped:
            raise ProviderCut
        if self._wants_usage:
            yield self._frame.counted(self._usage)

    def _start(self, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield self._frame.chunk({"role": "assistant", "content": ""})

    def _block_start(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        start = child(event, "start")
        if _OTHER_MEDIA & start.keys():
            raise ProviderGarbage("It answered with what a chat answer cannot hold.")
        if "toolUse" not in start:
            return
        number = number_of(event, "contentBlockIndex")
        index = self._calls.setdefault(number, len(self._calls))
        self._silent.add(number)
        use = child(start, "toolUse")
        call = call_of(text_of(use, "toolUseId"), text_of(use, "name"), "")
        yield self._frame.chunk({"tool_calls": [{"index": index, **call}]})

    def _block_delta(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        delta = child(event, "delta")
        if text_of(delta, "text"):
            yield self._frame.chunk({"content": delta["text"]})
        thought = text_of(child(delta, "reasoningContent"), "text")
        if thought:
            yield self._frame.chunk({"reasoning_content": thought})
        arguments = text_of(child(delta, "toolUse"), "input")
        if arguments:
            number = number_of(event, "contentBlockIndex")
            self._silent.discard(number)
            yield self._arguments(number, arguments)

    def _block_stop(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        number = number_of(event, "contentBlockIndex")
        if number in self._silent:
            # Arguments must be JSON, so a call without any has an empty object of them.
            yield self._arguments(number, "{}")

    def _arguments(self, number: int, text: str) -> dict[str, Any]:
        if number not in self._calls:
            raise ProviderGarbage
        part = {"index": self._calls[number], "function": {"arguments": text}}
        return self._frame.chunk({"tool_calls": [part]})

    def _stop(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        self._stopped = True
        yield self._frame.chunk({}, finish_reason(text_of(event, "stopReason")))

    def _metadata(self, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
        self._usage = _usage(event)
        yield from ()


def _usage(document: dict[str, Any]) -> dict[str, int]:
    """OpenAI's counts. What was read from or written to the cache was given too."""
    counts = child(document, "usage")
    names = ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
    return usage(sum(count(counts, name) for name in names), count(counts, "outputTokens"))
