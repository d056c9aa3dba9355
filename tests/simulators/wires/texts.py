"""OpenAI's completions, embeddings and moderations."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.form import event, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

VECTOR = (0.25, -0.5, 0.125)
ENCODED = base64.b64encode(struct.pack("<3f", *VECTOR)).decode()
"""What stands for the vector in base64, as the official client asks for it."""


class CompletionsForm(ChatForm):
    """One text that is gone on with."""

    def said(self, body: dict[str, Any]) -> str:
        """The prompt."""
        prompt = body["prompt"]
        return prompt if isinstance(prompt, str) else " ".join(prompt)

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A whole answer."""
        return {
            **self._chunk(text, "stop"),
            "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
        }

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """The same as a stream."""
        for piece in pieces(text):
            yield event(self._chunk(piece, None))
        yield event(self._chunk("", "stop"))
        if usage:
            yield event({**self.whole(""), "choices": []})
        yield b"data: [DONE]\n\n"

    @staticmethod
    def _chunk(text: str, reason: str | None) -> dict[str, Any]:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        return {
            "id": "cmpl-sim", "object": "text_completion", "created": 1, "model": "simulated",
            "choices": [choice],
        }  # fmt: skip


class _Numbers(ChatForm):
    """Errors as in chat; no streams."""

    def said(self, body: dict[str, Any]) -> str:
        """The input."""
        return str(body["input"])

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        raise NotImplementedError


class EmbeddingsForm(_Numbers):
    """One vector as numbers, and the same in letters."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """The vectors."""
        return {
            "object": "list",
            "model": "simulated",
            "data": [
                {"object": "embedding", "index": 0, "embedding": list(VECTOR)},
                {"object": "embedding", "index": 1, "embedding": ENCODED},
            ],
            "usage": {"prompt_tokens": 5, "total_tokens": 5},
        }


class ModerationsForm(_Numbers):
    """Nothing is the matter."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """The result."""
        result = {
            "flagged": False,
            "categories": {"violence": False},
            "category_scores": {"violence": 0.01},
            "category_applied_input_types": {"violence": ["text"]},
        }
        return {"id": "modr-sim", "model": "simulated", "results": [result]}
