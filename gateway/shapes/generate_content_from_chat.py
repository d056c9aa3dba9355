"""From a chat's answer to a Gemini answer, whole and in pieces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.errors import ProviderGarbage
from gateway.shapes.chat_said import delta_of, said_in, usage_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.shapes.chat_said import Call, Said

_REASONS = {"length": "MAX_TOKENS", "content_filter": "SAFETY"}
"""Gemini has no reason of its own for calling a tool."""


def content(chat: dict[str, Any]) -> dict[str, Any]:
    """The answer that says what the first choice of a ``chat.completion`` says.

    Raises:
        ProviderGarbage: it is none, or arguments of a tool are no JSON object.
    """
    said, reason = said_in(chat)
    parts = _parts(said) + [_call(call) for call in said.calls]
    return _answer(chat, parts, reason or "stop", usage_in(chat))


class ContentFromChunks:
    """Turns the chunks of one chat into the events of a Gemini answer."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._calls: dict[int, Call] = {}
        self._reason = ""
        self._used = (0, 0)
        self._last: dict[str, Any] = {}

    def read(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The events; calls of tools come whole, at the end. Silence is passed on.

        Raises:
            ProviderGarbage: it stopped without saying why, or arguments are no JSON object.
        """
        for chunk in chunks:
            if not chunk:
                yield chunk
                continue
            self._last = chunk
            said, reason = delta_of(chunk)
            self._reason = reason or self._reason
            if chunk.get("usage"):
                self._used = usage_in(chunk)
            for call in said.calls:
                self._note(call)
            parts = _parts(said)
            if parts:
                yield _answer(chunk, parts)
        if not self._reason:
            raise ProviderGarbage("It stopped without saying why.")
        parts = [_call(call) for _, call in sorted(self._calls.items())]
        yield _answer(self._last, parts or [{"text": ""}], self._reason, self._used)

    def _note(self, call: Call) -> None:
        known = self._calls.get(call.index)
        if known is not None:
            known = replace(known, arguments=known.arguments + call.arguments)
        self._calls[call.index] = known or call


def _parts(said: Said) -> list[dict[str, Any]]:
    thought: list[dict[str, Any]] = [{"text": said.thought, "thought": True}]
    return (thought if said.thought else []) + ([{"text": said.text}] if said.text else [])


def _call(call: Call) -> dict[str, Any]:
    named = {"id": call.id} if call.id else {}
    return {"functionCall": {**named, "name": call.name, "args": call.given()}}


def _answer(
    chat: dict[str, Any],
    parts: list[dict[str, Any]],
    reason: str = "",
    used: tuple[int, int] | None = None,
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if reason:
        candidate["finishReason"] = _REASONS.get(reason, "STOP")
    answer = {
        "candidates": [candidate],
        "modelVersion": chat.get("model", ""),
        "responseId": chat.get("id", ""),
    }
    if used is not None:
        given, made = used
        counts = {"promptTokenCount": given, "candidatesTokenCount": made}
        answer["usageMetadata"] = {**counts, "totalTokenCount": given + made}
    return answer
