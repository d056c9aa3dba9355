"""From Google's GenerateContentResponse, whole or in pieces, to the chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

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

_FILTERED = frozenset(
    {
        "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
        "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION",
    }
)  # fmt: skip


def finish_reason(theirs: str, *, calls: bool) -> str:
    """OpenAI's word for why it stopped; a reason we do not know is a plain stop."""
    if theirs in _FILTERED:
        return "content_filter"
    if theirs == "MAX_TOKENS":
        return "length"
    return "tool_calls" if calls else "stop"


def whole(document: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A ``chat.completion`` that says what the answer says.

    Raises:
        ProviderGarbage: it is no answer.
    """
    choices = []
    for candidate in objects(document, "candidates"):
        said = _Said(document, candidate)
        reason = finish_reason(text_of(candidate, "finishReason"), calls=bool(said.calls))
        choices.append(choice(said.text, said.thought, said.calls, reason, said.index))
    if not choices:
        _blocked(document)
        choices = [choice([], [], [], "content_filter")]
    model = text_of(document, "modelVersion") or asked.model
    id_ = text_of(document, "responseId")
    return completion(id_, model, asked.created, choices, _usage(document))


def chunks(reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed answer. It is whole when each candidate has said why it ended.

    Raises:
        ProviderCut: it ended before.
        ProviderError: it is not what it should be, or says itself that it failed.
    """
    reader = _Reader(asked)
    parser = EventParser()
    for piece in reply.pieces():
        if not piece:
            yield SILENCE
        for data in parser.feed(piece):
            yield from reader.read(json_object(data))
    for data in parser.end():
        yield from reader.read(json_object(data))
    yield from reader.end()


class _Reader:
    """What was said so far, by candidate."""

    def __init__(self, asked: Asked) -> None:
        self._frame = Frame(asked.created, asked.model)
        self._wants_usage = asked.wants_usage
        self._usage = usage(0, 0)
        self._open: dict[int, bool] = {}
        self._calls: dict[int, int] = {}

    def read(self, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if document.get("error"):
            raise ProviderError("It reported an error in the middle of its answer.")
        self._frame.id = text_of(document, "responseId") or self._frame.id
        self._frame.model = text_of(document, "modelVersion") or self._frame.model
        if document.get("usageMetadata") is not None:
            self._usage = _usage(document)
        candidates = objects(document, "candidates")
        if not candidates and child(document, "promptFeedback").get("blockReason"):
            yield self._frame.chunk({"role": "assistant", "content": ""})
            yield self._frame.chunk({}, "content_filter")
            self._open[0] = False
        for candidate in candidates:
            yield from self._candidate(document, candidate)

    def _candidate(
        self, document: dict[str, Any], candidate: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        index = number_of(candidate, "index")
        if index not in self._open:
            self._open[index] = True
            self._calls[index] = 0
            yield self._frame.chunk({"role": "assistant", "content": ""}, None, index)
        said = _Said(document, candidate, self._calls[index])
        self._calls[index] += len(said.calls)
        if said.thought:
            yield self._frame.chunk({"reasoning_content": "".join(said.thought)}, None, index)
        if said.text:
            yield self._frame.chunk({"content": "".join(said.text)}, None, index)
        if said.calls:
            first = self._calls[index] - len(said.calls)
            numbered = [{"index": first + at, **call} for at, call in enumerate(said.calls)]
            yield self._frame.chunk({"tool_calls": numbered}, None, index)
        theirs = text_of(candidate, "finishReason")
        if theirs and self._open[index]:
            self._open[index] = False
            reason = finish_reason(theirs, calls=self._calls[index] > 0)
            yield self._frame.chunk({}, reason, index)

    def end(self) -> Iterator[dict[str, Any]]:
        if not self._open or any(self._open.values()):
            raise ProviderCut
        if self._wants_usage:
            yield self._frame.counted(self._usage)


class _Said:
    """What one candidate says in one document."""

    def __init__(
        self, document: dict[str, Any], candidate: dict[str, Any], calls_before: int = 0
    ) -> None:
        self.index = number_of(candidate, "index")
        self.text: list[str] = []
        self.thought: list[str] = []
        self.calls: list[dict[str, Any]] = []
        for part in objects(child(candidate, "content"), "parts"):
            if part.get("functionCall") is not None:
                number = calls_before + len(self.calls)
                self.calls.append(_call(document, part, f"{self.index}_{number}"))
            elif part.get("inlineData") is not None or part.get("fileData") is not None:
                # Left out, it would be an answer of another kind than the one that was made.
                raise ProviderGarbage("It answered with what a chat answer cannot hold.")
            elif text_of(part, "text"):
                said = self.thought if part.get("thought") is True else self.text
                said.append(part["text"])


def _call(document: dict[str, Any], part: dict[str, Any], number: str) -> dict[str, Any]:
    function = child(part, "functionCall")
    # Not every model names its calls; the result must be given back under some name.
    id_ = text_of(function, "id") or f"call_{text_of(document, 'responseId')}_{number}"
    arguments = orjson.dumps(child(function, "args")).decode()
    call = call_of(id_, text_of(function, "name"), arguments)
    signature = text_of(part, "thoughtSignature")
    if signature:
        call["extra_content"] = {"google": {"thought_signature": signature}}
    return call


def _blocked(document: dict[str, Any]) -> None:
    """See that an answer without candidates is one that was refused.

    Raises:
        ProviderGarbage: it is just no answer.
    """
    if not text_of(child(document, "promptFeedback"), "blockReason"):
        raise ProviderGarbage


def _usage(document: dict[str, Any]) -> dict[str, int]:
    """OpenAI's counts. Thoughts were made too; what tools gave was sent too."""
    counts = child(document, "usageMetadata")
    given = count(counts, "promptTokenCount") + count(counts, "toolUsePromptTokenCount")
    made = count(counts, "candidatesTokenCount") + count(counts, "thoughtsTokenCount")
    return usage(given, made)
