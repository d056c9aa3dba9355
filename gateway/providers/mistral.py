"""Mistral's chat API behind the OpenAI chat shape: a close relative with habits of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest, ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.calls import SILENCE, child, count, json_object
from gateway.providers.carrying import (
    function_of,
    functions_called,
    image_address,
    most_tokens,
    one_text,
    parts,
    placed,
    refusal_of,
    refuse_others,
    stops,
)
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
from gateway.providers.sse import DONE, EventParser
from gateway.providers.translating import Asked, Outgoing, TranslatingProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Reply

_SAME = (
    "temperature", "top_p", "n", "presence_penalty", "frequency_penalty", "parallel_tool_calls",
    "response_format",
)  # fmt: skip
CARRIED = frozenset(
    {*_SAME, "max_tokens", "max_completion_tokens", "stop", "seed", "tools", "tool_choice"}
)
"""Parameters that Mistral's API has a counterpart for."""

_REASONS = {"stop": "stop", "tool_calls": "tool_calls"} | dict.fromkeys(
    ("length", "model_length"), "length"
)


class MistralProvider(TranslatingProvider):
    """An upstream that speaks Mistral's chat completions."""

    request_id = "mistral-correlation-id"

    def outgoing(
        self,
        model: ModelEntry,
        body: dict[str, Any],
        deadline: Deadline,  # noqa: ARG002 - the key is at hand
        *,
        stream: bool,
    ) -> Outgoing:
        """See `TranslatingProvider`."""
        provider = model.provider
        request = {"model": model.upstream, **translate(body)}
        if stream:
            request["stream"] = True
        headers = {"Authorization": f"Bearer {provider.api_key}"} if provider.api_key else {}
        url = f"{provider.base_url}/v1/chat/completions"
        return Outgoing(url, headers, orjson.dumps(request), provider.api_key)

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        choices = []
        for given in objects(document, "choices"):
            said = child(given, "message")
            text, thought = _said(said)
            calls = [_call(call) for call in objects(said, "tool_calls")]
            reason = finish_reason(text_of(given, "finish_reason"))
            choices.append(choice(text, thought, calls, reason, number_of(given, "index")))
        if not choices:
            raise ProviderGarbage
        model = text_of(document, "model") or asked.model
        id_ = text_of(document, "id")
        return completion(id_, model, asked.created, choices, _usage(document))

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        reader, parser = _Reader(asked), EventParser()
        for piece in reply.pieces():
            if not piece:
                yield SILENCE
            for data in parser.feed(piece):
                if data == DONE:
                    reply.finish()
                    yield from reader.end()
                    return
                yield from reader.read(json_object(data))
        for data in parser.end():
            if data != DONE:
                yield from reader.read(json_object(data))
        yield from reader.end()


def finish_reason(theirs: str) -> str:
    """OpenAI's word for why it stopped; a reason we do not know is a plain stop.

    Raises:
        ProviderError: it says that it failed.
    """
    if theirs == "error":
        raise ProviderError("It reported an error in its answer.")
    return _REASONS.get(theirs, "stop")


