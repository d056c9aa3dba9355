"""Three APIs as the cheap provider and the load speak them: what is asked, and what is answered.

The model's name says what the answer is: ``plain``, ``burst`` (100 events at once), ``slow`` (one
event each 100 ms for 10 s).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENTS = 100
_SAYING = "The quarterly figures look good and the team is happy with them "
_WHOLE = _SAYING * 10
_WORDS = [f"{word} " for word in (_SAYING * 20).split()[:EVENTS]]


def _event(document: dict[str, Any]) -> bytes:
    named = f"event: {document['type']}\n" if "type" in document else ""
    return f"{named}data: {json.dumps(document)}\n\n".encode()


@dataclass(frozen=True)
class Shape:
    """One API."""

    name: str
    wire: str
    """Of the provider's settings."""

    base: str
    """What the provider's address ends with."""

    path: str
    whole: dict[str, Any]
    begin: Sequence[bytes]
    events: Sequence[bytes]
    end: Sequence[bytes]
    last: bytes
    """What stands at the end of a stream that came whole."""

    def address(self, model: str, *, stream: bool) -> str:
        """Where a client asks this model."""
        return self.path.format(
            model=model, method="streamGenerateContent?alt=sse" if stream else "generateContent"
        )

    def body(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """What a client asks."""
        if self is GENERATE_CONTENT:
            return {"contents": [{"role": "user", "parts": [{"text": text}]}]}
        asked = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream}
        return asked if self is CHAT else {**asked, "max_tokens": 1_000}


def _chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
    return _event(
        {
            "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
    )  # fmt: skip


def _candidate(text: str, reason: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    if reason:
        found["finishReason"] = reason
    usage = {"promptTokenCount": 500, "candidatesTokenCount": 130, "totalTokenCount": 630}
    return {"candidates": [found], "usageMetadata": usage, "modelVersion": "m"}


_USAGE = {"input_tokens": 500, "output_tokens": 130}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
_NO_STOP = {"stop_reason": None, "stop_sequence": None}
_STOP = {"stop_reason": "end_turn", "stop_sequence": None}

CHAT = Shape(
    "chat completions",
    "openai",
    "/v1",
    "/v1/chat/completions",
    {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _WHOLE},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 500, "completion_tokens": 130, "total_tokens": 630},
    },
    [],
    [_chunk({"content": word}) for word in _WORDS],
    [_chunk({}, "stop"), b"data: [DONE]\n\n"],
    b"[DONE]",
)  # fmt: skip
MESSAGES = Shape(
    "Messages",
    "anthropic",
    "",
    "/v1/messages",
    {**_MESSAGE, **_STOP, "content": [{"type": "text", "text": _WHOLE}], "usage": _USAGE},
    [
        _event(
            {
                "type": "message_start",
                "message": {**_MESSAGE, **_NO_STOP, "content": [], "usage": _USAGE},
            }
        ),
        _event(
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            }
        ),
    ],
    [
        _event(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": word},
            }
        )
        for word in _WORDS
    ],
    [
        _event({"type": "content_block_stop", "index": 0}),
        _event({"type": "message_delta", "delta": _STOP, "usage": {"output_tokens": 130}}),
        _event({"type": "message_stop"}),
    ],
    b"message_stop",
)
GENERATE_CONTENT = Shape(
    "generateContent",
    "gemini",
    "",
    "/v1beta/models/{model}:{method}",
    _candidate(_WHOLE, "STOP"),
    [],
    [_event(_candidate(word)) for word in _WORDS],
    [_event(_candidate(" ", "STOP"))],
    b"STOP",
)
SHAPES = (CHAT, MESSAGES, GENERATE_CONTENT)
MODELS = ("plain", "burst", "slow")


def model(shape: Shape, kind: str) -> str:
    """What the gateway calls the model of this shape's provider; `kind` is one of `MODELS`."""
    return f"{shape.wire}-{kind}"
