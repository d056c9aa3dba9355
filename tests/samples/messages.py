"""Anthropic's Messages, and the counting of their tokens."""

from __future__ import annotations

import json
from typing import Any

PATH = "/v1/messages"


def events_of(answer: Any) -> list[dict[str, Any]]:
    """The parsed events of a streamed answer."""
    lines = answer.get_data(as_text=True).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def text_of(events: list[dict[str, Any]]) -> str:
    """The text that the deltas of a stream carry."""
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    return "".join(delta.get("text", "") for delta in deltas)


class MessagesSample:
    """`tests.samples.sample.Sample`."""

    def __init__(self, prefix: str, wire: str) -> None:
        """Below `prefix`, of a provider that speaks `wire`."""
        self.route = self.address = prefix + PATH
        self.provider: dict[str, Any] = {"wire": wire}

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        messages = [{"role": "user", "content": [{"type": "text", "text": text}]}]
        body = {"model": model, "max_tokens": 100, "messages": messages, "stream": stream}
        return {"json": body}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        if stream:
            return text_of(events_of(answer))
        return "".join(block.get("text", "") for block in answer.json["content"])

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        if stream:
            last = events_of(answer)[-1]
            return last["type"] == "error" and last["error"]["type"] == "permission_error"
        return answer.status_code == 403 and answer.json["error"]["type"] == "permission_error"


class CountTokensSample:
    """`tests.samples.sample.Sample`."""

    provider: dict[str, Any] = {"wire": "anthropic"}  # noqa: RUF012 - read only

    def __init__(self, prefix: str) -> None:
        """Below `prefix`."""
        self.route = self.address = f"{prefix}{PATH}/count_tokens"
        self._asked = ""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        self._asked = text
        return {"json": {"model": model, "messages": [{"role": "user", "content": text}]}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`: a number and nothing else."""
        return self._asked if answer.json == {"input_tokens": 7} else ""

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`: a number is not withheld."""
        return False
