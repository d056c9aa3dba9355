"""A provider that answers from this process, for demonstrations and tests.

It says what it was sent, so that one can see what would have reached a real
provider. ``call NAME with {…}`` in the last message, where NAME is one of the
request's tools, makes it call that tool with what follows. It also draws, sounds
and counts: see `gateway.providers.echo_native`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gateway.core.call import ONE_BY_ONE
from gateway.errors import ProviderError
from gateway.providers import echo_native
from gateway.providers.calls import NONE, WholeAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.call import NativeCall
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline

_PIECE = re.compile(r"\s*\S{1,6}|\s+")
_CALL = re.compile(r"\bcall (?P<name>[\w-]{1,64}) with (?P<arguments>\{.*\})", re.DOTALL)
_CREATED = 1_700_000_000
_CHARACTERS_PER_TOKEN = 4


class EchoProvider:
    """Echoes the last message; `gateway.pep.ports.Provider`."""

    natives = frozenset(echo_native.ANSWERS)

    def generate(
        self,
        model: ModelEntry,
        body: dict[str, Any],
        deadline: Deadline,  # noqa: ARG002 - answers at once
    ) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`."""
        message, reason = _message(body)
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        document = {
            "id": "chatcmpl-echo",
            "object": "chat.completion",
            "created": _CREATED,
            "model": model.upstream,
            "choices": [choice],
            "usage": _usage(body, message),
        }
        return WholeAnswer(200, "echo", document)

    def stream(
        self,
        model: ModelEntry,
        body: dict[str, Any],
        deadline: Deadline,  # noqa: ARG002 - answers at once
    ) -> _EchoStream:
        """See `gateway.pep.ports.Provider`."""
        return _EchoStream(model.upstream, body)

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderError: it does not speak that.
        """
        answer = echo_native.ANSWERS.get(call.shape)
        if answer is None:
            raise ProviderError(f"It does not speak {call.shape}.")
        return WholeAnswer(200, "echo", answer(call.body))

    def native_stream(self, call: NativeCall) -> _EchoStream:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderError: always; only its chat comes in pieces.
        """
        raise ProviderError(f"It does not stream {call.shape}.")


class _EchoStream:
    """The echo in pieces."""

    source = ONE_BY_ONE

    def __init__(self, upstream: str, body: dict[str, Any]) -> None:
        self.status = 200
        self.headers = NONE
        self.attempts = 1
        self.request_id = "echo"
        self._upstream = upstream
        self._body = body

    def __iter__(self) -> Iterator[dict[str, Any]]:
        message, reason = _message(self._body)
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in _PIECE.findall(message["content"] or ""):
            yield self._chunk({"content": piece})
        for index, call in enumerate(message.get("tool_calls", [])):
            arguments = call["function"]["arguments"]
            head = {**call, "index": index, "function": {**call["function"], "arguments": ""}}
            yield self._chunk({"tool_calls": [head]})
            for piece in _PIECE.findall(arguments):
                part = {"index": index, "function": {"arguments": piece}}
                yield self._chunk({"tool_calls": [part]})
        yield self._chunk({}, reason)
        options = self._body.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage"):
            yield {**self._chunk({}), "choices": [], "usage": _usage(self._body, message)}

    def close(self) -> None:
        """Nothing is open."""

    def _chunk(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {
            "id": "chatcmpl-echo",
            "object": "chat.completion.chunk",
            "created": _CREATED,
            "model": self._upstream,
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }


def _message(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    said = _text(body["messages"][-1].get("content"))
    functions = [tool.get("function") for tool in body.get("tools") or ()]
    names = [function.get("name") for function in functions if isinstance(function, dict)]
    call = _CALL.search(said)
    if call is not None and call["name"] in names:
        function = {"name": call["name"], "arguments": call["arguments"]}
        made = {"id": "call_echo", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [made]}, "tool_calls"
    return {"role": "assistant", "content": f"You said: {said}"}, "stop"


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _usage(body: dict[str, Any], message: dict[str, Any]) -> dict[str, int]:
    given = sum(len(_text(item.get("content"))) for item in body["messages"])
    made = len(message["content"] or "")
    spent = [max(1, size // _CHARACTERS_PER_TOKEN) for size in (given, made)]
    return {
        "prompt_tokens": spent[0],
        "completion_tokens": spent[1],
        "total_tokens": sum(spent),
    }
