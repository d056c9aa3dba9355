"""OpenAI's Responses."""

from __future__ import annotations

import json
from typing import Any


def events_of(answer: Any) -> list[dict[str, Any]]:
    """The parsed events of a streamed answer."""
    lines = answer.get_data(as_text=True).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def text_of(events: list[dict[str, Any]]) -> str:
    """The text that the deltas of a stream carry."""
    return "".join(
        event["delta"] for event in events if event["type"] == "response.output_text.delta"
    )


class ResponsesSample:
    """`tests.samples.sample.Sample`."""

    route = address = "/v1/responses"

    def __init__(self, wire: str) -> None:
        """Of a provider that speaks `wire`."""
        self.provider: dict[str, Any] = {"wire": wire}

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        content = [{"type": "input_text", "text": text}]
        given = [{"type": "message", "role": "user", "content": content}]
        body = {"model": model, "input": given, "instructions": "Be brief.", "stream": stream}
        return {"json": body}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`: in a stream, said again whole in each of three places."""
        if not stream:
            return str(answer.json["output"][0]["content"][0]["text"])
        events = events_of(answer)
        text = text_of(events)
        by_type = {event["type"]: event for event in events}
        assert by_type["response.output_text.done"]["text"] == text
        assert by_type["response.content_part.done"]["part"]["text"] == text
        assert by_type["response.output_item.done"]["item"]["content"][0]["text"] == text
        final = by_type["response.completed"]["response"]
        assert final["output"][0]["content"][0]["text"] == text
        assert (final["model"], final["instructions"]) == ("echo", "Be brief.")
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        return text

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        if stream:
            last = events_of(answer)[-1]
            told = last["response"]["incomplete_details"] == {"reason": "content_filter"}
            return last["type"] == "response.incomplete" and told
        return answer.status_code == 403 and answer.json["error"]["type"] == "policy_violation"
