"""From a chat's answer to a response, whole and in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.errors import ProviderGarbage
from gateway.shapes.chat_said import delta_of, said_in, usage_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.shapes.chat_said import Call, Said

_CUT_SHORT = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""Reasons for which an answer is incomplete, in the words of each API."""

_MESSAGE, _THOUGHT, _CALL = "message", "reasoning", "function_call"
_PREFIXES = {_MESSAGE: "msg", _THOUGHT: "rs", _CALL: "fc"}
_TEXTS = {
    _MESSAGE: "response.output_text",
    _THOUGHT: "response.reasoning_text",
    _CALL: "response.function_call_arguments",
}
"""The events that say an item's text in pieces, and whole when it is complete."""


@dataclass(slots=True)
class _Item:
    """One item of the output, as far as it was said."""

    kind: str
    at: int
    """Its place in the output."""

    answer: str
    """The chat's id, from which ids of items are made."""

    said: str = ""
    name: str = ""
    call: str = ""

    @property
    def id(self) -> str:
        return f"{_PREFIXES[self.kind]}_{self.answer}_{self.at}"

    def document(self, status: str, parts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The item as it stands in a response, with what was said unless other `parts` are."""
        base = {"type": self.kind, "id": self.id, "status": status}
        if self.kind == _CALL:
            called = {"call_id": self.call, "name": self.name}
            return {**base, **called, "arguments": self.said if parts is None else ""}
        content = [self.part(self.said)] if parts is None else parts
        if self.kind == _THOUGHT:
            return {**base, "summary": [], "content": content}
        return {**base, "role": "assistant", "content": content}

    def part(self, text: str) -> dict[str, Any]:
        """The one part of what is said in words."""
        if self.kind == _THOUGHT:
            return {"type": "reasoning_text", "text": text}
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}

    def begun(self) -> Iterator[dict[str, Any]]:
        """The events with which it begins."""
        item = self.document("in_progress", [])
        yield {"type": "response.output_item.added", "output_index": self.at, "item": item}
        if self.kind != _CALL:
            yield {"type": "response.content_part.added", **self._where(), "part": self.part("")}

    def more(self, text: str) -> dict[str, Any]:
        """The event that says more of it."""
        self.said += text
        event = {"type": f"{_TEXTS[self.kind]}.delta", **self._where(), "delta": text}
        return {**event, "logprobs": []} if self.kind == _MESSAGE else event

    def ended(self, status: str) -> Iterator[dict[str, Any]]:
        """The events that say it once more, whole."""
        done: dict[str, Any] = {"type": f"{_TEXTS[self.kind]}.done", **self._where()}
        if self.kind == _CALL:
            yield {**done, "name": self.name, "arguments": self.said}
        else:
            yield {**done, "text": self.said} | ({"logprobs": []} if self.kind == _MESSAGE else {})
            part = self.part(self.said)
            yield {"type": "response.content_part.done", **self._where(), "part": part}
        item = self.document(status)
        yield {"type": "response.output_item.done", "output_index": self.at, "item": item}

    def _where(self) -> dict[str, Any]:
        where = {"item_id": self.id, "output_index": self.at}
        return where if self.kind == _CALL else {**where, "content_index": 0}


def response(chat: dict[str, Any]) -> dict[str, Any]:
    """The response that says what the first choice of a ``chat.completion`` says.

    Raises:
        ProviderGarbage: it is none.
    """
    said, reason = said_in(chat)
    items: list[_Item] = []
    for kind, text in ((_THOUGHT, said.thought), (_MESSAGE, said.text)):
        if text:
            items.append(_Item(kind, len(items), _id(chat), text))
    for call in said.calls:
        item = _called(call, len(items), _id(chat))
        item.said = call.arguments
        items.append(item)
    return _complete(chat, items, reason, _usage(chat))


class ResponseFromChunks:
    """Turns the chunks of one chat into the events of a response."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._first: dict[str, Any] = {}
        self._items: list[_Item] = []
        self._open: _Item | None = None
        """The message or thought that is being said."""

        self._calls: dict[int, _Item] = {}
        """Calls by their index. They may grow side by side, so they all end at the end."""

        self._reason = ""
        self._used = _usage({})

    def read(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The events, numbered. Silence is passed on.

        Raises:
            ProviderGarbage: it stopped without saying why.
        """
        number = 0
        for event in self._read(chunks):
            if event:
                event["sequence_number"] = number
                number += 1
            yield event

    def _read(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for chunk in chunks:
            if not chunk:
                yield chunk
                continue
            if not self._first:
                self._first = chunk
                for kind in ("response.created", "response.in_progress"):
                    yield {"type": kind, "response": _frame(chunk, "in_progress")}
            if chunk.get("usage"):
                self._used = _usage(chunk)
            said, reason = delta_of(chunk)
            yield from self._say(said)
            self._reason = reason or self._reason
        if not self._reason:
            raise ProviderGarbage("It stopped without saying why.")
        yield from self._close()
        for item in self._calls.values():
            yield from item.ended(_status(self._reason))
        whole = _complete(self._first, self._items, self._reason, self._used)
        yield {"type": f"response.{whole['status']}", "response": whole}

    def _say(self, said: Said) -> Iterator[dict[str, Any]]:
        for kind, text in ((_THOUGHT, said.thought), (_MESSAGE, said.text)):
            if not text:
                continue
            if self._open is None or self._open.kind != kind:
                yield from self._close()
                self._open = _Item(kind, len(self._items), _id(self._first))
                self._items.append(self._open)
                yield from self._open.begun()
            yield self._open.more(text)
        for call in said.calls:
            item = self._calls.get(call.index)
            if item is None:
                yield from self._close()
                item = _called(call, len(self._items), _id(self._first))
                self._calls[call.index] = item
                self._items.append(item)
                yield from item.begun()
            if call.arguments:
                yield item.more(call.arguments)

    def _close(self) -> Iterator[dict[str, Any]]:
        if self._open is not None:
            yield from self._open.ended(_status(self._reason))
            self._open = None


def _called(call: Call, at: int, answer: str) -> _Item:
    # A result is given back under the id of its call, so there is always one.
    return _Item(_CALL, at, answer, name=call.name, call=call.id or f"call_{answer}_{at}")


def _status(reason: str) -> str:
    return "incomplete" if reason in _CUT_SHORT else "completed"


def _complete(
    chat: dict[str, Any], items: list[_Item], reason: str, used: dict[str, Any]
) -> dict[str, Any]:
    status = _status(reason)
    cut = {"reason": _CUT_SHORT[reason]} if reason in _CUT_SHORT else None
    # Only what came last can have been cut short.
    output = [item.document("completed") for item in items[:-1]]
    output += [item.document(status) for item in items[-1:]]
    return {**_frame(chat, status), "incomplete_details": cut, "output": output, "usage": used}


def _frame(chat: dict[str, Any], status: str) -> dict[str, Any]:
    """A response without what it says; it is stored nowhere, so nothing can follow it by name."""
    made = chat.get("created")
    return {
        "id": f"resp_{_id(chat)}",
        "object": "response",
        "created_at": made if isinstance(made, int) else 0,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": chat.get("model", ""),
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": False,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
    }


def _id(chat: dict[str, Any]) -> str:
    identifier = chat.get("id")
    return identifier if isinstance(identifier, str) and identifier else "chat"


def _usage(chat: dict[str, Any]) -> dict[str, Any]:
    given, made = usage_in(chat)
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": _detail(chat, "prompt", "cached_tokens")},
        "output_tokens": made,
        "output_tokens_details": {
            "reasoning_tokens": _detail(chat, "completion", "reasoning_tokens")
        },
        "total_tokens": given + made,
    }


def _detail(chat: dict[str, Any], side: str, name: str) -> int:
    """How many of the tokens were of this kind; zero where it is not told."""
    details = (chat.get("usage") or {}).get(f"{side}_tokens_details")
    count = details.get(name) if isinstance(details, dict) else None
    return count if isinstance(count, int) else 0
