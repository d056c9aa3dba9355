"""OpenAI's chat completions."""

from __future__ import annotations

from typing import Any

from tests.integration.test_chat import events, text_of


class ChatSample:
    """`tests.samples.sample.Sample`."""

    route = address = "/v1/chat/completions"
    provider: dict[str, Any] = {"wire": "openai"}  # noqa: RUF012 - read only

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        messages = [{"role": "user", "content": text}]
        return {"json": {"model": model, "messages": messages, "stream": stream}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        if stream:
            return text_of(events(answer))
        return str(answer.json["choices"][0]["message"]["content"])

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        if stream:
            return b'"finish_reason":"content_filter"' in answer.data
        return answer.status_code == 403 and answer.json["error"]["type"] == "policy_violation"
