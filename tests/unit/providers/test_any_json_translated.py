"""The translated wires on any JSON at all: understood or refused, and never a stumble."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import InvalidRequest, ProviderError
from gateway.providers import (
    bedrock_answer,
    bedrock_request,
    cohere_answer,
    cohere_request,
    gemini_answer,
    gemini_request,
    mistral,
)
from gateway.providers.openai import _check
from gateway.providers.translating import Asked
from gateway.shapes.registry import CHAT
from tests.simulators.wires.cohere import CohereForm
from tests.simulators.wires.converse import ConverseForm, frame
from tests.simulators.wires.generate_content import GenerateContentForm
from tests.simulators.wires.mistral import MistralForm
from tests.unit.providers.test_any_json import objects as chat_objects
from tests.unit.providers.test_any_json import requests

if TYPE_CHECKING:
    from tests.simulators.wires.form import Form

ASKED = Asked("asked-for", 7, wants_usage=True)
MISTRAL: Any = mistral.MistralProvider(None, None)  # type: ignore[arg-type]
WHOLE = {
    "gemini": gemini_answer.whole,
    "bedrock": bedrock_answer.whole,
    "cohere": cohere_answer.whole,
    "mistral": MISTRAL.whole,
}
CHUNKS = {
    "gemini": gemini_answer.chunks,
    "bedrock": bedrock_answer.chunks,
    "cohere": cohere_answer.chunks,
    "mistral": MISTRAL.chunks,
}
TRANSLATE: dict[str, Any] = {
    "gemini": lambda body: gemini_request.translate(body, ids=True),
    "vertex": lambda body: gemini_request.translate(body, ids=False),
    "bedrock": bedrock_request.translate,
    "cohere": cohere_request.translate,
    "mistral": mistral.translate,
}
FORMS: dict[str, Form] = {
    "gemini": GenerateContentForm(),
    "bedrock": ConverseForm(),
    "cohere": CohereForm(),
    "mistral": MistralForm(),
}
WORDS = [
    "candidates", "content", "parts", "text", "functionCall", "args", "name", "finishReason",
    "usageMetadata", "promptTokenCount", "promptFeedback", "blockReason", "index", "thought",
    "output", "message", "toolUse", "input", "stopReason", "usage", "inputTokens", "delta",
    "contentBlockIndex", "start", "reasoningContent", "reasoningText", "choices", "tool_calls",
    "function", "arguments", "finish_reason", "type", "tool_plan", "tokens", "input_tokens",
    "responseId", "modelVersion", "error", "inlineData", "thoughtSignature", "id", "model",
]  # fmt: skip
KINDS = [
    "message-start", "content-delta", "tool-call-start", "tool-call-delta", "message-end",
    "tool-plan-delta", "messageStart", "contentBlockStart", "contentBlockDelta", "messageStop",
    "metadata", "contentBlockStop", "STOP", "SAFETY", "ERROR", "error", "thinking", "text",
]  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False)
    | st.sampled_from([*KINDS, "", "x", "{}"])
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=14,
)
objects = st.dictionaries(st.sampled_from(WORDS), values, max_size=7)


class Body:
    """A reply with these bytes, in these pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def pieces(self) -> Any:
        yield from self._pieces

    def finish(self) -> None:
        """Nothing is open."""


class TestRequests:
    @pytest.mark.parametrize("wire", TRANSLATE)
    @given(requests)
    @settings(max_examples=60, deadline=None)
    def test_what_was_admitted_is_translated_or_refused(
        self, wire: str, body: dict[str, Any]
    ) -> None:
        """
        Whatever passes admission becomes a request, or is refused by name.
        """
        with suppress(InvalidRequest):
            CHAT.check(body)
            assert json.dumps(TRANSLATE[wire](body))


class TestAnswers:
    @pytest.mark.parametrize("wire", WHOLE)
    @given(objects | chat_objects)
    @settings(max_examples=100, deadline=None)
    def test_an_answer_is_understood_or_garbage(self, wire: str, answer: dict[str, Any]) -> None:
        """
        What is no answer is an error of the provider's; what comes out passes for one.
        """
        with suppress(ProviderError):
            _check(WHOLE[wire](answer, ASKED), "message")

    @pytest.mark.parametrize("wire", CHUNKS)
    @given(st.lists(objects | chat_objects, max_size=6), st.lists(st.sampled_from(KINDS)))
    @settings(max_examples=100, deadline=None)
    def test_events_are_understood_or_garbage(
        self, wire: str, events: list[dict[str, Any]], names: list[str]
    ) -> None:
        """
        Whatever a stream holds, its chunks are what the pipeline may rely on.
        """
        if wire == "bedrock":
            named = zip([*names, *KINDS], events, strict=False)
            sent = [
                frame({":message-type": "event", ":event-type": name}, orjson.dumps(event))
                for name, event in named
            ]
        else:
            sent = [b"data: " + orjson.dumps(event) + b"\n\n" for event in events]
        reply: Any = Body(sent)
        with suppress(ProviderError):
            for chunk in CHUNKS[wire](reply, ASKED):
                _check(chunk, "delta")


class TestSplits:
    @pytest.mark.parametrize("tool", [None, "weather"])
    @pytest.mark.parametrize("wire", CHUNKS)
    @given(st.lists(st.integers(0, 4_000), max_size=12))
    @settings(max_examples=50, deadline=None)
    def test_where_the_network_cuts_changes_nothing(
        self, wire: str, tool: str | None, cuts: list[int]
    ) -> None:
        """
        The same chunks, however the bytes arrive.
        """
        stream = b"".join(FORMS[wire].events("Once upon a time, äöü \U0001f600", tool))
        places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
        whole: Any = Body([stream])
        split: Any = Body([stream[a:b] for a, b in pairwise(places)])

        assert list(CHUNKS[wire](split, ASKED)) == list(CHUNKS[wire](whole, ASKED))

    @pytest.mark.parametrize("wire", CHUNKS)
    @given(share=st.floats(0, 0.999))
    @settings(max_examples=40, deadline=None)
    def test_a_stream_that_was_cut_is_never_whole(self, wire: str, share: float) -> None:
        """
        Wherever it ends too early, the text is not taken for all there was.
        """
        events = list(FORMS[wire].events("Once upon a time there was a king"))
        # What follows the reason to finish is usage; without it the text is whole all the same.
        trailing = {"gemini": 1, "bedrock": 2, "cohere": 1, "mistral": 2}[wire]
        stream = b"".join(events[: len(events) - trailing])
        reply: Any = Body([stream[: int(len(stream) * share)]])
        with pytest.raises(ProviderError):
            list(CHUNKS[wire](reply, ASKED))
