"""OpenAI's completions, embeddings and moderations."""

from __future__ import annotations

from typing import Any

from tests.integration.test_chat import events
from tests.simulators.wires.texts import ENCODED, VECTOR

_ASKED = "Write to us please; Write to jane.doe@customer.example please"
"""What an answer without words is taken to have said, once it is what it should be."""


class _OpenAISample:
    """What they share."""

    provider: dict[str, Any] = {"wire": "openai"}  # noqa: RUF012 - read only
    field = "input"

    def __init__(self, route: str) -> None:
        self.route = self.address = route

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        body: dict[str, Any] = {"model": model, self.field: [text]}
        return {"json": {**body, "stream": True} if stream else body}

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        if stream:
            return b'"finish_reason":"content_filter"' in answer.data
        return answer.status_code == 403 and answer.json["error"]["type"] == "policy_violation"


class CompletionsSample(_OpenAISample):
    """A text to go on with."""

    field = "prompt"

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        if not stream:
            return str(answer.json["choices"][0]["text"])
        chunks = [chunk for chunk in events(answer) if isinstance(chunk, dict)]
        return "".join(choice["text"] for chunk in chunks for choice in chunk["choices"])


class EmbeddingsSample(_OpenAISample):
    """A text to be measured."""

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`: vectors came back as they were given."""
        given = [item["embedding"] for item in answer.json["data"]]
        assert given == [list(VECTOR), ENCODED]
        assert answer.json["model"] == "echo"
        return _ASKED


class ModerationsSample(_OpenAISample):
    """A text to be looked at."""

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        (result,) = answer.json["results"]
        assert result["flagged"] is False
        assert result["category_applied_input_types"] == {"violence": ["text"]}
        return _ASKED