def translate(body: dict[str, Any]) -> dict[str, Any]:
    """Mistral's request that means the same as the chat request `body`, without the model.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    refuse_others(body, CARRIED)
    request: dict[str, Any] = {
        "messages": [_message(message, where) for where, message in placed(body["messages"])]
    }
    request |= {name: body[name] for name in _SAME if body.get(name) is not None}
    if most_tokens(body):
        request["max_tokens"] = most_tokens(body)
    if stops(body):
        request["stop"] = stops(body)
    if body.get("seed") is not None:
        request["random_seed"] = body["seed"]
    if body.get("tools"):
        tools = [function_of(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        request["tools"] = [{"type": "function", "function": tool} for tool in tools]
        choice_ = body.get("tool_choice")
        if isinstance(choice_, dict):
            name = function_of(choice_, "tool_choice").get("name")
            request["tool_choice"] = {"type": "function", "function": {"name": name}}
        elif choice_ is not None:
            request["tool_choice"] = _word(choice_)
    return request


def _word(choice_: Any) -> str:
    if choice_ not in ("auto", "none", "required"):
        raise InvalidRequest("tool_choice is not one this model takes.", param="tool_choice")
    return "any" if choice_ == "required" else str(choice_)


def _message(message: dict[str, Any], where: str) -> dict[str, Any]:
    role = "system" if message["role"] == "developer" else message["role"]
    made: dict[str, Any] = {"role": role, "content": _content(message, where)}
    if role == "tool":
        made["tool_call_id"] = message.get("tool_call_id")
    calls = functions_called(message, where)
    if calls:
        made["tool_calls"] = calls
    return made


def _content(message: dict[str, Any], where: str) -> Any:
    made: list[dict[str, Any]] = []
    for place, kind, part in parts(message.get("content"), where):
        if kind == "text":
            made.append({"type": "text", **part})
            continue
        url = image_address(part.get("image_url"), f"{place}.image_url")
        made.append({"type": "image_url", "image_url": url})
    if refusal_of(message, where):
        made.append({"type": "text", "text": message["refusal"]})
    return one_text(made)


def _said(message: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The text and the thoughts of a message or delta: text, or a list of typed pieces."""
    content = message.get("content")
    if content is None or isinstance(content, str):
        return ([content] if content else []), []
    text, thought = [], []
    for piece in objects(message, "content"):
        if piece.get("type") == "thinking":
            thought += [text_of(inner, "text") for inner in objects(piece, "thinking")]
        else:
            text.append(text_of(piece, "text"))
    return text, thought


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = child(call, "function")
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = orjson.dumps(child(function, "arguments")).decode()
    return call_of(text_of(call, "id"), text_of(function, "name"), arguments)


def _usage(document: dict[str, Any]) -> dict[str, int]:
    counts = child(document, "usage")
    return usage(count(counts, "prompt_tokens"), count(counts, "completion_tokens"))


class _Reader:
    """What was said so far, by choice."""

    def __init__(self, asked: Asked) -> None:
        self._frame = Frame(asked.created, asked.model)
        self._wants_usage = asked.wants_usage
        self._usage = usage(0, 0)
        self._open: dict[int, bool] = {}
        self._calls: dict[int, int] = {}

    def read(self, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if document.get("error") or document.get("object") == "error":
            raise ProviderError("It reported an error in the middle of its answer.")
        self._frame.id = text_of(document, "id") or self._frame.id
        self._frame.model = text_of(document, "model") or self._frame.model
        if document.get("usage") is not None:
            self._usage = _usage(document)
        for given in objects(document, "choices"):
            yield from self._choice(given)

    def end(self) -> Iterator[dict[str, Any]]:
        if not self._open or any(self._open.values()):
            raise ProviderCut
        if self._wants_usage:
            yield self._frame.counted(self._usage)

    def _choice(self, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        index, delta = number_of(given, "index"), child(given, "delta")
        if index not in self._open:
            self._open[index] = True
            self._calls[index] = 0
            yield self._frame.chunk({"role": "assistant", "content": ""}, None, index)
        text, thought = _said(delta)
        if thought:
            yield self._frame.chunk({"reasoning_content": "".join(thought)}, None, index)
        if text:
            yield self._frame.chunk({"content": "".join(text)}, None, index)
        for call in objects(delta, "tool_calls"):
            yield self._frame.chunk({"tool_calls": [self._numbered(index, call)]}, None, index)
        theirs = text_of(given, "finish_reason")
        if theirs and self._open[index]:
            reason = finish_reason(theirs)
            self._open[index] = False
            yield self._frame.chunk({}, reason, index)

    def _numbered(self, index: int, call: dict[str, Any]) -> dict[str, Any]:
        """A call under its number, which not every answer says; without a name it goes on."""
        made = _call(call)
        if made["function"]["name"]:
            self._calls[index] += 1
            return {"index": self._calls[index] - 1, **made}
        if not self._calls[index]:
            raise ProviderGarbage
        function = {"arguments": made["function"]["arguments"]}
        return {"index": self._calls[index] - 1, "function": function}
