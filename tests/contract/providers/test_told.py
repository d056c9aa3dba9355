"""What callers of Responses are told of a chat, against the API's published document."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.shapes.registry import RESPONSES
from gateway.shapes.responses_translation import ResponsesTranslation
from tests.contract.providers.test_sent import form
from tests.unit.shapes.test_responses import released
from tests.unit.shapes.test_translations import CALL, chunks, whole

TRANSLATION = ResponsesTranslation()
SAID: list[tuple[str, dict[str, Any]]] = [
    ("stop", {"content": "A"}),
    ("length", {"content": "A", "reasoning_content": "T"}),
    ("tool_calls", {"content": "A", "tool_calls": [{**CALL, "index": 0}]}),
]


def problems(name: str, document: dict[str, Any]) -> list[str]:
    """What the published document objects to."""
    return [error.message for error in form(name).iter_errors(document)]


class TestTold:
    @pytest.mark.parametrize(("reason", "said"), SAID)
    def test_a_whole_answer(self, reason: str, said: dict[str, Any]) -> None:
        """
        As any client of the API reads it.
        """
        answer = TRANSLATION.answer({**whole(reason, **said), "created": 5})
        RESPONSES.delivered(answer, {"temperature": 0.5})

        assert problems("Response", answer) == []

    @pytest.mark.parametrize(("reason", "said"), SAID)
    def test_each_event(self, reason: str, said: dict[str, Any]) -> None:
        """
        From the first to the last, as they leave.
        """
        given = chunks(*({name: value} for name, value in said.items()), reason=reason)
        events = released([event for event in TRANSLATION.events(given) if event])

        found = {event["type"]: problems("ResponseStreamEvent", event) for event in events}
        assert {kind: told for kind, told in found.items() if told} == {}

    def test_the_document_does_object(self) -> None:
        """
        A check that lets everything pass would be none.
        """
        assert problems("Response", {"id": "x"})
        assert problems("ResponseStreamEvent", {"type": "response.output_text.delta"})
